// The definition of compare.
#include "ops/compare/loops.h"

// The definition of where.
#include "ops/where/loops.h"

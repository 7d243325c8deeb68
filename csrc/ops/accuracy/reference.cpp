// The definition of the matches.
#include "ops/accuracy/loops.h"

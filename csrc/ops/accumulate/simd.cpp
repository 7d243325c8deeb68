// accumulate with vectors.
#include "ops/accumulate/loops.h"

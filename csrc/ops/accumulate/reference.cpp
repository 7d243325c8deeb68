// The definition of accumulate: one lane at a time.
#include "ops/accumulate/loops.h"

// The definition of count.
#include "ops/count/loops.h"

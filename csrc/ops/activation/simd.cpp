// The same formulas over whole vectors.
#include "ops/activation/kernels.h"

// The definition of batch_norm: its formulas and orders of sums, one channel at a time.
#include "ops/batch_norm/kernels.h"

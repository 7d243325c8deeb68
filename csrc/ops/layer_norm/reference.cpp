// The definition of layer_norm: its formulas and both rules of sums, one lane at a time.
#include "ops/layer_norm/tables.h"

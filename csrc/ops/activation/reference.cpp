// The definition of every activation: its formula in activations.h, one element at a time.
#include "ops/activation/kernels.h"

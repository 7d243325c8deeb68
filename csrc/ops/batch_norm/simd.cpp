// batch_norm with lanes over channels.
#include "ops/batch_norm/kernels.h"

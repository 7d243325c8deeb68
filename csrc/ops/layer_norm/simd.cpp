// layer_norm by the vector.
#include "ops/layer_norm/tables.h"

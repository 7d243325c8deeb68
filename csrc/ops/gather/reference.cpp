// The definition of gather and scatter_add.
#include "ops/gather/loops.h"

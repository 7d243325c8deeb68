// The definition of cast: one conversion per element.
#include "ops/cast/cast_loop.h"

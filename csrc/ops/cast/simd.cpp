// cast: the plain loop, compiled for wider registers.
#include "ops/cast/cast_loop.h"

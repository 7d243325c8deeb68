// pick: the plain loops, compiled for wider registers.
#include "ops/pick/loops.h"

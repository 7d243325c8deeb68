// count: the plain loops, compiled for wider registers.
#include "ops/count/loops.h"

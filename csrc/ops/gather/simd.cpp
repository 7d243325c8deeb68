// gather: the plain loops, compiled for wider registers.
#include "ops/gather/loops.h"

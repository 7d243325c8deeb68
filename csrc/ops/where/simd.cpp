// where: the plain loops, compiled for wider registers.
#include "ops/where/loops.h"

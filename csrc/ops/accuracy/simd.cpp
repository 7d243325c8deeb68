// accuracy: the plain loops, compiled for wider registers.
#include "ops/accuracy/loops.h"

// along: the plain loops, compiled for wider registers.
#include "ops/along/loops.h"

// compare: the plain loops, compiled for wider registers.
#include "ops/compare/loops.h"

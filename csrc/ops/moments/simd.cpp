// moments by the vector.
#include "ops/moments/loops.h"

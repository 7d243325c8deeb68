// The definition of take_along and add_along.
#include "ops/along/loops.h"

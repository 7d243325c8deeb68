// The definition of pick and place.
#include "ops/pick/loops.h"

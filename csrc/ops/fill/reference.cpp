// The definition of full.
#include "ops/fill/fill_loop.h"

// full: the plain loop, compiled for wider stores.
#include "ops/fill/fill_loop.h"

// bench, compiled once per instruction set.
#include "bench/loops.h"

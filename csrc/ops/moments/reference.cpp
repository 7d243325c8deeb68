// The definition of moments: its rules and orders, one lane at a time.
#include "ops/moments/loops.h"

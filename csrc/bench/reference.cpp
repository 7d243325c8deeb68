// bench in plain C++: what the machine does without vectors.
#include "bench/loops.h"

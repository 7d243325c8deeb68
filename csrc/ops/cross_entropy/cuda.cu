// The definition with a warp for some rows, and a lane for each of its threads.
#define MARK1_WARPS
#include "ops/cross_entropy/reference.cpp"

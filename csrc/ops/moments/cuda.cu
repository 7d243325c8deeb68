// The definition with a warp for every member of the team, and a lane for each of its threads.
#define MARK1_WARPS
#include "ops/moments/reference.cpp"

// Graphs of the emulation: grids that were written down.
#pragma once

#include <vector>

#include "cuda/emulation/block.h"

namespace mark1::gpu {

struct Node {
  Work work;
  std::vector<unsigned char> args;
  Mark1Queue queue;
};
using Graph = std::vector<Node>;

// From now on grids of this thread go there; null: they run.
void write_down(Graph* graph);
void run(const Graph& graph);

// Who is given the grids that are not written down, to run them in his own time; null: they run.
void hand_over(void (*take)(Graph));

}  // namespace mark1::gpu

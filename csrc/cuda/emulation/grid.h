// Graphs of the emulation: grids that were written down.
#pragma once

#include <vector>

#include "cuda/emulation/block.h"

namespace mark1::gpu {

// Runs the blocks of a grid that come in clusters of a size.
using RunClusters = void (*)(const Work& work, int size, const void* args, uint64_t order);
struct Clusters {
  RunClusters run;  // null: there are none
  int size;
};

struct Node {
  Work work;
  Clusters clusters;
  std::vector<unsigned char> args;
  Mark1Queue queue;
};
using Graph = std::vector<Node>;

// As run_grid().
void run_grid_in(const Clusters& clusters, const Work& work, const void* args, size_t bytes,
                 const Mark1Queue& queue);

// From now on grids of this thread go there; null: they run.
void write_down(Graph* graph);
void run(const Graph& graph);

// Who is given the grids that are not written down, to run them in his own time; null: they run.
void hand_over(void (*take)(Graph));

}  // namespace mark1::gpu

// Clusters on the processor: the fibers of their blocks take turns.
#pragma once

#include "cuda/emulation/block.h"

namespace mark1::gpu {

uint32_t cluster_rank();
void meet_cluster();

// As run_grid(), with so many blocks in a cluster.
void run_in_clusters(const Work& work, int cluster, const void* args, size_t bytes,
                     const Mark1Queue& queue);

namespace {

template <class Body>
void queue_clusters(const typename Body::Args& args, const Grid& shape, int cluster,
                    const void* to) {
  run_in_clusters({&enter<Body>, &kernel<Body>, shape, false}, cluster, &args, sizeof(args),
                  *static_cast<const Mark1Queue*>(to));
}

}  // namespace
}  // namespace mark1::gpu

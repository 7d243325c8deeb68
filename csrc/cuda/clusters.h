// Grids whose blocks come in clusters, which reach each other's shared memory (from sm_90 on). The
// emulation has functions of the same names.
#pragma once

#include "cuda/block.h"

#if defined(MARK1_EMULATION)
#include "cuda/emulation/clusters.h"
#else

namespace mark1::gpu {
namespace {

// Which block of its cluster this is.
__device__ inline uint32_t cluster_rank() {
  uint32_t rank;
  asm volatile("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
  return rank;
}
// Waits for all threads of the cluster, which then see what each other wrote.
__device__ inline void meet_cluster() {
  asm volatile("barrier.cluster.arrive.release;" : : : "memory");
  asm volatile("barrier.cluster.wait.acquire;" : : : "memory");
}

// Arguments stay where the launch put them, since the copy engine reads maps from there; one block
// per multiprocessor, so that warps may exchange registers.
template <class Body>
__global__ void __launch_bounds__(Body::most_threads, 1)
    cluster_grid(const __grid_constant__ typename Body::Args args, const int64_t* alarm,
                 int64_t limit) {
  if (alarm && *alarm < limit) return;
  Body::run(args, Block());
}

// As queue(), with so many blocks in a cluster.
template <class Body>
void queue_clusters(const typename Body::Args& args, const Grid& shape, int cluster,
                    const void* to) {
  auto queue = *static_cast<const Mark1Queue*>(to);
  const void* kernel = reinterpret_cast<const void*>(&cluster_grid<Body>);
  cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                       static_cast<int>(shape.shared_bytes));
  cudaLaunchAttribute size = {};
  size.id = cudaLaunchAttributeClusterDimension;
  size.val.clusterDim.x = static_cast<unsigned>(cluster);
  size.val.clusterDim.y = size.val.clusterDim.z = 1;
  cudaLaunchConfig_t config = {};
  config.gridDim = dim3(static_cast<unsigned>(shape.blocks));
  config.blockDim = dim3(static_cast<unsigned>(shape.threads));
  config.dynamicSmemBytes = static_cast<size_t>(shape.shared_bytes);
  config.stream = static_cast<cudaStream_t>(queue.stream);
  config.attrs = &size;
  config.numAttrs = 1;
  auto* copy = const_cast<typename Body::Args*>(&args);
  void* parameters[] = {copy, &queue.alarm, &queue.limit};
  cudaLaunchKernelExC(&config, kernel, parameters);
}

}  // namespace
}  // namespace mark1::gpu

#endif

// What a kernel sees of the grid that runs it. The emulation has a class of the same interface,
// so kernels are written against this one and nothing else of CUDA.
#pragma once

#include <cstdint>

#include "core/on_device.h"

#if defined(MARK1_EMULATION)
#include "cuda/emulation/block.h"
#else

#include <cuda_runtime.h>

namespace mark1::gpu {
namespace {

class Block {
 public:
  // This thread in its block, this block in the grid.
  __device__ int thread() const { return static_cast<int>(threadIdx.x); }
  __device__ int threads() const { return static_cast<int>(blockDim.x); }
  __device__ int64_t index() const { return blockIdx.x; }
  __device__ int64_t blocks() const { return gridDim.x; }

  // Waits for all threads of the block.
  __device__ void sync() const { __syncthreads(); }
  // The block's shared memory, as large as the launch asked for.
  template <class T>
  __device__ T* shared() const {
    extern __shared__ __align__(16) unsigned char memory[];
    return reinterpret_cast<T*>(memory);
  }
};

// What the threads of a warp tell each other; all 32 must call.
__device__ inline int lane() {
  return static_cast<int>(threadIdx.x) % 32;
}
template <class T>
__device__ T shuffle(T value, int lane) {
  return __shfl_sync(0xffffffffu, value, lane);
}
// The value of the lane `by` further on; the own one where there is none.
template <class T>
__device__ T shuffle_down(T value, int by) {
  return __shfl_down_sync(0xffffffffu, value, static_cast<unsigned>(by));
}
__device__ inline uint32_t ballot(bool mine) {
  return __ballot_sync(0xffffffffu, mine);
}

template <class Body>
__global__ void grid(const typename Body::Args args) {
  Body::run(args, Block());
}

// How a body is to be run.
struct Grid {
  int64_t blocks;
  int threads;
  int64_t shared_bytes;
};

// Queues Body::run(args, block) on a stream, for every thread of the grid. Failures are sticky and
// found by whoever asks whether launches went well.
template <class Body>
void queue(const typename Body::Args& args, const Grid& shape, void* stream) {
  if (shape.shared_bytes > 48 * 1024) {
    cudaFuncSetAttribute(grid<Body>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                         static_cast<int>(shape.shared_bytes));
  }
  auto* copy = const_cast<typename Body::Args*>(&args);
  void* parameters[] = {copy};
  cudaLaunchKernel(grid<Body>, static_cast<unsigned>(shape.blocks), shape.threads, parameters,
                   static_cast<size_t>(shape.shared_bytes), static_cast<cudaStream_t>(stream));
}

}  // namespace
}  // namespace mark1::gpu

#endif

// What a kernel sees of the grid that runs it. The emulation has a class of the same interface,
// so kernels are written against this one and nothing else of CUDA.
#pragma once

#include <cstdint>

#include "core/on_device.h"

#if defined(MARK1_EMULATION)
#include "cuda/emulation/block.h"
#else

#include <cooperative_groups.h>
#include <cuda_runtime.h>

#include "core/device_api.h"

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
  // Waits for all threads of a grid that runs together.
  __device__ void meet() const { cooperative_groups::this_grid().sync(); }
  // The block's shared memory, as large as the launch asked for.
  template <class T>
  __device__ T* shared() const {
    extern __shared__ __align__(16) unsigned char memory[];
    return reinterpret_cast<T*>(memory);
  }

  // Blocks of a grid that runs together meet at a counter, which is 0 before the grid starts.
  // `come` says that all threads of this block have got here; `await` lets them go on when `count`
  // have come in all, and they see what those wrote before.
  __device__ void come(uint32_t* counter) const {
    __syncthreads();
    if (threadIdx.x == 0) {
      asm volatile("red.release.gpu.global.add.u32 [%0], 1;" ::"l"(counter) : "memory");
    }
  }
  __device__ void await(const uint32_t* counter, uint32_t count) const {
    if (threadIdx.x == 0) {
      uint32_t come;
      do {
        asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(come) : "l"(counter) : "memory");
      } while (come < count);
    }
    __syncthreads();
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
// Waits for the warp, which then sees what its threads have written to memory.
__device__ inline void sync_warp() {
  __syncwarp();
}

// Copies `bytes` of kSize = 4, 8 or 16 bytes from global into shared memory and makes zeros of the
// rest, while the thread goes on. Both addresses are multiples of kSize. Not to be touched, and not
// seen by anybody, before this thread has awaited the group that it belongs to; by others not
// before they have met it after that.
template <int kSize>
__device__ inline void copy_ahead(void* target, const void* source, int bytes) {
  const auto shared = static_cast<unsigned>(__cvta_generic_to_shared(target));
  if constexpr (kSize == 16) {  // past the first-level cache, which nobody else reads it from
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
                 :
                 : "r"(shared), "l"(source), "r"(bytes)
                 : "memory");
  } else {
    asm volatile("cp.async.ca.shared.global [%0], [%1], %2, %3;"
                 :
                 : "r"(shared), "l"(source), "n"(kSize), "r"(bytes)
                 : "memory");
  }
}
// The thread's copies since the last call are a group.
__device__ inline void close_copies() {
  asm volatile("cp.async.commit_group;" : : : "memory");
}
// Waits for all of the thread's groups but the latest kOpen.
template <int kOpen>
__device__ inline void await_copies() {
  asm volatile("cp.async.wait_group %0;" : : "n"(kOpen) : "memory");
}

// Puts the smaller of the two there, taken as numbers without a sign. Any order gives the same.
__device__ inline void atomic_min(int64_t* at, int64_t value) {
  atomicMin(reinterpret_cast<unsigned long long*>(at), static_cast<unsigned long long>(value));
}

template <class Body>
__global__ void grid(const typename Body::Args args, const int64_t* alarm, int64_t limit) {
  if (alarm && *alarm < limit) return;
  Body::run(args, Block());
}
// The same for a body that says how many threads a block has at most, so that their registers do.
template <class Body>
__global__ void __launch_bounds__(Body::most_threads)
    bounded_grid(const typename Body::Args args, const int64_t* alarm, int64_t limit) {
  if (alarm && *alarm < limit) return;
  Body::run(args, Block());
}

template <class Body>
constexpr auto kernel_of() {
  if constexpr (requires { Body::most_threads; }) {
    return &bounded_grid<Body>;
  } else {
    return &grid<Body>;
  }
}

// How a body is to be run.
struct Grid {
  int64_t blocks;
  int threads;
  int64_t shared_bytes;
  bool together = false;  // all blocks at a time: they may wait for each other
};

// How many blocks run together, if each takes no more than this much shared memory.
struct Room {
  int64_t blocks;
  int64_t shared_bytes;
};
// Where CUDA fails, as in a forked process, the least there is anywhere: the launch will say so.
inline Room room() {
  int device = 0, blocks = 0, bytes = 0;
  if (cudaGetDevice(&device) == cudaSuccess &&
      cudaDeviceGetAttribute(&blocks, cudaDevAttrMultiProcessorCount, device) == cudaSuccess &&
      cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device) ==
          cudaSuccess) {
    return {blocks, bytes};
  }
  return {1, 48 * 1024};
}
// Blocks of so many threads, without shared memory, that run together.
template <class Body>
int64_t most_together(int threads) {
  int blocks = 0;
  cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel_of<Body>(), threads, 0);
  return blocks * room().blocks;
}
// Room for tiles of products, which the emulated device has other limits for.
inline Room tile_room() {
  return room();
}

// Queues Body::run(args, block), for every thread of the grid, where `to` says, which is a team's
// `sync`. Failures are found by whoever asks whether launches went well.
template <class Body>
void queue(const typename Body::Args& args, const Grid& shape, const void* to) {
  if (shape.blocks == 0) return;  // nothing to do, which CUDA takes for an error
  auto queue = *static_cast<const Mark1Queue*>(to);
  const void* kernel = reinterpret_cast<const void*>(kernel_of<Body>());
  if (shape.shared_bytes > 48 * 1024) {
    cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                         static_cast<int>(shape.shared_bytes));
  }
  auto* copy = const_cast<typename Body::Args*>(&args);
  void* parameters[] = {copy, &queue.alarm, &queue.limit};
  const dim3 blocks(static_cast<unsigned>(shape.blocks)), threads(shape.threads);
  const auto bytes = static_cast<size_t>(shape.shared_bytes);
  const auto on = static_cast<cudaStream_t>(queue.stream);
  shape.together ? cudaLaunchCooperativeKernel(kernel, blocks, threads, parameters, bytes, on)
                 : cudaLaunchKernel(kernel, blocks, threads, parameters, bytes, on);
}

}  // namespace
}  // namespace mark1::gpu

#endif

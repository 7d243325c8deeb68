// Boxes of matrices that the copy engine of Hopper (TMA) brings to shared memory, and the barriers
// that say when they are there. The emulation has functions of the same names.
//
// A barrier (mbarrier) has phases. One ends when as many arrivals as it was made for have come and
// all bytes that they expected; whoever awaits the phase of a parity goes on once the barrier is in
// the other, so that awaiting parity 1 of a new barrier is no wait.
//
// A box has lines of 128 bytes, one after the other; the 16-byte units of line l change places by
// an exclusive or with l % 8, for which a box begins at a multiple of 1,024 bytes. What lies
// outside of the matrix is zero, and counts among the bytes that arrive.
#pragma once

#include <cstdint>

#include "core/on_device.h"

namespace mark1::gpu {

inline constexpr int kBoxLine = 128, kBoxAlignment = 1024;

// Matrices of numbers of 16 bits; those along axis 0 lie side by side.
struct BoxSource {
  const void* first;
  uint64_t size[3];  // numbers along each axis
  uint64_t step[2];  // bytes from one to the next along axes 1 and 2
  uint32_t lines;    // of a box, along axis 1
};

}  // namespace mark1::gpu

#if defined(MARK1_EMULATION)
#include "cuda/emulation/boxes.h"
#else

#include <cuda.h>
#include <cuda_runtime.h>

namespace mark1::gpu {
namespace {

struct TensorMap {
  CUtensorMap map;
};

// The driver's function: the runtime is linked in, the driver's library is not.
inline auto map_encoder() {
  void* found = nullptr;
  cudaDriverEntryPointQueryResult result = cudaDriverEntryPointSymbolNotFound;
#if CUDART_VERSION >= 12050
  const cudaError_t code = cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &found, 12000,
                                                            cudaEnableDefault, &result);
#else
  const cudaError_t code =
      cudaGetDriverEntryPoint("cuTensorMapEncodeTiled", &found, cudaEnableDefault, &result);
#endif
  const bool there = code == cudaSuccess && result == cudaDriverEntryPointSuccess;
  return there ? reinterpret_cast<decltype(&cuTensorMapEncodeTiled)>(found) : nullptr;
}

// False if the copy engine does not take such a matrix.
inline bool make_map(TensorMap& map, const BoxSource& source) {
  static const auto encode = map_encoder();
  if (!encode) return false;
  const cuuint64_t size[] = {source.size[0], source.size[1], source.size[2]};
  const cuuint64_t step[] = {source.step[0], source.step[1]};
  const cuuint32_t box[] = {kBoxLine / 2, source.lines, 1}, every[] = {1, 1, 1};
  return encode(&map.map, CU_TENSOR_MAP_DATA_TYPE_UINT16, 3, const_cast<void*>(source.first), size,
                step, box, every, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
                CU_TENSOR_MAP_L2_PROMOTION_L2_256B,
                CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE) == CUDA_SUCCESS;
}

__device__ inline uint32_t shared_address(const void* memory) {
  return static_cast<uint32_t>(__cvta_generic_to_shared(memory));
}

__device__ inline void make_barrier(uint64_t* barrier, uint32_t arrivals) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;"
               :
               : "r"(shared_address(barrier)), "r"(arrivals)
               : "memory");
}
// After making them, before the blocks of the cluster meet: for those and for the copy engine.
__device__ inline void publish_barriers() {
  asm volatile("fence.mbarrier_init.release.cluster;" : : : "memory");
  asm volatile("fence.proxy.async;" : : : "memory");
}
// Arrives, and has the phase last until so many bytes have come.
__device__ inline void arrive_expecting(uint64_t* barrier, uint32_t bytes) {
  asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;"
               :
               : "r"(shared_address(barrier)), "r"(bytes)
               : "memory");
}
// Arrives at the barrier in the same place of another block of the cluster, or of this one. This
// orders what the copy engine and matrix units have done, of which the thread knows that it is
// over; ordinary accesses of other blocks would need a release of the cluster, which is slow.
__device__ inline void arrive_at(uint64_t* barrier, uint32_t block) {
  asm volatile(
      "{\n"
      ".reg .b32 there;\n"
      "mapa.shared::cluster.u32 there, %0, %1;\n"
      "mbarrier.arrive.shared::cluster.b64 _, [there];\n"
      "}"
      :
      : "r"(shared_address(barrier)), "r"(block)
      : "memory");
}

__device__ inline bool phase_is_over(uint64_t* barrier, uint32_t parity) {
  uint32_t over;
  asm volatile(
      "{\n"
      ".reg .pred over;\n"
      "mbarrier.try_wait.parity.shared::cta.b64 over, [%1], %2;\n"
      "selp.u32 %0, 1, 0, over;\n"
      "}"
      : "=r"(over)
      : "r"(shared_address(barrier)), "r"(parity)
      : "memory");
  return over != 0;
}
// Does not wait for ever: a kernel on trial says after four seconds in *gave_up that it is wrong,
// and goes on, as everybody does from then on; others fail after ten minutes instead of hanging,
// which a debugger that stops them is not to take. (Ending the thread would make the compiler wait
// for matrix units after every product.)
__device__ inline void await_phase(uint64_t* barrier, uint32_t parity, uint32_t* gave_up) {
  constexpr uint64_t kSecond = 1000000000;
  if (phase_is_over(barrier, parity)) return;
  uint64_t start, now;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(start));
  while (!phase_is_over(barrier, parity)) {
    asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(now));
    if (gave_up) {
      if (now - start >= 4 * kSecond) *reinterpret_cast<volatile uint32_t*>(gave_up) = 1;
      if (*reinterpret_cast<volatile uint32_t*>(gave_up) != 0) return;
    } else if (now - start >= 600 * kSecond) {
      asm volatile("trap;");
    }
  }
}

__device__ inline void fetch_map(const TensorMap& map) {
  asm volatile("prefetch.tensormap [%0];" : : "l"(&map) : "memory");
}
// Copies the box that begins at number x, y, z; its bytes arrive at the barrier.
__device__ inline void copy_box(const TensorMap& map, void* to, uint64_t* barrier, int x, int y,
                                int z) {
  asm volatile(
      "cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes "
      "[%0], [%1, {%3, %4, %5}], [%2];"
      :
      : "r"(shared_address(to)), "l"(&map), "r"(shared_address(barrier)), "r"(x), "r"(y), "r"(z)
      : "memory");
}
// The same to that place of all blocks whose bits are set, and at the barriers of each.
__device__ inline void copy_box_to_all(const TensorMap& map, void* to, uint64_t* barrier, int x,
                                       int y, int z, uint16_t blocks) {
  asm volatile(
      "cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes"
      ".multicast::cluster [%0], [%1, {%3, %4, %5}], [%2], %6;"
      :
      : "r"(shared_address(to)), "l"(&map), "r"(shared_address(barrier)), "r"(x), "r"(y), "r"(z),
        "h"(blocks)
      : "memory");
}

}  // namespace
}  // namespace mark1::gpu

#endif

// A place where kernels are tried out before they are used: memory and a stream of their own.
#pragma once

#include <cstdint>

#include "cuda/block.h"
#include "cuda/double_units.h"

#if defined(MARK1_EMULATION)
#include "cuda/emulation/trial.h"
#else

namespace mark1::gpu {
namespace {

// Whether the device in use is one of compute capability 9.0.
inline bool has_warpgroups() {
  int device = 0, major = 0, minor = 0;
  return cudaGetDevice(&device) == cudaSuccess &&
         cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device) == cudaSuccess &&
         cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device) == cudaSuccess &&
         major == 9 && minor == 0;
}

class Trial {
 public:
  explicit Trial(size_t bytes) {
    cudaStream_t stream = nullptr;
    good_ = cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) == cudaSuccess &&
            cudaMalloc(&memory_, bytes) == cudaSuccess;
    queue_.stream = stream;
  }
  // What went wrong in a trial must not fail the next call.
  ~Trial() {
    cudaFree(memory_);
    if (queue_.stream) cudaStreamDestroy(static_cast<cudaStream_t>(queue_.stream));
    cudaGetLastError();
  }
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  bool good() const { return good_; }
  void* memory() const { return memory_; }
  const void* queue() const { return &queue_; }
  // Both wait for what was queued; false if something has failed.
  bool put(void* to, const void* from, size_t bytes) {
    return copy(to, from, bytes, cudaMemcpyHostToDevice);
  }
  bool get(void* to, const void* from, size_t bytes) {
    return copy(to, from, bytes, cudaMemcpyDeviceToHost);
  }

 private:
  bool copy(void* to, const void* from, size_t bytes, cudaMemcpyKind kind) {
    const auto stream = static_cast<cudaStream_t>(queue_.stream);
    return cudaMemcpyAsync(to, from, bytes, kind, stream) == cudaSuccess &&
           cudaStreamSynchronize(stream) == cudaSuccess && cudaGetLastError() == cudaSuccess;
  }
  Mark1Queue queue_ = {nullptr, nullptr, 0};
  void* memory_ = nullptr;
  bool good_;
};

}  // namespace
}  // namespace mark1::gpu

#endif

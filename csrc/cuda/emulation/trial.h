// A place for trials on the processor: grids that were queued there run when results are asked for.
#pragma once

#include <memory>

#include "cuda/emulation/block.h"

namespace mark1::gpu {

inline bool has_warpgroups() {
  return true;
}

class Trial {
 public:
  explicit Trial(size_t bytes);
  ~Trial();
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  bool good() const { return memory_ != nullptr; }
  void* memory() const { return memory_; }
  const void* queue() const { return &queue_; }
  bool put(void* to, const void* from, size_t bytes);
  bool get(void* to, const void* from, size_t bytes);

 private:
  struct Queued;
  Mark1Queue queue_ = {nullptr, nullptr, 0};
  void* memory_;
  std::unique_ptr<Queued> queued_;
};

}  // namespace mark1::gpu

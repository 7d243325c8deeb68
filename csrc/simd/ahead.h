// Memory that is needed soon and that the processor does not guess by itself.
#pragma once

#include <cstdint>

namespace mark1::MARK1_ISA {
namespace {

// Fetched a little at a time: into the second-level cache, or with a locality of 3 into the first.
template <int locality = 2>
class Ahead {
 public:
  void aim(const void* from, int64_t bytes, int64_t steps) {
    at_ = static_cast<const char*>(from);
    end_ = at_ + bytes;
    step_ = steps > 0 ? (bytes + 64 * steps - 1) / (64 * steps) * 64 : 0;
  }

  void fetch() {
    const char* const until = at_ + step_ < end_ ? at_ + step_ : end_;
    for (; at_ < until; at_ += 64) __builtin_prefetch(at_, 0, locality);
  }

 private:
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  int64_t step_ = 0;
};

}  // namespace
}  // namespace mark1::MARK1_ISA

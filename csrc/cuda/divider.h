// Division by a number that is known when a grid is queued: a product and a shift, where a device's
// integer division is some twenty instructions for 32 bits and seventy for 64.
#pragma once

#include <cstdint>

#include "core/on_device.h"

// Functions that the host calls as well.
#if defined(__CUDACC__)
#define MARK1_ANYWHERE __host__ __device__
#else
#define MARK1_ANYWHERE
#endif

namespace mark1::gpu {
namespace {

// T. Granlund, P. L. Montgomery: Division by invariant integers using multiplication, 1994. Exact
// for n < 2^31; numbers beyond are really divided.
class Divider {
 public:
  Divider() = default;
  explicit Divider(int64_t divisor) : divisor_(divisor) {
    // Greater than all small numbers, whose quotients are 0: as if the divisor were 2^31.
    const auto small = static_cast<uint64_t>(divisor > kMost ? int64_t{kMost} + 1 : divisor);
    while ((uint64_t{1} << shift_) < small) ++shift_;
    if (small > 0) {
      factor_ = static_cast<uint32_t>(((uint64_t{1} << shift_) - small << 32) / small + 1);
    }
  }

  // `small`: n < 2^31.
  template <bool small>
  MARK1_DEVICE int64_t quotient(int64_t n) const {
    if (!small && n > kMost) return n / divisor_;
    const auto low = static_cast<uint32_t>(n);
    return (static_cast<uint32_t>(uint64_t{low} * factor_ >> 32) + low) >> shift_;
  }
  MARK1_ANYWHERE int64_t divisor() const { return divisor_; }

 private:
  static constexpr int64_t kMost = INT32_MAX;
  int64_t divisor_ = 1;
  uint32_t factor_ = 1;
  int shift_ = 0;
};

}  // namespace
}  // namespace mark1::gpu

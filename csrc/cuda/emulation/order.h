// Orders in which things that may run in any order are run.
#pragma once

#include <cstdint>

namespace mark1::gpu {
namespace {

inline int64_t common_factor(int64_t a, int64_t b) {
  while (a != 0) {
    const int64_t rest = b % a;
    b = a;
    a = rest;
  }
  return b;
}

// Element i of a permutation of 0 .. n - 1, another one for every `order`.
class Permutation {
 public:
  Permutation(int64_t n, uint64_t order) : n_(n), step_(1), first_(0) {
    if (n < 2) return;
    const auto size = static_cast<uint64_t>(n);
    step_ = static_cast<int64_t>(order * 2654435761u % size);
    first_ = static_cast<int64_t>(order % size);
    while (common_factor(step_, n) != 1) ++step_;
  }
  int64_t operator[](int64_t i) const {
    return static_cast<int64_t>((static_cast<__int128>(i) * step_ + first_) % n_);
  }

 private:
  int64_t n_, step_, first_;
};

}  // namespace
}  // namespace mark1::gpu

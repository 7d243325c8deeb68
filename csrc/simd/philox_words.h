// Philox words, a vector's width of blocks at a time. The words are those of math/philox.h.
#pragma once

#include "math/philox.h"
#include "simd/wide.h"

namespace mark1::MARK1_ISA {
namespace {

// Blocks first_block .. first_block + blocks - 1, four words each; two words per uint64_t, the
// first one in the lower half. `blocks` is a multiple of 8.
inline void philox_words(const Philox& philox, uint64_t first_block, int blocks, uint64_t* out) {
  using Int = IntVec<double>;
  constexpr int w = Int::width;
  const Int m0{int64_t(philox_product_0)}, m1{int64_t(philox_product_1)};
  const Int low_half(0xffffffff);
  for (int b = 0; b < blocks; b += w) {
    const Int block = Int(int64_t(first_block + uint64_t(b))) + Int::iota();
    // Only the lower half of a lane counts: products ignore the upper one.
    Int c0 = block, c1 = shr(block, 32), c2{int64_t(philox.stream)}, c3{int64_t(philox.call)};
    uint32_t k0 = uint32_t(philox.seed), k1 = uint32_t(philox.seed >> 32);
#pragma GCC unroll 10
    for (int round = 0; round < philox_rounds; ++round) {
      const Int p0 = wide_product(m0, c0);
      const Int p1 = wide_product(m1, c2);
      c0 = shr(p1, 32) ^ c1 ^ Int(int64_t(k0));
      c2 = shr(p0, 32) ^ c3 ^ Int(int64_t(k1));
      c1 = p1;
      c3 = p0;
      k0 += philox_key_step_0;
      k1 += philox_key_step_1;
    }
    store_interleaved((c0 & low_half) | (c1 << 32), (c2 & low_half) | (c3 << 32), out + 2 * b);
  }
}

}  // namespace
}  // namespace mark1::MARK1_ISA

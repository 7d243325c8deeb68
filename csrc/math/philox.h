// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror & Shaw, "Parallel random
// numbers: as easy as 1, 2, 3" (SC 2011): ten rounds of two 32-bit products turn a counter of 128
// bits and a key of 64 into four words. Any word of any stream can be had without the ones before
// it, which is what makes the bits independent of the number of threads.
#pragma once

#include <cstdint>

#include "core/on_device.h"

namespace mark1::MARK1_ISA {
namespace {

constexpr uint32_t philox_product_0 = 0xd2511f53;
constexpr uint32_t philox_product_1 = 0xcd9e8d57;
constexpr uint32_t philox_key_step_0 = 0x9e3779b9;
constexpr uint32_t philox_key_step_1 = 0xbb67ae85;
constexpr int philox_rounds = 10;

// One stream of words: counter = (block in 64 bits, stream, call), key = seed.
struct Philox {
  uint64_t seed;
  uint32_t stream;
  uint32_t call;

  // Words 4 * block .. 4 * block + 3 of the stream.
  MARK1_DEVICE void words(uint64_t block, uint32_t* out) const {
    uint32_t c0 = uint32_t(block), c1 = uint32_t(block >> 32), c2 = stream, c3 = call;
    uint32_t k0 = uint32_t(seed), k1 = uint32_t(seed >> 32);
    for (int round = 0; round < philox_rounds; ++round) {
      const uint64_t p0 = uint64_t(philox_product_0) * c0;
      const uint64_t p1 = uint64_t(philox_product_1) * c2;
      c0 = uint32_t(p1 >> 32) ^ c1 ^ k0;
      c2 = uint32_t(p0 >> 32) ^ c3 ^ k1;
      c1 = uint32_t(p1);
      c3 = uint32_t(p0);
      k0 += philox_key_step_0;
      k1 += philox_key_step_1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
  }
};

}  // namespace
}  // namespace mark1::MARK1_ISA

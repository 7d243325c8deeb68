#include "cuda/emulation/matrix_units.h"

#include <cmath>

#include "cuda/emulation/races.h"

namespace mark1::gpu {

float cut(double x) {
  const auto nearest = static_cast<float>(x);
  if (std::isinf(nearest) || std::fabs(double{nearest}) <= std::fabs(x)) return nearest;
  return std::nextafterf(nearest, 0.0f);
}

void multiply_words(float (&c)[4], const uint32_t (&a)[4], const uint32_t* b,
                    double (*word)(uint32_t a, uint32_t b)) {
  const uint64_t mine[kShared] = {a[0] | uint64_t{a[1]} << 32, a[2] | uint64_t{a[3]} << 32,
                                  b[0] | uint64_t{b[1]} << 32};
  uint64_t all[32][kShared];
  share(mine, all);
  const int g = lane() / 4, t = lane() % 4;
  for (int i = 0; i < 4; ++i) {
    const int row = g + i / 2 * 8, column = 2 * t + i % 2;
    double sum = c[i];
    for (int w = 0; w < 8; ++w) {
      // Words 0 to 3 are in the first half of a thread's registers, 4 to 7 in the second.
      const uint64_t left = all[row % 8 * 4 + w % 4][w / 4];
      const uint64_t right = all[column * 4 + w % 4][2];
      sum += word(static_cast<uint32_t>(row < 8 ? left : left >> 32),
                  static_cast<uint32_t>(w < 4 ? right : right >> 32));
    }
    c[i] = cut(sum);
  }
}

void load_matrices(uint32_t (&to)[4], const uint32_t* row) {
  const uint64_t mine[kShared] = {reinterpret_cast<uint64_t>(row)};
  uint64_t all[32][kShared];
  share(mine, all);
  for (int matrix = 0; matrix < 4; ++matrix) {
    const auto* from = reinterpret_cast<const uint32_t*>(all[matrix * 8 + lane() / 4][0]);
    watch_read(from + lane() % 4, sizeof(*from));
    to[matrix] = from[lane() % 4];
  }
}

}  // namespace mark1::gpu

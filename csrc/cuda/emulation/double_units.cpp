#include "cuda/emulation/double_units.h"

#include <cmath>
#include <limits>
#include <string>

#include "cuda/emulation/fault.h"
#include "cuda/emulation/matrix_units.h"

namespace mark1::gpu {
namespace {

constexpr int kDepth = 8;

// How the sum of a unit comes about. All but the chain are there to be found out.
enum class Sum { kChain, kBackwards, kPairs, kOnce, kFlushing, kUnfused };

Sum wanted_sum() {
  static const Sum sum = [] {
    const std::string kind = units_fault();
    if (kind == "backwards") return Sum::kBackwards;
    if (kind == "pairs") return Sum::kPairs;
    if (kind == "once") return Sum::kOnce;
    if (kind == "flushing") return Sum::kFlushing;
    if (kind == "unfused") return Sum::kUnfused;
    return Sum::kChain;
  }();
  return sum;
}

double flushed(double x) {
  return std::fabs(x) < std::numeric_limits<double>::min() ? std::copysign(0.0, x) : x;
}

double sum_of(const double (&a)[kDepth], const double (&b)[kDepth], double c) {
  const Sum kind = wanted_sum();
  long double wide = c;
  for (int k = 0; k < kDepth; ++k) {
    switch (kind) {
      case Sum::kChain:
        c = std::fma(a[k], b[k], c);
        break;
      case Sum::kBackwards:
        c = std::fma(a[kDepth - 1 - k], b[kDepth - 1 - k], c);
        break;
      case Sum::kPairs:
        if (k % 2 == 1) c += std::fma(a[k - 1], b[k - 1], a[k] * b[k]);
        break;
      case Sum::kOnce:
        wide += static_cast<long double>(a[k]) * b[k];
        break;
      case Sum::kFlushing:
        c = flushed(std::fma(flushed(a[k]), flushed(b[k]), c));
        break;
      case Sum::kUnfused:
        c += a[k] * b[k];
        break;
    }
  }
  return kind == Sum::kOnce ? static_cast<double>(wide) : c;
}

uint64_t bits_of(double x) {
  return __builtin_bit_cast(uint64_t, x);
}
double number_of(uint64_t bits) {
  return __builtin_bit_cast(double, bits);
}

}  // namespace

void multiply_double(double (&c)[4], const double (&a)[4], const double (&b)[2]) {
  // In two parts, as large as what a warp can tell each other: k = 0 to 3 and k = 4 to 7.
  uint64_t all[2][32][kShared];
  for (int half = 0; half < 2; ++half) {
    share({bits_of(a[2 * half]), bits_of(a[2 * half + 1]), bits_of(b[half])}, all[half]);
  }
  const int g = lane() / 4, t = lane() % 4;
  for (int i = 0; i < 4; ++i) {
    const int column = 2 * t + i % 2;
    double left[kDepth], right[kDepth];
    for (int k = 0; k < kDepth; ++k) {
      left[k] = number_of(all[k / 4][g * 4 + k % 4][i / 2]);
      right[k] = number_of(all[k / 4][column * 4 + k % 4][2]);
    }
    c[i] = sum_of(left, right, c[i]);
  }
}

const char* no_double_units() {
  return units_fault() == "none" ? "it has no matrix units for float64" : nullptr;
}

}  // namespace mark1::gpu

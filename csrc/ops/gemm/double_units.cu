// Whether a device's matrix units for float64 make the chains of numerics.md: each thread makes its
// part of a product on them and once more by itself, and compares bits.
#include "ops/gemm/double_units.h"

#include "cuda/block.h"
#include "cuda/double_units.h"
#include "ops/gemm/double_units.cuh"
#include "ops/gemm/fused.h"

namespace mark1::cuda {
namespace {

// Products of 16 x 8 outputs, of as many instructions in succession, each of 8 values of k.
constexpr int kCases = 512, kSteps = 4, kWarps = 4;

enum Which { kLeft, kRight, kStart };

MARK1_DEVICE inline uint64_t hashed(uint64_t x) {
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;  // the finalizer of SplitMix64 (Steele et al., 2014)
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}
// sign and fraction of random bits, an exponent of low ... low + count - 1
MARK1_DEVICE inline double number_of(uint64_t random, int low, int count) {
  const uint64_t exponent =
      static_cast<uint64_t>(1023 + low) + (random >> 52) % 2048 % static_cast<uint64_t>(count);
  return __builtin_bit_cast(double, (random & 0x800fffffffffffffu) | exponent << 52);
}
MARK1_DEVICE inline double special(uint64_t random) {
  constexpr uint64_t values[] = {0x0000000000000000u, 0x0000000000000001u, 0x000fffffffffffffu,
                                 0x0010000000000000u, 0x7fefffffffffffffu, 0x7ff0000000000000u,
                                 0x7ff8000000000001u, 0x3ff0000000000000u};
  return __builtin_bit_cast(double, values[random % 8] | (random & 0x8000000000000000u));
}

// Element (line, k) of an operand of a case, by one of eight recipes for what may come apart.
MARK1_DEVICE inline double element(int number, Which operand, int line, int k) {
  const auto at = static_cast<uint64_t>(((number * 3 + operand) * 16 + line) * 64 + k);
  const uint64_t random = hashed((at + 1) * 0x9e3779b97f4a7c15u);
  switch (number % 8) {
    case 0:
      return number_of(random, -8, 16);
    case 1: {  // terms that almost cancel those before them
      if (operand == kStart) return number_of(random, -60, 60);
      const uint64_t same = hashed((at - static_cast<uint64_t>(k % 2) + 1) * 0x9e3779b97f4a7c15u);
      const double x = number_of(same, -2, 4);
      if (k % 2 == 0) return x;
      return operand == kLeft ? -x
                              : __builtin_bit_cast(double, __builtin_bit_cast(uint64_t, x) ^ 1);
    }
    case 2:  // products about the smallest numbers
      return operand == kStart ? number_of(random & ~(uint64_t{0x7ff} << 52), -1023, 1)
                               : number_of(random, -560, 60);
    case 3:  // about the largest ones
      return number_of(random, operand == kStart ? 1000 : 500, operand == kStart ? 24 : 14);
    case 4:  // a few bits: sums lie between two numbers
      return number_of(random & 0x8008000000000000u, 0, 1) *
             number_of(random & 0x7ff0000000000000u, -28, 56);
    case 5:
      return random >> 32 & 3 ? number_of(random, -4, 8) : special(random);
    case 6:  // zeros, and products that become zeros
      return random >> 32 & 3 ? special(random & 0x8000000000000000u)
                              : number_of(random, -700, 200);
    default:
      return number_of(random, -1022, 2045);
  }
}

MARK1_DEVICE inline bool same(double x, double y) {
  return __builtin_bit_cast(uint64_t, x) == __builtin_bit_cast(uint64_t, y) || (x != x && y != y);
}

struct CheckUnits {
  static constexpr bool alone = false;
  using Args = DoubleUnitsArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int number = static_cast<int>(block.index()) * kWarps + block.thread() / 32;
    const int g = gpu::lane() / 4, t = gpu::lane() % 4;
    double made[4], wanted[4];
    for (int i = 0; i < 4; ++i) {
      // Every other case begins as products do.
      const bool empty = number / 8 % 2 == 0;
      made[i] = empty ? 0.0 : element(number, kStart, g + i / 2 * 8, 2 * t + i % 2);
      wanted[i] = made[i];
    }
    bool right = true;
    for (int k = 0; k < 8 * kSteps; k += 8) {
      double a[4], b[2];
      for (int i = 0; i < 4; ++i) a[i] = element(number, kLeft, g + i % 2 * 8, k + t + i / 2 * 4);
      for (int i = 0; i < 2; ++i) b[i] = element(number, kRight, g, k + t + i * 4);
      gpu::multiply_double(made, a, b);
      for (int i = 0; i < 4; ++i) {
        for (int step = 0; step < 8; ++step) {
          wanted[i] = fused(element(number, kLeft, g + i / 2 * 8, k + step),
                            element(number, kRight, 2 * t + i % 2, k + step), wanted[i]);
        }
        right = right && same(made[i], wanted[i]);
      }
    }
    if (!right) gpu::atomic_min(args.wrong, number);
  }
};

void queue_check(const void* bytes, const Team& team) {
  gpu::queue<CheckUnits>(*static_cast<const DoubleUnitsArgs*>(bytes),
                         {kCases / kWarps, 32 * kWarps, 0}, team.sync);
}

constexpr int kDevices = 64;
// Written while others wait for what find_double_units() finds, and read after it.
bool in_use[kDevices];

void use_units(bool use) {
  in_use[gpu::device_in_use() % kDevices] = use;
}

}  // namespace

bool uses_double_units() {
  return in_use[gpu::device_in_use() % kDevices];
}

extern const DoubleUnitsKernels double_units_kernels;
const DoubleUnitsKernels double_units_kernels = {
    {&queue_check}, int64_t{kCases} * 128, &gpu::no_double_units, &use_units};

}  // namespace mark1::cuda

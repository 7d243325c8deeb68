// random: numbers from Philox4x32-10, a function of (seed, call number, element) alone.
//
//   state   int64 (2,): the seed and the call number (its lower 32 bits count)
//   words   word i of a call is word i mod 4 of block i / 4; stream 0 belongs to this op
//           (1: dropout). float32 elements take one word each, all others two (lower half first)
//   uniform            low + (high - low) u, one fma, u of 24 or 53 bits; never reaches high
//   normal             mean + stddev z, z by the inverse distribution function (math/
//                      normal_quantile.h): the top bit is the sign, 31 or 53 bits the probability
//   truncated_normal   likewise with |z| <= 2
//   integers           low + floor(r (high - low) / 2^64), r of 64 bits: no value is likelier than
//                      another by more than (high - low) / 2^64
//   permutation        0 .. n - 1 shuffled by Fisher and Yates (inside out), bounded integers by
//                      Lemire's rejection from successive words (ACM TOMACS 29, 2019): unbiased
//   advance            out = state, then state[1] += 1
//
// The state that a draw uses is a snapshot: a program replays `advance` and the draw that reads it.
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"
#include "core/variable.h"

namespace mark1 {

inline constexpr uint32_t kRandomStream = 0;
inline constexpr uint32_t kDropoutStream = 1;

enum class Distribution : int { kUniform, kNormal, kTruncatedNormal };
inline constexpr int kDistributions = 3;
inline constexpr const char* kDistributionNames[kDistributions] = {"uniform", "normal",
                                                                   "truncated_normal"};

// uniform: a = low, b = high - low, last = the largest value below high. normal: a = mean, b =
// stddev. All in the output's precision.
struct RandomArgs {
  const int64_t* state;
  void* out;
  int64_t n;
  double a, b, last;
};

struct IntegersArgs {
  const int64_t* state;
  void* out;
  int64_t n;
  int64_t low;
  uint64_t range;  // high - low
};

struct PermutationArgs {
  const int64_t* state;
  int64_t* out;
  int64_t n;
};

struct AdvanceArgs {
  int64_t* state;
  int64_t* out;
};

struct RandomKernels {
  Kernel<RandomArgs> draw[kDistributions][2];
  Kernel<IntegersArgs> integers[2];  // int32, int64
  Kernel<PermutationArgs> permutation;
  Kernel<AdvanceArgs> advance;
};

// A constant state, and the next one of a generator whose state is a variable.
Tensor random_state(int64_t seed, int64_t call);
Tensor random_advance(Variable& state);

Tensor random_draw(Distribution kind, const Shape& shape, const Tensor& state, double a, double b,
                   DType dtype);
Tensor random_integers(const Shape& shape, const Tensor& state, int64_t low, int64_t high,
                       DType dtype);
Tensor random_permutation(int64_t n, const Tensor& state);

// Checks that state is an int64 tensor of shape (2,) and returns its data.
const int64_t* check_random_state(const char* op, const Tensor& state);

}  // namespace mark1

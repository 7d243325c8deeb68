#include "ops/random/random.h"

#include <cmath>
#include <limits>

#include "core/isa.h"
#include "core/launch.h"

namespace mark1 {

MARK1_VARIANTS(RandomKernels, random_kernels);

namespace {

// The largest value below high, in the output's precision.
double value_below(double high, DType dtype) {
  if (dtype == DType::kF64) return std::nextafter(high, -std::numeric_limits<double>::infinity());
  return std::nextafter(static_cast<float>(high), -std::numeric_limits<float>::infinity());
}

double in_precision(double value, DType dtype) {
  return dtype == DType::kF64 ? value : static_cast<float>(value);
}

}  // namespace

const int64_t* check_random_state(const char* op, const Tensor& state) {
  if (state.dtype() != DType::kI64 || !(state.shape() == Shape{2})) {
    fail<ValueError>(op, "the state is int64 (2,): seed and call number, got ", name(state.dtype()),
                     " ", state.shape());
  }
  return state.as<int64_t>();
}

Tensor random_state(int64_t seed, int64_t call) {
  Tensor out = host_tensor(Shape{2}, DType::kI64);
  out.as<int64_t>()[0] = seed;
  out.as<int64_t>()[1] = call;
  return out;
}

Tensor random_advance(Variable& state) {
  check_random_state("random_advance", state.value());
  const Tensor& held = state.writable();
  Tensor out(Shape{2}, DType::kI64);
  const AdvanceArgs args{held.as<int64_t>(), out.as<int64_t>()};
  launch("random_advance", random_kernels_variants.current().advance, args, 5, {&held},
         {&held, &out});
  return out;
}

Tensor random_draw(Distribution kind, const Shape& shape, const Tensor& state, double a, double b,
                   DType dtype) {
  const int index = static_cast<int>(kind);
  const char* op = kDistributionNames[index];
  const int precision = float_index(op, dtype);
  RandomArgs args = {};
  args.state = check_random_state(op, state);
  if (!std::isfinite(a) || !std::isfinite(b)) {
    fail<ValueError>(op, "parameters must be finite, got ", a, " and ", b);
  }
  if (kind == Distribution::kUniform) {
    const double low = in_precision(a, dtype);
    const double high = in_precision(b, dtype);
    if (!(low <= high)) {
      fail<ValueError>(op, "minval must not exceed maxval, got ", a, " and ", b);
    }
    args.a = low;
    args.b = in_precision(high - low, dtype);
    if (!std::isfinite(args.b)) {
      fail<ValueError>(op, "the range from ", a, " to ", b, " does not fit ", name(dtype));
    }
    args.last = low == high ? high : value_below(high, dtype);
  } else {
    if (b < 0) fail<ValueError>(op, "stddev must not be negative, got ", b);
    args.a = a;
    args.b = b;
  }
  Tensor out(shape, dtype);
  if (out.numel() == 0) return out;
  args.out = out.data();
  args.n = out.numel();
  // Per element on one thread, measured with AVX-512 at 2.6 GHz.
  static constexpr double kCost[kDistributions][2] = {{0.5, 1.0}, {1.4, 4.0}, {1.4, 4.0}};
  launch(op, random_kernels_variants.current().draw[index][precision], args,
         kCost[index][precision] * static_cast<double>(args.n), {&state}, {&out});
  return out;
}

Tensor random_integers(const Shape& shape, const Tensor& state, int64_t low, int64_t high,
                       DType dtype) {
  const char* op = "randint";
  const int64_t* data = check_random_state(op, state);
  if (dtype != DType::kI32 && dtype != DType::kI64) {
    fail<TypeError>(op, "draws int32 or int64, got ", name(dtype));
  }
  if (low >= high) fail<ValueError>(op, "minval must be below maxval, got ", low, " and ", high);
  if (dtype == DType::kI32 && (low < INT32_MIN || high - 1 > INT32_MAX)) {
    fail<ValueError>(op, "[", low, ", ", high, ") does not fit int32");
  }
  Tensor out(shape, dtype);
  if (out.numel() == 0) return out;
  const IntegersArgs args{data, out.data(), out.numel(), low,
                          static_cast<uint64_t>(high) - static_cast<uint64_t>(low)};
  const auto kernel = random_kernels_variants.current().integers[dtype == DType::kI64 ? 1 : 0];
  launch(op, kernel, args, 2.0 * static_cast<double>(args.n), {&state}, {&out});
  return out;
}

Tensor random_permutation(int64_t n, const Tensor& state) {
  const int64_t* data = check_random_state("permutation", state);
  // Bounded integers come from 32-bit words.
  if (n < 0 || n > INT64_C(0xffffffff)) {
    fail<ValueError>("permutation", "n must be from 0 to 2^32 - 1, got ", n);
  }
  Tensor out(Shape{n}, DType::kI64);
  const PermutationArgs args{data, out.as<int64_t>(), n};
  launch("permutation", random_kernels_variants.current().permutation, args,
         2.5 * static_cast<double>(n), {&state}, {&out});
  return out;
}

}  // namespace mark1

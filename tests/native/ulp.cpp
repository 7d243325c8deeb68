// Measures the functions of csrc/math: distance from the exact result in units in the last place,
// and equality of all instruction sets bit for bit.
//
//   ulp [--stride N] [--doubles N] [function ...]
//
// float: every N-th of the 2^32 inputs (1 = all, the default 4099) against libm in double.
// double: N pseudo-random inputs (default 200,000) against libm in long double.
// Fails above 2 ulp, or when two instruction sets differ.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "math_table.h"

namespace {

using mark1::MathTable;

template <class T>
struct Traits;
template <>
struct Traits<float> {
  using Wide = double;
  using Bits = uint32_t;
};
template <>
struct Traits<double> {
  using Wide = long double;
  using Bits = uint64_t;
};

template <class W>
W exact(const std::string& name, W x) {
  if (name == "exp") return std::exp(x);
  if (name == "expm1") return std::expm1(x);
  if (name == "log") return std::log(x);
  if (name == "log1p") return std::log1p(x);
  if (name == "tanh") return std::tanh(x);
  if (name == "sigmoid") return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
  if (name == "softplus") return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
  if (name == "erf") return std::erf(x);
  if (name == "erfc") return std::erfc(x);
  if (name == "sin") return std::sin(x);
  if (name == "cos") return std::cos(x);
  std::abort();
}

// Error of y in units in the last place of `want`; signs of zero, infinities and NaN must be right.
template <class T>
double error_in_ulp(T y, typename Traits<T>::Wide want) {
  using W = typename Traits<T>::Wide;
  using Limits = std::numeric_limits<T>;
  const double wrong = std::numeric_limits<double>::infinity();
  if (std::isnan(want) || std::isnan(y)) return std::isnan(want) && std::isnan(y) ? 0 : wrong;
  if (want == 0) return y == 0 && std::signbit(y) == std::signbit(want) ? 0 : wrong;
  const W top = std::ldexp(W(1), Limits::max_exponent);
  if (std::fabs(want) > top) want = std::copysign(top, want);
  const W got = std::isinf(y) ? std::copysign(top, W(y)) : W(y);
  int exponent;
  std::frexp(want, &exponent);
  exponent = std::max(std::min(exponent, Limits::max_exponent), Limits::min_exponent);
  return double(std::fabs(std::ldexp(got - want, Limits::digits - exponent)));
}

struct Worst {
  double error = 0;
  double input = 0;
  int64_t count = 0, differences = 0;
};

template <class T>
class Measurement {
 public:
  Measurement(int index, const std::vector<const MathTable*>& tables) {
    for (const MathTable* table : tables) {
      if constexpr (sizeof(T) == 4) {
        variants_.push_back(table->function[index].f32);
      } else {
        variants_.push_back(table->function[index].f64);
      }
    }
    name_ = tables[0]->function[index].name;
    x_.reserve(block);
  }

  void add(T x) {
    x_.push_back(x);
    if (x_.size() == block) flush();
  }

  Worst finish() {
    flush();
    return worst_;
  }

 private:
  static constexpr size_t block = 4096 + 5;

  void flush() {
    const int64_t n = int64_t(x_.size());
    std::vector<T> y(n), other(n);
    variants_[0](x_.data(), y.data(), n);
    for (size_t v = 1; v < variants_.size(); ++v) {
      // One lane at a time is slow: of many blocks it sees every sixteenth.
      if (v + 1 == variants_.size() && blocks_ > 4096 && blocks_ % 16 != 0) continue;
      variants_[v](x_.data(), other.data(), n);
      for (int64_t i = 0; i < n; ++i) {
        const bool same = std::memcmp(&y[i], &other[i], sizeof(T)) == 0;
        worst_.differences += !same && !(std::isnan(y[i]) && std::isnan(other[i]));
      }
    }
    for (int64_t i = 0; i < n; ++i) {
      const double error = error_in_ulp(y[i], exact<typename Traits<T>::Wide>(name_, x_[i]));
      if (error > worst_.error) {
        worst_.error = error;
        worst_.input = x_[i];
      }
    }
    worst_.count += n;
    ++blocks_;
    x_.clear();
  }

  std::string name_;
  std::vector<void (*)(const T*, T*, int64_t)> variants_;
  std::vector<T> x_;
  Worst worst_;
  int64_t blocks_ = 0;
};

template <class T>
T from_pattern(typename Traits<T>::Bits bits) {
  T x;
  std::memcpy(&x, &bits, sizeof(T));
  return x;
}

bool report(const char* name, const char* dtype, double limit, const Worst& worst) {
  const bool good = worst.error <= limit && worst.differences == 0;
  std::printf("%-9s %s  %.4f ulp at %a (%.9g), %lld inputs, %lld differences%s\n", name, dtype,
              worst.error, worst.input, worst.input, static_cast<long long>(worst.count),
              static_cast<long long>(worst.differences), good ? "" : "  FAILED");
  std::fflush(stdout);
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  uint64_t stride = 4099, doubles = 200000;
  std::vector<std::string> wanted;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--stride") == 0 && i + 1 < argc) {
      stride = std::strtoull(argv[++i], nullptr, 10);
    } else if (std::strcmp(argv[i], "--doubles") == 0 && i + 1 < argc) {
      doubles = std::strtoull(argv[++i], nullptr, 10);
    } else {
      wanted.push_back(argv[i]);
    }
  }
  std::vector<const MathTable*> tables;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    tables.push_back(&mark1::avx512::math_table);
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    tables.push_back(&mark1::avx2::math_table);
  }
#endif
  tables.push_back(&mark1::reference::math_table);

  bool good = true;
  for (int index = 0; index < mark1::math_functions; ++index) {
    const std::string name = tables[0]->function[index].name;
    bool listed = wanted.empty();
    for (const std::string& other : wanted) listed = listed || other == name;
    if (!listed) continue;
    if (stride > 0) {
      Measurement<float> measurement(index, tables);
      for (uint64_t bits = 0; bits < uint64_t(1) << 32; bits += stride) {
        measurement.add(from_pattern<float>(uint32_t(bits)));
      }
      good = report(name.c_str(), "float32", 2, measurement.finish()) && good;
    }
    Measurement<double> measurement(index, tables);
    uint64_t state = 1;
    for (uint64_t i = 0; i < doubles; ++i) {
      // Knuth's MMIX generator; every other input gets an exponent between -40 and 11.
      state = state * 6364136223846793005u + 1442695040888963407u;
      uint64_t bits = (state >> 32) << 32;
      state = state * 6364136223846793005u + 1442695040888963407u;
      bits |= state >> 32;
      if (i % 2 == 0) {
        const uint64_t exponent = 1023 - 40 + (bits >> 52) % 52;
        bits = (bits & 0x800fffffffffffff) | exponent << 52;
      }
      measurement.add(from_pattern<double>(bits));
    }
    good = report(name.c_str(), "float64", 2, measurement.finish()) && good;
  }
  return good ? 0 : 1;
}

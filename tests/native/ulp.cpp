// Measures the functions of csrc/math: distance from the exact result in units in the last place,
// and equality of all instruction sets bit for bit.
//
//   ulp [--stride N] [--doubles N] [function ...]
//   ulp --evaluate function < x > y
//
// float: every N-th of the 2^32 inputs (1 = all, the default 4099) against libm in double.
// double: N pseudo-random inputs (default 200,000) against libm in long double (0 = none).
// With --evaluate: the function of doubles as the best instruction set computes it.
// Fails above 2 ulp (normal_probability 3, erfinv 4.2 and in double 6), or when two instruction
// sets differ.
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
using Function = W (*)(W);

// x^2 = square + rest.
template <class W>
struct Square {
  W square, rest;
  explicit Square(W x) : square(x * x), rest(std::fma(x, x, -square)) {}
};

// P(X <= x), X standard normal. What is lost in z = |x| / sqrt 2 is put right by the derivative of
// ln erfc, -2z where that matters.
template <class W>
W normal_probability(W x) {
  if (std::isnan(x)) return x;
  const W a = std::min(std::fabs(x), W(50)), z = a / std::sqrt(W(2));
  const Square<W> exact(a);
  const W lost = std::fma(-z, z, exact.square / 2) + exact.rest / 2;
  const W tail = std::erfc(z) / 2 * std::exp(-lost);
  return x > 0 ? 1 - tail : tail;
}

template <class W>
W normal_density(W x) {
  const Square<W> exact(std::copysign(std::min(std::fabs(x), W(50)), x));
  const W scale = 1 / std::sqrt(8 * std::atan(W(1)));
  return std::isnan(x) ? x : scale * std::exp(-exact.square / 2) * (1 - exact.rest / 2);
}

// By Halley's method on erf, or on erfc where that keeps more digits, from Winitzki's formula.
template <class W>
W erfinv(W y) {
  const W a = std::fabs(y), slope = std::sqrt(std::atan(W(1)) * 4) / 2;
  if (!(a < 1) || a == 0) return a == 1 ? y / W(0) : (a == 0 ? y : std::sqrt(-a));
  const W l = std::log1p(-a * a), c = W(0.147), b = 1 / (2 * slope * slope * c) + l / 2;
  W x = std::sqrt(std::max(std::sqrt(b * b - l / c) - b, a * a / 2));
  for (int i = 0; i < 8; ++i) {
    const W off = a < W(0.5) ? std::erf(x) - a : (1 - a) - std::erfc(x);
    const W u = off * slope * std::exp(x * x);
    x -= u / (1 + x * u);
  }
  return std::copysign(x, y);
}

template <class W>
Function<W> exact(const std::string& name) {
  if (name == "exp") return [](W x) { return std::exp(x); };
  if (name == "expm1") return [](W x) { return std::expm1(x); };
  if (name == "log") return [](W x) { return std::log(x); };
  if (name == "log1p") return [](W x) { return std::log1p(x); };
  if (name == "tanh") return [](W x) { return std::tanh(x); };
  if (name == "sigmoid") {
    return [](W x) { return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x)); };
  }
  if (name == "softplus") {
    return [](W x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); };
  }
  if (name == "erf") return [](W x) { return std::erf(x); };
  if (name == "erfc") return [](W x) { return std::erfc(x); };
  if (name == "sin") return [](W x) { return std::sin(x); };
  if (name == "cos") return [](W x) { return std::cos(x); };
  if (name == "normal_probability") return [](W x) { return normal_probability(x); };
  if (name == "normal_density") return [](W x) { return normal_density(x); };
  if (name == "atan") return [](W x) { return std::atan(x); };
  if (name == "asin") return [](W x) { return std::asin(x); };
  if (name == "acos") return [](W x) { return std::acos(x); };
  if (name == "erfinv") return [](W x) { return erfinv(x); };
  std::abort();
}

// 2^-exponent(x) as frexp gives it, times 2^digits of T; denormal results count in T's smallest
// unit.
template <class T>
typename Traits<T>::Wide units_per(typename Traits<T>::Wide x) {
  using Limits = std::numeric_limits<T>;
  int exponent;
  std::frexp(x, &exponent);
  exponent = std::max(std::min(exponent, Limits::max_exponent), Limits::min_exponent);
  return std::ldexp(typename Traits<T>::Wide(1), Limits::digits - exponent);
}

// All of 2^32 inputs go through here: the exponent is read from the bits.
template <>
double units_per<float>(double x) {
  uint64_t bits;
  std::memcpy(&bits, &x, sizeof(bits));
  const int exponent = std::max(std::min(int(bits >> 52 & 0x7ff) - 1022, 128), -125);
  const uint64_t scale = uint64_t(24 - exponent + 1023) << 52;
  double units;
  std::memcpy(&units, &scale, sizeof(units));
  return units;
}

// Error of y in units in the last place of `want`; signs of zero, infinities and NaN must be right.
template <class T>
double error_in_ulp(T y, typename Traits<T>::Wide want) {
  using W = typename Traits<T>::Wide;
  using Limits = std::numeric_limits<T>;
  const double wrong = std::numeric_limits<double>::infinity();
  if (std::isnan(want) || std::isnan(y)) return std::isnan(want) && std::isnan(y) ? 0 : wrong;
  if (want == 0) return y == 0 && std::signbit(y) == std::signbit(want) ? 0 : wrong;
  static const W top = std::ldexp(W(1), Limits::max_exponent);
  if (std::fabs(want) > top) want = std::copysign(top, want);
  const W got = std::isinf(y) ? std::copysign(top, W(y)) : W(y);
  return double(std::fabs((got - want) * units_per<T>(want)));
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
    exact_ = exact<typename Traits<T>::Wide>(tables[0]->function[index].name);
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
      const double error = error_in_ulp(y[i], exact_(x_[i]));
      if (error > worst_.error) {
        worst_.error = error;
        worst_.input = x_[i];
      }
    }
    worst_.count += n;
    ++blocks_;
    x_.clear();
  }

  Function<typename Traits<T>::Wide> exact_;
  std::vector<void (*)(const T*, T*, int64_t)> variants_;
  std::vector<T> x_;
  Worst worst_;
  int64_t blocks_ = 0;
};

// Inputs that no stride may miss.
template <class T>
std::vector<T> specials() {
  using Limits = std::numeric_limits<T>;
  std::vector<T> list;
  for (const T x : {T(0), Limits::infinity(), Limits::quiet_NaN(), Limits::denorm_min(),
                    Limits::min(), Limits::max(), T(0.5), T(1), T(2), Limits::epsilon()}) {
    list.push_back(x);
    list.push_back(-x);
  }
  return list;
}

template <class T>
T from_pattern(typename Traits<T>::Bits bits) {
  T x;
  std::memcpy(&x, &bits, sizeof(T));
  return x;
}

bool report(const char* name, const char* dtype, double limit, const Worst& worst) {
  const bool good = worst.error <= limit && worst.differences == 0;
  std::printf("%-18s %s  %.4f ulp at %a (%.9g), %lld inputs, %lld differences%s\n", name, dtype,
              worst.error, worst.input, worst.input, static_cast<long long>(worst.count),
              static_cast<long long>(worst.differences), good ? "" : "  FAILED");
  std::fflush(stdout);
  return good;
}

// Doubles from standard input to standard output.
int evaluate(const MathTable& table, const std::string& name) {
  for (const auto& function : table.function) {
    if (name != function.name) continue;
    std::vector<double> x(1 << 16), y(x.size());
    while (const size_t n = std::fread(x.data(), sizeof(double), x.size(), stdin)) {
      function.f64(x.data(), y.data(), static_cast<int64_t>(n));
      std::fwrite(y.data(), sizeof(double), n, stdout);
    }
    return 0;
  }
  std::fprintf(stderr, "no function %s\n", name.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  uint64_t stride = 4099, doubles = 200000;
  std::vector<std::string> wanted;
  std::string evaluated;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--stride") == 0 && i + 1 < argc) {
      stride = std::strtoull(argv[++i], nullptr, 10);
    } else if (std::strcmp(argv[i], "--doubles") == 0 && i + 1 < argc) {
      doubles = std::strtoull(argv[++i], nullptr, 10);
    } else if (std::strcmp(argv[i], "--evaluate") == 0 && i + 1 < argc) {
      evaluated = argv[++i];
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

  if (!evaluated.empty()) return evaluate(*tables[0], evaluated);

  bool good = true;
  for (int index = 0; index < mark1::math_functions; ++index) {
    const std::string name = tables[0]->function[index].name;
    bool listed = wanted.empty();
    for (const std::string& other : wanted) listed = listed || other == name;
    if (!listed) continue;
    // The relative error of e^(-x^2/2) joins those of erfc; erfinv is a quotient of polynomials,
    // times two factors.
    const bool quotient = name == "erfinv";
    const double limit = name == "normal_probability" ? 3 : quotient ? 4.2 : 2;
    if (stride > 0) {
      Measurement<float> measurement(index, tables);
      for (const float x : specials<float>()) measurement.add(x);
      for (uint64_t bits = 0; bits < uint64_t(1) << 32; bits += stride) {
        measurement.add(from_pattern<float>(uint32_t(bits)));
      }
      good = report(name.c_str(), "float32", limit, measurement.finish()) && good;
    }
    Measurement<double> measurement(index, tables);
    for (const double x : specials<double>()) measurement.add(x);
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
    good = report(name.c_str(), "float64", quotient ? 6 : limit, measurement.finish()) && good;
  }
  return good ? 0 : 1;
}

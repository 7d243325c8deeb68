// The rates, one step after the other: there is hardly ever more than one.
#pragma once

#include "math/exp.h"
#include "math/ipow.h"
#include "math/log.h"
#include "math/sincos.h"
#include "ops/schedule/schedule.h"

namespace mark1 {
namespace MARK1_ISA {

extern const ScheduleKernels schedule_kernels;

namespace {

using D = Vec<double>;

MARK1_DEVICE inline double floor_of(double x) {
  return first(floor(D(x)));
}

MARK1_DEVICE inline double power(double base, double exponent) {
  const double most = 1 << 20;
  if (exponent > -most && exponent < most && floor_of(exponent) == exponent) {
    return ipow(base, int64_t(exponent));
  }
  if (base == 0) return exponent > 0 ? 0 : __builtin_inf();
  return first(exp(D(exponent) * log(D(base))));
}

MARK1_DEVICE inline double decayed(double fraction, double alpha, double height = 1) {
  constexpr double pi = 3.14159265358979323846;
  const double cosine = 0.5 * height * (1 + first(cos(D(pi * fraction))));
  return (1 - alpha) * cosine + alpha;
}

MARK1_DEVICE inline double lesser(double a, double b) {
  return b < a ? b : a;
}

MARK1_DEVICE inline double elapsed(const double* v, double s) {
  return v[3] != 0 ? floor_of(s / v[1]) : s / v[1];
}

struct Exponential {
  static MARK1_DEVICE double at(const double* v, int64_t, double s) {
    return v[0] * power(v[2], elapsed(v, s));
  }
};

struct InverseTime {
  static MARK1_DEVICE double at(const double* v, int64_t, double s) {
    return v[0] / (1 + v[2] * elapsed(v, s));
  }
};

struct Polynomial {
  static MARK1_DEVICE double at(const double* v, int64_t, double s) {
    double n = v[1];
    if (v[4] == 0) {
      s = lesser(s, n);
    } else if (s != 0) {
      n *= -floor_of(-(s / n));
    }
    return (v[0] - v[2]) * power(1 - s / n, v[3]) + v[2];
  }
};

struct Cosine {
  static MARK1_DEVICE double at(const double* v, int64_t, double s) {
    const double n = v[1], warm_up = v[4];
    if (warm_up <= 0) return v[0] * decayed(lesser(s, n) / n, v[2]);
    s = lesser(s, n + warm_up);
    if (s < warm_up) return (v[3] - v[0]) * (s / warm_up) + v[0];
    return v[3] * decayed((s - warm_up) / n, v[2]);
  }
};

struct CosineRestarts {
  static MARK1_DEVICE double at(const double* v, int64_t, double s) {
    double fraction = s / v[1], restarts = 0;
    if (v[2] == 1) {
      restarts = floor_of(fraction);
      fraction -= restarts;
    } else {
      // Periods are subtracted one by one: they grow, and a logarithm would miss their ends.
      double length = 1;
      for (; fraction >= length && length < 1e300; length *= v[2]) {
        fraction -= length;
        restarts += 1;
      }
      fraction /= length;
    }
    return v[0] * decayed(fraction, v[4], power(v[3], restarts));
  }
};

struct Piecewise {
  static MARK1_DEVICE double at(const double* v, int64_t count, double s) {
    const int64_t boundaries = count / 2;
    int64_t k = 0;
    while (k < boundaries && s > v[k]) ++k;
    return v[boundaries + k];
  }
};

template <class Kind, class S>
MARK1_DEVICE void evaluate(const ScheduleArgs& args, const Team& team) {
  const Range range = static_range(args.n, 16, team);
  for (int64_t i = range.begin; i < range.end; ++i) {
    const double step = double(static_cast<const S*>(args.steps)[i]);
    args.rates[i] = float(Kind::at(args.numbers, args.count, step));
  }
}

#define MARK1_SCHEDULE(Kind)                              \
  {make_kernel<ScheduleArgs, &evaluate<Kind, int64_t>>(), \
   make_kernel<ScheduleArgs, &evaluate<Kind, double>>()}

constexpr ScheduleKernels kernels = {{
    MARK1_SCHEDULE(Exponential),
    MARK1_SCHEDULE(InverseTime),
    MARK1_SCHEDULE(Polynomial),
    MARK1_SCHEDULE(Cosine),
    MARK1_SCHEDULE(CosineRestarts),
    MARK1_SCHEDULE(Piecewise),
}};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1

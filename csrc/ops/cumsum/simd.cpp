// cumsum, cumprod and recurrence with lanes over columns, and several rows at a time where the
// chain runs along a row.
#include "ops/cumsum/steps.h"
#include "simd/for_each.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// kRows chains next to each other hide the latency of the steps.
template <class Step, int kRows, class T>
void along_rows(const T* x, const T* factors, T* out, int64_t n, bool reverse) {
  Vec<T> last[kRows];
  const int64_t start = reverse ? n - 1 : 0, step = reverse ? -1 : 1;
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
    out[r * n + start] = x[r * n + start];
    last[r] = Vec<T>(x[r * n + start]);
  }
  for (int64_t i = 1, at = start + step; i < n; ++i, at += step) {
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const Vec<T> factor(Step::has_factors ? factors[r * n + at] : T(0));
      last[r] = Step::next(last[r], Vec<T>(x[r * n + at]), factor);
      out[r * n + at] = first(last[r]);
    }
  }
}

// Columns of one stretch: the results so far stay in the first-level cache.
constexpr int64_t stretch = 512;

template <class Step, class T>
void scan(const CumsumArgs& args, const Team& team) {
  const auto* x = static_cast<const T*>(args.x);
  const auto* factors = Step::has_factors ? static_cast<const T*>(args.factors) : x;
  auto* out = static_cast<T*>(args.out);
  const int64_t n = args.n, columns = args.columns;
  if (columns == 1) {
    const Range rows = static_range(args.outer, 1, team);
    int64_t r = rows.begin;
    for (; r + 8 <= rows.end; r += 8) {
      along_rows<Step, 8>(x + r * n, factors + r * n, out + r * n, n, args.reverse);
    }
    for (; r < rows.end; ++r) {
      along_rows<Step, 1>(x + r * n, factors + r * n, out + r * n, n, args.reverse);
    }
    return;
  }
  const int64_t stretches = (columns + stretch - 1) / stretch;
  const Range tasks = static_range(args.outer * stretches, 1, team);
  for (int64_t task = tasks.begin; task < tasks.end; ++task) {
    const int64_t left = task % stretches * stretch;
    const int64_t right = columns - left < stretch ? columns : left + stretch;
    const int64_t start = task / stretches * n * columns;
    for (int64_t i = 0; i < n; ++i) {
      const int64_t at = start + (args.reverse ? n - 1 - i : i) * columns;
      const int64_t before = args.reverse ? at + columns : at - columns;
      for_each_vector<T>({left, right}, [&](int64_t c, int count) {
        Vec<T> result = Vec<T>::load(x + at + c, count);
        if (i > 0) {
          const Vec<T> factor =
              Step::has_factors ? Vec<T>::load(factors + at + c, count) : Vec<T>(T(0));
          result = Step::next(Vec<T>::load(out + before + c, count), result, factor);
        }
        result.store(out + at + c, count);
      });
    }
  }
}

}  // namespace

const CumsumKernels cumsum_kernels = MARK1_SCANS(scan);

}  // namespace MARK1_ISA
}  // namespace mark1

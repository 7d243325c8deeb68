// cumsum with lanes over columns, and several rows at a time where the chain runs along a row.
#include "ops/cumsum/cumsum.h"
#include "simd/for_each.h"

namespace mark1 {
namespace MARK1_ISA {

extern const CumsumKernels cumsum_kernels;

namespace {

// kRows chains next to each other hide the latency of the additions.
template <int kRows, class T>
void along_rows(const T* x, T* out, int64_t n, bool reverse) {
  T sum[kRows];
  const int64_t first = reverse ? n - 1 : 0, step = reverse ? -1 : 1;
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) out[r * n + first] = sum[r] = x[r * n + first];
  for (int64_t i = 1, at = first + step; i < n; ++i, at += step) {
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) out[r * n + at] = sum[r] = sum[r] + x[r * n + at];
  }
}

// Columns of one stretch: the sums so far stay in the first-level cache.
constexpr int64_t stretch = 512;

template <class T>
void cumsum(const CumsumArgs& args, const Team& team) {
  const auto* x = static_cast<const T*>(args.x);
  auto* out = static_cast<T*>(args.out);
  const int64_t n = args.n, columns = args.columns;
  if (columns == 1) {
    const Range rows = static_range(args.outer, 1, team);
    int64_t r = rows.begin;
    for (; r + 8 <= rows.end; r += 8) along_rows<8>(x + r * n, out + r * n, n, args.reverse);
    for (; r < rows.end; ++r) along_rows<1>(x + r * n, out + r * n, n, args.reverse);
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
        const Vec<T> next = Vec<T>::load(x + at + c, count);
        const Vec<T> sum = i == 0 ? next : Vec<T>::load(out + before + c, count) + next;
        sum.store(out + at + c, count);
      });
    }
  }
}

}  // namespace

const CumsumKernels cumsum_kernels = {
    {make_kernel<CumsumArgs, &cumsum<float>>(), make_kernel<CumsumArgs, &cumsum<double>>()}};

}  // namespace MARK1_ISA
}  // namespace mark1

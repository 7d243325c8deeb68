// cumsum, cumprod and recurrence with lanes over columns, and several chains at a time where they
// run along rows: eight rows, or eight chunks of a row. Loops over columns are plain: compilers
// vectorise them.
#include "ops/cumsum/steps.h"
#include "simd/for_each.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// kRows chains next to each other hide the latency of the steps.
template <class Chain, int kRows, class T>
void along_rows(const T* x, const T* factors, T* out, int64_t n, bool reverse) {
  Chain chains[kRows];
  const int64_t step = reverse ? -1 : 1;
  int64_t at = reverse ? n - 1 : 0;
  for (int64_t i = 0; i < n; ++i, at += step) {
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      out[r * n + at] =
          chains[r].take(i, x[r * n + at], Chain::has_factors ? factors[r * n + at] : T(0));
    }
  }
}

// The same for sums, chunk by chunk.
template <int kRows, class T>
void sum_rows(const T* x, T* out, int64_t n, bool reverse) {
  T sums[kRows], before[kRows];
  const int64_t step = reverse ? -1 : 1;
  int64_t at = reverse ? n - 1 : 0;
  for (int64_t begin = 0; begin < n; begin += kScanChunk) {
    const int64_t count = n - begin < kScanChunk ? n - begin : kScanChunk;
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      if (begin > 0) before[r] = out[r * n + at - step];
      sums[r] = x[r * n + at];
      out[r * n + at] = begin > 0 ? before[r] + sums[r] : sums[r];
    }
    at += step;
    if (begin == 0) {
      for (int64_t i = 1; i < count; ++i, at += step) {
#pragma GCC unroll 8
        for (int r = 0; r < kRows; ++r) out[r * n + at] = sums[r] = sums[r] + x[r * n + at];
      }
    } else {
      for (int64_t i = 1; i < count; ++i, at += step) {
#pragma GCC unroll 8
        for (int r = 0; r < kRows; ++r) {
          sums[r] = sums[r] + x[r * n + at];
          out[r * n + at] = before[r] + sums[r];
        }
      }
    }
  }
}

// Sums of one row from `begin` on, kChunks whole chunks of it, `step` being 1 or -1: each alone,
// then what came before.
template <int kChunks, class T>
void sum_chunks(const T* x, T* out, int64_t begin, int64_t step) {
  T sums[kChunks];
  for (int64_t i = 0; i < kScanChunk; ++i) {
#pragma GCC unroll 8
    for (int c = 0; c < kChunks; ++c) {
      const int64_t at = step * (begin + c * kScanChunk + i);
      sums[c] = i == 0 ? x[at] : sums[c] + x[at];
      out[at] = sums[c];
    }
  }
  for (int64_t c = begin == 0 ? 1 : 0; c < kChunks; ++c) {
    const int64_t first = begin + c * kScanChunk;
    const T before = out[step * (first - 1)];
    T* chunk = out + (step > 0 ? first : -(first + kScanChunk - 1));
    for (int64_t i = 0; i < kScanChunk; ++i) chunk[i] = before + chunk[i];
  }
}

template <class T>
void sum_row(const T* x, T* out, int64_t n, bool reverse) {
  const int64_t step = reverse ? -1 : 1, start = reverse ? n - 1 : 0;
  int64_t i = 0;
  for (; i + 8 * kScanChunk <= n; i += 8 * kScanChunk) {
    sum_chunks<8>(x + start, out + start, i, step);
  }
  for (; i + 2 * kScanChunk <= n; i += 2 * kScanChunk) {
    sum_chunks<2>(x + start, out + start, i, step);
  }
  SumChain<T> chain;
  if (i > 0) chain.before = out[start + step * (i - 1)];
  for (; i < n; ++i) out[start + step * i] = chain.take(i, x[start + step * i], T(0));
}

// Columns of one stretch: the results so far stay in the first-level cache.
constexpr int64_t stretch = 512;

// Sums of a stretch of columns; x and out advance by `row` from one element of the axis to the
// next.
template <class T>
void sum_columns(const T* x, T* out, int64_t n, int64_t row, int64_t width) {
  __builtin_memcpy(out, x, static_cast<size_t>(width) * sizeof(T));
  for (int64_t i = 1; i < n && i < kScanChunk; ++i) {
    const T* __restrict__ last = out;
    x += row, out += row;
    T* __restrict__ to = out;
    for (int64_t c = 0; c < width; ++c) to[c] = last[c] + x[c];
  }
  alignas(64) T sums[stretch];
  for (int64_t begin = kScanChunk; begin < n; begin += kScanChunk) {
    const T* __restrict__ before = out;
    const int64_t count = n - begin < kScanChunk ? n - begin : kScanChunk;
    x += row, out += row;
    for (int64_t c = 0; c < width; ++c) {
      sums[c] = x[c];
      out[c] = before[c] + x[c];
    }
    int64_t i = 1;
    for (; i + 2 <= count; i += 2, x += 2 * row, out += 2 * row) {
      const T* __restrict__ a = x + row;
      const T* __restrict__ b = a + row;
      T* __restrict__ to_a = out + row;
      T* __restrict__ to_b = to_a + row;
      for (int64_t c = 0; c < width; ++c) {
        const T sum = sums[c] + a[c];
        to_a[c] = before[c] + sum;
        sums[c] = sum + b[c];
        to_b[c] = before[c] + sums[c];
      }
    }
    if (i == count) continue;
    x += row, out += row;
    for (int64_t c = 0; c < width; ++c) out[c] = before[c] + (sums[c] + x[c]);
  }
}

// Products, or where there are factors recurrences.
template <class T>
void chain_columns(const T* x, const T* factors, T* out, int64_t n, int64_t row, int64_t width) {
  __builtin_memcpy(out, x, static_cast<size_t>(width) * sizeof(T));
  for (int64_t i = 1; i < n; ++i) {
    const T* __restrict__ last = out;
    x += row, out += row;
    T* __restrict__ to = out;
    if constexpr (T(0.5) != T(0)) {
      if (factors) {
        factors += row;
        for_each_vector<T>({0, width}, [&](int64_t c, int count) {
          const Vec<T> factor = Vec<T>::load(factors + c, count);
          fma(factor, Vec<T>::load(last + c, count), Vec<T>::load(x + c, count))
              .store(to + c, count);
        });
        continue;
      }
    }
    for (int64_t c = 0; c < width; ++c) to[c] = last[c] * x[c];
  }
}

template <template <class> class Chain, class T>
void scan(const CumsumArgs& args, const Team& team) {
  constexpr bool sums = requires(Chain<T> chain) { chain.before; };
  const auto* x = static_cast<const T*>(args.x);
  const auto* factors = static_cast<const T*>(args.factors);
  auto* out = static_cast<T*>(args.out);
  const int64_t n = args.n, columns = args.columns;
  if (columns == 1) {
    const Range rows = static_range(args.outer, 1, team);
    if (!factors) factors = x;
    int64_t r = rows.begin;
    for (; r + 8 <= rows.end; r += 8) {
      if constexpr (sums) {
        sum_rows<8>(x + r * n, out + r * n, n, args.reverse);
      } else {
        along_rows<Chain<T>, 8>(x + r * n, factors + r * n, out + r * n, n, args.reverse);
      }
    }
    for (; r < rows.end; ++r) {
      if constexpr (sums) {
        sum_row(x + r * n, out + r * n, n, args.reverse);
      } else {
        along_rows<Chain<T>, 1>(x + r * n, factors + r * n, out + r * n, n, args.reverse);
      }
    }
    return;
  }
  const int64_t stretches = (columns + stretch - 1) / stretch;
  const Range tasks = static_range(args.outer * stretches, 1, team);
  for (int64_t task = tasks.begin; task < tasks.end; ++task) {
    const int64_t left = task % stretches * stretch;
    const int64_t width = columns - left < stretch ? columns - left : stretch;
    const int64_t last = args.reverse ? (n - 1) * columns : 0;
    const int64_t start = task / stretches * n * columns + last + left;
    const int64_t row = args.reverse ? -columns : columns;
    if constexpr (sums) {
      sum_columns(x + start, out + start, n, row, width);
    } else {
      chain_columns(x + start, factors ? factors + start : nullptr, out + start, n, row, width);
    }
  }
}

template <template <class> class Chain, class T>
struct Run {
  static constexpr Kernel<CumsumArgs> kernel = make_kernel<CumsumArgs, &scan<Chain, T>>();
};

}  // namespace

const CumsumKernels cumsum_kernels = scans<Run>();

}  // namespace MARK1_ISA
}  // namespace mark1

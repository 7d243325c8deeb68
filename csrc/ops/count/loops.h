// The loops of count; compilers vectorise them for each instruction set.
#pragma once

#include "ops/count/count.h"

namespace mark1 {
namespace MARK1_ISA {

extern const CountKernels count_kernels;

namespace {

template <class T>
MARK1_DEVICE inline int32_t count_some(const T* x, int64_t n) {
  int32_t number = 0;
  for (int64_t i = 0; i < n; ++i) number += x[i] != 0;
  return number;
}

// Bytes: as many as a byte can count in each of 64 places, then these places.
MARK1_DEVICE inline int32_t count_some(const uint8_t* x, int64_t n) {
  constexpr int64_t places = 64;
  int32_t number = 0;
  int64_t i = 0;
  while (i + places <= n) {
    uint8_t counts[places] = {};
    int64_t rounds = (n - i) / places;
    if (rounds > 255) rounds = 255;
    for (int64_t r = 0; r < rounds; ++r, i += places) {
      for (int64_t k = 0; k < places; ++k) {
        counts[k] = static_cast<uint8_t>(counts[k] + (x[i + k] != 0));
      }
    }
    for (int64_t k = 0; k < places; ++k) number += counts[k];
  }
  for (; i < n; ++i) number += x[i] != 0;
  return number;
}

// A piece's count, as far as it matters: any and all stop where they are decided.
MARK1_DEVICE inline bool decided(Count kind, int32_t number, int64_t n) {
  return kind == Count::kAny ? number > 0 : kind == Count::kAll && number < n;
}

MARK1_DEVICE inline void finish(const CountArgs& args, int64_t at, int64_t number) {
  if (args.kind == Count::kNumber) {
    static_cast<int32_t*>(args.out)[at] = static_cast<int32_t>(number);
  } else {
    const bool holds = args.kind == Count::kAny ? number > 0 : number == args.n;
    static_cast<uint8_t*>(args.out)[at] = holds;
  }
}

template <class T>
MARK1_DEVICE int32_t count_piece(const CountArgs& args, const T* x, int64_t n) {
  constexpr int64_t step = 4096;
  int32_t number = 0;
  for (int64_t i = 0; i < n; i += step) {
    const int64_t some = n - i < step ? n - i : step;
    const int32_t more = count_some(x + i, some);
    number += more;
    if (decided(args.kind, more, some)) break;
  }
  return number;
}

template <class T>
MARK1_DEVICE void count_rows(const CountArgs& args, const Team& team) {
  const auto* x = static_cast<const T*>(args.x);
  const int64_t n = args.n;
  if (n <= kCountPiece) {
    const Range rows = static_range(args.outer, 64, team);
    for (int64_t r = rows.begin; r < rows.end; ++r) {
      finish(args, r, count_piece(args, x + r * n, n));
    }
    return;
  }
  const int64_t pieces = (n + kCountPiece - 1) / kCountPiece;
  const Range tasks = static_range(args.outer * pieces, 1, team);
  for (int64_t task = tasks.begin; task < tasks.end; ++task) {
    const int64_t begin = task % pieces * kCountPiece;
    const int64_t some = n - begin < kCountPiece ? n - begin : kCountPiece;
    args.totals[task] = count_piece(args, x + task / pieces * n + begin, some);
  }
  team.barrier();
  const Range rows = static_range(args.outer, 64, team);
  for (int64_t r = rows.begin; r < rows.end; ++r) {
    int64_t number = 0;
    for (int64_t p = 0; p < pieces; ++p) number += args.totals[r * pieces + p];
    finish(args, r, number);
  }
}

// Members own columns.
template <class T>
MARK1_DEVICE void count_columns(const CountArgs& args, const Team& team) {
  const int64_t columns = args.columns;
  const Range range = static_range(columns, 64, team);
  constexpr int64_t block = 1024;  // whose counts stay in the first-level cache
  for (int64_t o = 0; o < args.outer; ++o) {
    const T* x = static_cast<const T*>(args.x) + o * args.n * columns;
    for (int64_t left = range.begin; left < range.end; left += block) {
      const int64_t width = range.end - left < block ? range.end - left : block;
      int32_t* __restrict__ totals = args.totals + o * columns + left;
      for (int64_t c = 0; c < width; ++c) totals[c] = 0;
      int64_t r = 0;
      for (; r + 4 <= args.n; r += 4) {
        const T* __restrict__ row = x + r * columns + left;
        for (int64_t c = 0; c < width; ++c) {
          totals[c] += (row[c] != 0) + (row[columns + c] != 0) + (row[2 * columns + c] != 0) +
                       (row[3 * columns + c] != 0);
        }
      }
      for (; r < args.n; ++r) {
        const T* __restrict__ row = x + r * columns + left;
        for (int64_t c = 0; c < width; ++c) totals[c] += row[c] != 0;
      }
      for (int64_t c = 0; c < width; ++c) finish(args, o * columns + left + c, totals[c]);
    }
  }
}

template <class T>
constexpr Kernel<CountArgs> rows_kernel() {
  return make_meeting_kernel<CountArgs, &count_rows<T>>();
}
template <class T>
constexpr Kernel<CountArgs> columns_kernel() {
  return make_kernel<CountArgs, &count_columns<T>>();
}

}  // namespace

// A bool is a byte that holds 0 or 1.
#define MARK1_EACH(kernel)                                  \
  {kernel<uint8_t>(), kernel<uint8_t>(), kernel<int32_t>(), \
   kernel<int64_t>(), kernel<float>(),   kernel<double>()}

#if !defined(MARK1_ISA_cuda)  // which counts rows in a way of its own
const CountKernels count_kernels = {MARK1_EACH(rows_kernel), MARK1_EACH(columns_kernel)};
#endif

}  // namespace MARK1_ISA
}  // namespace mark1

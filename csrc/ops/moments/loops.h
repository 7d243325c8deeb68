// The loops of moments over vectors of any width. The reference is this code with vectors of one
// lane: the row rule and the column rule spell out every lane, so nothing depends on the width.
#pragma once

#include "ops/moments/moments.h"
#include "ops/moments/rules.h"
#include "simd/for_each.h"
#include "simd/lanes.h"

namespace mark1 {
namespace MARK1_ISA {

extern const MomentsKernels moments_kernels;

namespace {

static_assert(row_segment == kMomentSegment);

MARK1_DEVICE inline int64_t size_of_piece(int64_t n, int64_t piece, int64_t size) {
  const int64_t rest = n - piece * size;
  return rest < size ? rest : size;
}

// Both numbers of a piece of n elements in each of kRows rows, row r in lane r.
template <class Rule, int kRows, class T>
MARK1_DEVICE inline VecPair<T> row_pieces(const T* x, int64_t stride, int64_t n) {
  T total[kRows];
  const auto at = [&](int r, int64_t i, int count) {
    return Vec<T>::load(x + r * stride + i, count);
  };
  if constexpr (Rule::often_as_it_is) {
    // In one pass, if no term needs to be seen about anything.
    const VecPair<T> both =
        row_sum_pairs<kRows, T, typename Rule::Fold>(n, [&](int r, int64_t i, int count) {
          const Vec<T> x = at(r, i, count);
          return VecPair<T>{Rule::seen(x), x * x};
        });
    if (all(Rule::about(both.first) == Vec<T>(T(1)))) return both;
  }
  auto seen = [&](int r, int64_t i, int count) { return Rule::seen(at(r, i, count)); };
  combine_rows<kRows>(int64_t(0), n, T(Rule::start), typename Rule::Fold(), seen, total);
  const Vec<T> first = Rule::first(in_lanes(total), Vec<T>(static_cast<T>(n)));
  const Spread<T> about(Rule::about(first));
  auto term = [&](int r, int64_t i, int count) { return Rule::term(at(r, i, count), about.of(r)); };
  combine_rows<kRows>(int64_t(0), n, T(0), SumLanes(), term, total);
  return {first, in_lanes(total)};
}

template <class Rule, int kRows, class T>
MARK1_DEVICE inline void whole_rows(const MomentArgs& args, int64_t row) {
  const T* x = static_cast<const T*>(args.x) + row * args.n;
  const VecPair<T> piece = row_pieces<Rule, kRows>(x, args.n, args.n);
  Rule::template combine<Vec<T>>(
      1, args.n, [&](int64_t) { return piece; }, [&](int64_t) { return args.n; })
      .store(static_cast<T*>(args.out) + row, kRows);
}

// The numbers of one of several pieces of a row, and what all of them make together.
template <class Rule, class T>
MARK1_DEVICE inline void row_piece(const MomentArgs& args, int64_t pieces, int64_t task) {
  const int64_t p = task % pieces;
  const T* x = static_cast<const T*>(args.x) + task / pieces * args.n + p * kMomentSegment;
  const int64_t size = size_of_piece(args.n, p, kMomentSegment);
  const VecPair<T> piece = row_pieces<Rule, 1>(x, args.n, size);
  T* totals = static_cast<T*>(args.totals) + 2 * task;
  const T one = first(piece.first), two = first(piece.second);
  if (!writes(0)) return;
  totals[0] = one;
  totals[1] = two;
}
template <class Rule, class T>
MARK1_DEVICE inline void combine_row(const MomentArgs& args, int64_t pieces, int64_t r) {
  const T* of_row = static_cast<const T*>(args.totals) + 2 * r * pieces;
  const auto piece = [&](int64_t p) {
    return VecPair<T>{Vec<T>(of_row[2 * p]), Vec<T>(of_row[2 * p + 1])};
  };
  const T result = first(Rule::template combine<Vec<T>>(
      pieces, args.n, piece, [&](int64_t p) { return size_of_piece(args.n, p, kMomentSegment); }));
  if (writes(0)) static_cast<T*>(args.out)[r] = result;
}

template <class Rule, class T>
MARK1_DEVICE void rows(const MomentArgs& args, const Team& team) {
  const int64_t n = args.n, pieces = (n + kMomentSegment - 1) / kMomentSegment;
  if (pieces == 1) {
    const Range range = static_range(args.outer, 16, team);
    constexpr int block = rows_at_once<T>();
    int64_t r = range.begin;
    for (; r + block <= range.end; r += block) whole_rows<Rule, block, T>(args, r);
    for (; r < range.end; ++r) whole_rows<Rule, 1, T>(args, r);
    return;
  }
  const Range tasks = static_range(args.outer * pieces, 1, team);
  for (int64_t task = tasks.begin; task < tasks.end; ++task) {
    row_piece<Rule, T>(args, pieces, task);
  }
  team.barrier();
  const Range range = static_range(args.outer, 16, team);
  for (int64_t r = range.begin; r < range.end; ++r) combine_row<Rule, T>(args, pieces, r);
}

// total[c] = total[c] fold f(x[r][c], about[c]), rows ascending; the first block of them begins.
template <class Fold, class T, class F>
MARK1_DEVICE inline void fold_rows(const T* x, int64_t rows, int64_t stride, int64_t columns,
                                   T start, const T* about, T* total, F f) {
  constexpr int at_once = 8;
  for (int64_t r = 0; r < rows; r += at_once) {
    const int64_t some = rows - r < at_once ? rows - r : at_once;
    for_each_vector<T>({0, columns}, [&](int64_t c, int count) {
      const Vec<T> middle = about ? Vec<T>::load(about + c, count) : Vec<T>(T(0));
      const T* from = x + r * stride + c;
      Vec<T> sum = r == 0 ? Vec<T>(start) : Vec<T>::load(total + c, count);
      const auto add = [&](int64_t k) {
        sum = Fold()(sum, f(Vec<T>::load(from + k * stride, count), middle));
      };
      if (some == at_once) {
#pragma GCC unroll 8
        for (int64_t k = 0; k < at_once; ++k) add(k);
      } else {
        for (int64_t k = 0; k < some; ++k) add(k);
      }
      sum.store(total + c, count);
    });
  }
}

// What the chunks of some columns make together.
template <class Rule, class T>
MARK1_DEVICE inline void combine_columns(const MomentArgs& args, int64_t o, int64_t c, int lanes) {
  const int64_t n = args.n, width = args.columns;
  const int64_t pieces = (n + kMomentChunk - 1) / kMomentChunk;
  const auto piece = [&](int64_t p) {
    const T* of_piece = static_cast<const T*>(args.totals) + (o * pieces + p) * 2 * width + c;
    return VecPair<T>{Vec<T>::load(of_piece, lanes), Vec<T>::load(of_piece + width, lanes)};
  };
  Rule::template combine<Vec<T>>(pieces, n, piece, [&](int64_t p) {
    return size_of_piece(n, p, kMomentChunk);
  }).store(static_cast<T*>(args.out) + o * width + c, lanes);
}

// Columns of one task: a chunk of 256 rows of them stays in the second-level cache.
template <class T>
constexpr int64_t column_block = 1024 / sizeof(T);

template <class Rule, class T>
MARK1_DEVICE void columns(const MomentArgs& args, const Team& team) {
  const int64_t n = args.n, width = args.columns;
  const int64_t pieces = (n + kMomentChunk - 1) / kMomentChunk;
  auto* totals = static_cast<T*>(args.totals);
  constexpr int64_t block = column_block<T>;
  const int64_t blocks = (width + block - 1) / block;
  const Range tasks = static_range(args.outer * pieces * blocks, 1, team);
  for (int64_t task = tasks.begin; task < tasks.end; ++task) {
    const int64_t left = task % blocks * block, p = task / blocks % pieces;
    const int64_t o = task / blocks / pieces, some = size_of_piece(width, task % blocks, block);
    const int64_t count = size_of_piece(n, p, kMomentChunk);
    const T* x = static_cast<const T*>(args.x) + (o * n + p * kMomentChunk) * width + left;
    T* first = totals + (o * pieces + p) * 2 * width + left;
    T* second = first + width;
    fold_rows<typename Rule::Fold>(x, count, width, some, T(Rule::start),
                                   static_cast<const T*>(nullptr), first,
                                   [](Vec<T> v, Vec<T>) { return Rule::seen(v); });
    alignas(64) T about[block];
    for_each_vector<T>({0, some}, [&](int64_t c, int lanes) {
      const Vec<T> a = Rule::first(Vec<T>::load(first + c, lanes), Vec<T>(static_cast<T>(count)));
      a.store(first + c, lanes);
      Rule::about(a).store(about + c, lanes);
    });
    fold_rows<SumLanes>(x, count, width, some, T(0), about, second,
                        [](Vec<T> v, Vec<T> centre) { return Rule::term(v, centre); });
  }
  team.barrier();
  const Range range = static_range(width, 64, team);
  for (int64_t o = 0; o < args.outer; ++o) {
    for_each_vector<T>(range,
                       [&](int64_t c, int lanes) { combine_columns<Rule, T>(args, o, c, lanes); });
  }
}

#if !defined(MARK1_ISA_cuda)
template <class Rule, class T>
constexpr Kernel<MomentArgs> rows_kernel() {
  return make_meeting_kernel<MomentArgs, &rows<Rule, T>>();
}
template <class Rule, class T>
constexpr Kernel<MomentArgs> columns_kernel() {
  return make_meeting_kernel<MomentArgs, &columns<Rule, T>>();
}
#endif

#define MARK1_RULES(kernel)                                                \
  {                                                                        \
    {kernel<LogSumExpRule, float>(), kernel<LogSumExpRule, double>()},     \
        {kernel<VarianceRule, float>(), kernel<VarianceRule, double>()}, { \
      kernel<NormRule, float>(), kernel<NormRule, double>()                \
    }                                                                      \
  }

}  // namespace

#define MARK1_MOMENTS {MARK1_RULES(rows_kernel), MARK1_RULES(columns_kernel)}

}  // namespace MARK1_ISA
}  // namespace mark1

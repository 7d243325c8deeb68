// reduce with vectors: lanes over the 32 virtual lanes of a row, or over columns. Members share
// segments and chunks, whose totals meet in `totals`; any partition gives the same bits.
#include "ops/reduce/loops.h"
#include "ops/reduce/pieces.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class T>
inline T finish(const ReduceArgs& args, T sum) {
  return args.mean ? sum / static_cast<T>(args.n) : sum;
}

template <class Op, class T>
T fold_totals(const T* totals, int64_t count) {
  if constexpr (Op::ordered) {
    GroupedPieces<Op, T> all;
    for (int64_t i = 0; i < count; ++i) all.add(totals[i]);
    return all.result();
  } else {
    Vec<T> result(totals[0]);
    for (int64_t i = 1; i < count; ++i) result = Op::of(result, Vec<T>(totals[i]));
    return first(result);
  }
}

template <class Op, class T>
void reduce_rows(const ReduceArgs& args, const Team& team) {
  const auto* x = static_cast<const T*>(args.x);
  auto* out = static_cast<T*>(args.out);
  const int64_t n = args.n;
  if (n <= kReduceSegment) {
    const Range rows = static_range(args.outer, 16, team);
    for (int64_t r = rows.begin; r < rows.end; ++r) {
      out[r] = finish(args, n > 0 ? Op::piece(x + r * n, n) : T(Op::identity));
    }
    return;
  }
  auto* totals = static_cast<T*>(args.totals);
  const int64_t segments = (n + kReduceSegment - 1) / kReduceSegment;
  const Range tasks = static_range(args.outer * segments, 1, team);
  for (int64_t task = tasks.begin; task < tasks.end; ++task) {
    const int64_t r = task / segments;
    const int64_t begin = task % segments * kReduceSegment;
    const int64_t count = n - begin < kReduceSegment ? n - begin : kReduceSegment;
    totals[task] = Op::piece(x + r * n + begin, count);
  }
  team.barrier();
  const Range rows = static_range(args.outer, 16, team);
  for (int64_t r = rows.begin; r < rows.end; ++r) {
    out[r] = finish(args, fold_totals<Op>(totals + r * segments, segments));
  }
}

// total[c] = start[c] op x[0][c] op ... op x[kRows-1][c], ascending; kFirst: start is the identity,
// or for max and min the first row itself. shift: one number per column, or null.
template <class Op, int kRows, bool kFirst, class T>
void add_rows(const T* x, int64_t stride, T* total, int64_t columns) {
  constexpr int w = Vec<T>::width;
  const auto step = [&](int64_t c, int count) {
    const auto row = [&](int r) { return Vec<T>::load(x + r * stride + c, count); };
    Vec<T> sum = kFirst ? (Op::ordered ? Op::of(Vec<T>(T(Op::identity)), row(0)) : row(0))
                        : Op::of(Vec<T>::load(total + c, count), row(0));
#pragma GCC unroll 8
    for (int r = 1; r < kRows; ++r) sum = Op::of(sum, row(r));
    sum.store(total + c, count);
  };
  int64_t c = 0;
  for (; c + w <= columns; c += w) step(c, w);
  if (c < columns) step(c, static_cast<int>(columns - c));
}

template <class Op, class T>
void add_chunk(const T* x, int64_t rows, int64_t stride, T* total, int64_t columns) {
  int64_t r = 1;
  if (rows >= 8) {
    add_rows<Op, 8, true>(x, stride, total, columns);
    r = 8;
  } else {
    add_rows<Op, 1, true>(x, stride, total, columns);
  }
  for (; r + 8 <= rows; r += 8) {
    add_rows<Op, 8, false>(x + r * stride, stride, total, columns);
  }
  for (; r < rows; ++r) add_rows<Op, 1, false>(x + r * stride, stride, total, columns);
}

// Columns of one task: totals of 8 KiB stay in the first-level cache.
template <class T>
constexpr int64_t column_block = 8192 / sizeof(T);

template <class Op, class T>
void reduce_columns(const ReduceArgs& args, const Team& team) {
  const auto* x = static_cast<const T*>(args.x);
  auto* out = static_cast<T*>(args.out);
  const int64_t n = args.n;
  const int64_t columns = args.columns;
  if (n == 0) {
    const Range range = static_range(args.outer * columns, 64, team);
    for (int64_t i = range.begin; i < range.end; ++i) out[i] = finish(args, T(Op::identity));
    return;
  }
  const int64_t chunks = (n + kReduceChunk - 1) / kReduceChunk;
  auto* totals = chunks == 1 ? out : static_cast<T*>(args.totals);
  // Narrower blocks where there are fewer tasks than members.
  int64_t block = column_block<T>;
  while (block > 64 && args.outer * chunks * ((columns + block - 1) / block) < 2 * team.size) {
    block /= 2;
  }
  const int64_t blocks = (columns + block - 1) / block;
  const Range tasks = static_range(args.outer * chunks * blocks, 1, team);
  for (int64_t task = tasks.begin; task < tasks.end; ++task) {
    const int64_t chunk = task / blocks % chunks;
    const int64_t o = task / blocks / chunks;
    const int64_t left = task % blocks * block;
    const int64_t width = columns - left < block ? columns - left : block;
    const int64_t row = chunk * kReduceChunk;
    const int64_t count = n - row < kReduceChunk ? n - row : kReduceChunk;
    T* total = totals + (o * chunks + chunk) * columns + left;
    add_chunk<Op>(x + (o * n + row) * columns + left, count, columns, total, width);
    if (chunks == 1 && args.mean) {
      for (int64_t c = 0; c < width; ++c) total[c] = finish(args, total[c]);
    }
  }
  if (chunks == 1) return;
  team.barrier();
  constexpr int w = Vec<T>::width;
  const Range range = static_range(args.outer * columns, 64, team);
  for (int64_t i = range.begin; i < range.end;) {
    const int64_t o = i / columns;
    const int64_t c = i % columns;
    int64_t count = columns - c < w ? columns - c : w;
    if (count > range.end - i) count = range.end - i;
    const int lanes = static_cast<int>(count);
    const T* column = totals + o * chunks * columns + c;
    const auto total = [&](int64_t chunk) { return Vec<T>::load(column + chunk * columns, lanes); };
    Vec<T> result = total(0);
    if constexpr (Op::ordered) {
      Vec<T> group = result;
      bool started = false;
      for (int64_t chunk = 1; chunk < chunks; ++chunk) {
        if (chunk % kReduceGroup == 0) {
          result = started ? Op::of(result, group) : group;
          started = true;
          group = total(chunk);
        } else {
          group = Op::of(group, total(chunk));
        }
      }
      result = started ? Op::of(result, group) : group;
    } else {
      for (int64_t chunk = 1; chunk < chunks; ++chunk) result = Op::of(result, total(chunk));
    }
    if (args.mean) result = result / Vec<T>(static_cast<T>(n));
    result.store(out + i, lanes);
    i += count;
  }
}

// Where b replaces a, lane by lane; see loops.h.
template <class T>
inline Mask<T> replaces(Greater, Vec<T> b, Vec<T> a) {
  return !(b <= a) & (a == a);
}
template <class T>
inline Mask<T> replaces(Less, Vec<T> b, Vec<T> a) {
  return !(b >= a) & (a == a);
}

// Short rows, a vector's width of them at a time: lanes are rows. Measured on (60000, 10): eight
// times as fast as a branch per element. The last columns are loaded together with some before
// them, which change nothing: they do not beat what they have been compared with already.
template <class Order, class T>
void arg_columns(const T* x, int64_t n, int32_t* out) {
  using V = Vec<T>;
  using Int = typename V::Int;
  constexpr int c = sizeof(T) == 4 ? 4 : 2;
  V value(T(0));
  Int best(0);
  for (int64_t begin = 0; begin < n; begin += c) {
    const int64_t start = begin + c <= n ? begin : n - c;
    V columns[c];
    V::load_columns(x + start, n, columns);
    if (begin == 0) value = columns[0];
#pragma GCC unroll 4
    for (int k = 0; k < c; ++k) {
      const Mask<T> better = replaces(Order{}, columns[k], value);
      value = select(better, columns[k], value);
      best = select(better, Int(static_cast<typename Int::Scalar>(start + k)), best);
    }
  }
  typename Int::Scalar index[V::width];
  best.store(index);
  for (int lane = 0; lane < V::width; ++lane) out[lane] = static_cast<int32_t>(index[lane]);
}

// The best value first, then where it is: both passes are vectors, the second ends early.
template <class Order, class Op, class T>
void arg_rows(const ArgReduceArgs& args, const Team& team) {
  const auto* x = static_cast<const T*>(args.x);
  const Range rows = static_range(args.rows, 16, team);
  int64_t r = rows.begin;
  if (args.n >= 4 && args.n < 32) {
    constexpr int w = Vec<T>::width;
    for (; r + w <= rows.end; r += w) arg_columns<Order>(x + r * args.n, args.n, args.out + r);
  }
  for (; r < rows.end; ++r) {
    const T* row = x + r * args.n;
    if (args.n < 32) {
      int64_t best = 0;
      for (int64_t i = 1; i < args.n; ++i) {
        if (Order::replaces(row[i], row[best])) best = i;
      }
      args.out[r] = static_cast<int32_t>(best);
      continue;
    }
    const T value = Op::piece(row, args.n);
    constexpr int w = Vec<T>::width;
    int64_t i = 0;
    if (value == value) {
      while (i + w <= args.n && !any(Vec<T>::load(row + i) == Vec<T>(value))) i += w;
      while (row[i] != value) ++i;
    } else {
      while (i + w <= args.n && !any(is_nan(Vec<T>::load(row + i)))) i += w;
      while (row[i] == row[i]) ++i;
    }
    args.out[r] = static_cast<int32_t>(i);
  }
}

template <class Op, class T>
constexpr Kernel<ReduceArgs> fast_rows() {
  return make_kernel<ReduceArgs, &reduce_rows<Op, T>>();
}
template <class Op, class T>
constexpr Kernel<ReduceArgs> fast_columns() {
  return make_kernel<ReduceArgs, &reduce_columns<Op, T>>();
}
template <class Order, class Op, class T>
constexpr Kernel<ArgReduceArgs> fast_arg() {
  return make_kernel<ArgReduceArgs, &arg_rows<Order, Op, T>>();
}

}  // namespace

#define MARK1_MIXED(plain, PlainOp, fast, FastOp)                          \
  {plain##_kernel<PlainOp, int32_t>(), plain##_kernel<PlainOp, int64_t>(), \
   fast##_##plain<FastOp, float>(), fast##_##plain<FastOp, double>()}
#define MARK1_ARG(Order, Op)                                                                 \
  {arg_kernel<Order, int32_t>(), arg_kernel<Order, int64_t>(), fast_arg<Order, Op, float>(), \
   fast_arg<Order, Op, double>()}

const ReduceKernels reduce_kernels = {
    .rows = {MARK1_MIXED(rows, WrappingSum, fast, SumOp),
             MARK1_MIXED(rows, Best<Greater>, fast, MaxOp),
             MARK1_MIXED(rows, Best<Less>, fast, MinOp),
             MARK1_MIXED(rows, WrappingProduct, fast, ProductOp)},
    .columns = {MARK1_MIXED(columns, WrappingSum, fast, SumOp),
                MARK1_MIXED(columns, Best<Greater>, fast, MaxOp),
                MARK1_MIXED(columns, Best<Less>, fast, MinOp),
                MARK1_MIXED(columns, WrappingProduct, fast, ProductOp)},
    .arg_max = MARK1_ARG(Greater, MaxOp),
    .arg_min = MARK1_ARG(Less, MinOp),
};

}  // namespace MARK1_ISA
}  // namespace mark1

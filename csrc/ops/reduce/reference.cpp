// The definition of reduce; see reduce.h for the order of sums.
#include "ops/reduce/loops.h"
#include "ops/reduce/totals.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class Op, class T>
MARK1_DEVICE T segment_total(const T* x, int64_t n) {
  T lane[32];
  for (T& start : lane) start = Op::identity;
  for (int64_t i = 0; i < n; ++i) lane[i % 32] = Op::of(lane[i % 32], x[i]);
  for (int half = 16; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) lane[i] = Op::of(lane[i], lane[i + half]);
  }
  return lane[0];
}

template <class Op, class T>
MARK1_DEVICE void total_rows(const ReduceArgs& args, const Team& team) {
  const Range rows = static_range(args.outer, 1, team);
  for (int64_t r = rows.begin; r < rows.end; ++r) {
    const T* row = static_cast<const T*>(args.x) + r * args.n;
    Grouped<Op, T> total;
    for (int64_t i = 0; i < args.n; i += kReduceSegment) {
      const int64_t rest = args.n - i;
      total.add(segment_total<Op>(row + i, rest < kReduceSegment ? rest : kReduceSegment));
    }
    static_cast<T*>(args.out)[r] = finish(args, total.result());
  }
}

template <class Op, class T>
MARK1_DEVICE void total_columns(const ReduceArgs& args, const Team& team) {
  const Range range = static_range(args.columns, 1, team);
  for (int64_t o = 0; o < args.outer; ++o) {
    for (int64_t c = range.begin; c < range.end; ++c) {
      const T* column = static_cast<const T*>(args.x) + o * args.n * args.columns + c;
      Grouped<Op, T> all;
      for (int64_t begin = 0; begin < args.n; begin += kReduceChunk) {
        T total = Op::identity;
        for (int64_t r = begin; r < begin + kReduceChunk && r < args.n; ++r) {
          total = Op::of(total, column[r * args.columns]);
        }
        all.add(total);
      }
      static_cast<T*>(args.out)[o * args.columns + c] = finish(args, all.result());
    }
  }
}

template <class Op, class T>
constexpr Kernel<ReduceArgs> total_rows_kernel() {
  return make_kernel<ReduceArgs, &total_rows<Op, T>>();
}
template <class Op, class T>
constexpr Kernel<ReduceArgs> total_columns_kernel() {
  return make_kernel<ReduceArgs, &total_columns<Op, T>>();
}

}  // namespace

#define MARK1_ALL(kernel, Op) \
  {kernel<Op, int32_t>(), kernel<Op, int64_t>(), kernel<Op, float>(), kernel<Op, double>()}

#define MARK1_MIXED(along, Whole, Op)                                  \
  {along##_kernel<Whole, int32_t>(), along##_kernel<Whole, int64_t>(), \
   total_##along##_kernel<Op, float>(), total_##along##_kernel<Op, double>()}
const ReduceKernels reduce_kernels = {
    .rows = {MARK1_MIXED(rows, WrappingSum, Sum), MARK1_ALL(rows_kernel, Best<Greater>),
             MARK1_ALL(rows_kernel, Best<Less>), MARK1_MIXED(rows, WrappingProduct, Product)},
    .columns = {MARK1_MIXED(columns, WrappingSum, Sum), MARK1_ALL(columns_kernel, Best<Greater>),
                MARK1_ALL(columns_kernel, Best<Less>),
                MARK1_MIXED(columns, WrappingProduct, Product)},
    .arg_max = MARK1_ALL(arg_kernel, Greater),
    .arg_min = MARK1_ALL(arg_kernel, Less),
};

}  // namespace MARK1_ISA
}  // namespace mark1

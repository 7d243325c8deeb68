// The definition of reduce; see reduce.h for the order of sums.
#include "ops/reduce/loops.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// Adds totals ascending in groups, group totals ascending; the first total starts a sum.
template <class T>
struct Grouped {
  T group = 0;
  T sum = 0;
  int64_t count = 0;

  void add(T total) {
    if (count > 0 && count % kReduceGroup == 0) close();
    group = count % kReduceGroup == 0 ? total : group + total;
    ++count;
  }
  void close() { sum = count <= kReduceGroup ? group : sum + group; }
  T result() {
    if (count == 0) return 0;
    close();
    return sum;
  }
};

template <class T>
T segment_total(const T* x, int64_t n) {
  T lane[32] = {};
  for (int64_t i = 0; i < n; ++i) lane[i % 32] += x[i];
  for (int half = 16; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) lane[i] += lane[i + half];
  }
  return lane[0];
}

template <class T>
T finish(const ReduceArgs& args, T sum) {
  return args.mean ? sum / static_cast<T>(args.n) : sum;
}

template <class T>
void sum_rows(const ReduceArgs& args, const Team& team) {
  const Range rows = static_range(args.outer, 1, team);
  for (int64_t r = rows.begin; r < rows.end; ++r) {
    const T* row = static_cast<const T*>(args.x) + r * args.n;
    Grouped<T> sum;
    for (int64_t i = 0; i < args.n; i += kReduceSegment) {
      const int64_t rest = args.n - i;
      sum.add(segment_total(row + i, rest < kReduceSegment ? rest : kReduceSegment));
    }
    static_cast<T*>(args.out)[r] = finish(args, sum.result());
  }
}

template <class T>
void sum_columns(const ReduceArgs& args, const Team& team) {
  const Range range = static_range(args.columns, 1, team);
  for (int64_t o = 0; o < args.outer; ++o) {
    for (int64_t c = range.begin; c < range.end; ++c) {
      const T* column = static_cast<const T*>(args.x) + o * args.n * args.columns + c;
      Grouped<T> sum;
      for (int64_t begin = 0; begin < args.n; begin += kReduceChunk) {
        T total = 0;
        for (int64_t r = begin; r < begin + kReduceChunk && r < args.n; ++r) {
          total += column[r * args.columns];
        }
        sum.add(total);
      }
      static_cast<T*>(args.out)[o * args.columns + c] = finish(args, sum.result());
    }
  }
}

template <class T>
constexpr Kernel<ReduceArgs> sum_rows_kernel() {
  return make_kernel<ReduceArgs, &sum_rows<T>>();
}
template <class T>
constexpr Kernel<ReduceArgs> sum_columns_kernel() {
  return make_kernel<ReduceArgs, &sum_columns<T>>();
}

}  // namespace

#define MARK1_ALL(kernel, Op) \
  {kernel<Op, int32_t>(), kernel<Op, int64_t>(), kernel<Op, float>(), kernel<Op, double>()}

const ReduceKernels reduce_kernels = {
    .rows = {{rows_kernel<WrappingSum, int32_t>(), rows_kernel<WrappingSum, int64_t>(),
              sum_rows_kernel<float>(), sum_rows_kernel<double>()},
             MARK1_ALL(rows_kernel, Best<Greater>),
             MARK1_ALL(rows_kernel, Best<Less>)},
    .columns = {{columns_kernel<WrappingSum, int32_t>(), columns_kernel<WrappingSum, int64_t>(),
                 sum_columns_kernel<float>(), sum_columns_kernel<double>()},
                MARK1_ALL(columns_kernel, Best<Greater>),
                MARK1_ALL(columns_kernel, Best<Less>)},
    .arg_max = MARK1_ALL(arg_kernel, Greater),
    .arg_min = MARK1_ALL(arg_kernel, Less),
};

}  // namespace MARK1_ISA
}  // namespace mark1

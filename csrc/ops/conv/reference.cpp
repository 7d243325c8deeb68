// The definition of the three products: plain loops in the canonical order.
#include "ops/activation/epilogue.h"
#include "ops/conv/sums.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class T>
MARK1_DEVICE void product(const ConvArgs& a, const Team& team) {
  const ConvWindows& w = a.windows;
  const T* bias = static_cast<const T*>(a.bias);
  const Range rows = static_range(count_windows(w), 1, team);
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    const Position p = position_of(w, row);
    T* y = outputs_at<T>(a, p);
    for (int64_t group = 0; group < w.groups; ++group) {
      for (int64_t o = 0; o < a.outputs; ++o) {
        const int64_t at = group * a.outputs + o;
        const T sum = product_at<T>(a, p, group, o);
        y[at] = bias ? sum + bias[at] : sum;
      }
    }
    finish_row<T>(a.activation, y, w.groups * a.outputs, a.alpha);
  }
}

template <class T>
MARK1_DEVICE void filter(const ConvFilterArgs& a, const Team& team) {
  const ConvWindows& w = a.windows;
  const int64_t columns = w.groups * a.outputs;
  const int64_t taps = w.axis[0].taps * w.axis[1].taps * w.axis[2].taps;
  const bool owns_bias = a.db && team.rank == 0;
  for (int64_t o = 0; o < columns && owns_bias; ++o) {
    ProductSum<T> sum;
    for (int64_t i = 0; i < count_windows(w); ++i) sum.add(1, dy_at<T>(a, i, columns, o));
    static_cast<T*>(a.db)[o] = sum.total();
  }
  const Range rows = static_range(taps * w.channels, 1, team);
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    for (int64_t o = 0; o < columns; ++o) {
      static_cast<T*>(a.dw)[row * columns + o] = filter_at<T>(a, row, o);
    }
  }
}

int64_t no_product_bytes(const ConvArgs&, int) {
  return 0;
}
int64_t no_filter_bytes(const ConvFilterArgs&, int) {
  return 0;
}

}  // namespace

extern const ConvKernels conv_kernels;
const ConvKernels conv_kernels = {
    {make_kernel<ConvArgs, &product<float>>(), make_kernel<ConvArgs, &product<double>>()},
    {make_kernel<ConvFilterArgs, &filter<float>>(), make_kernel<ConvFilterArgs, &filter<double>>()},
    {&no_product_bytes, &no_product_bytes},
    {&no_filter_bytes, &no_filter_bytes},
};

}  // namespace MARK1_ISA
}  // namespace mark1

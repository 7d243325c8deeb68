// conv: windows move over up to three axes; each meets a filter. Three products, which are each
// other's derivatives.
//
//   x   (N, spatial..., C)      w  (taps..., C / groups, O)      y, dy  (N, spatial..., O)
//
//   conv                  y[n, p, o] = activation(bias[o] + sum over t, c of
//                                      x[n, p stride - low + t dilation, c] w[t, c, o])
//   conv_input_gradient   dx of sum(dy y); with a bias and an activation a transposed convolution
//   conv_filter_gradient  dw of the same, and db if asked for: dy summed over windows. If y went
//                         through relu into a max-pool of separate windows, dy may be that of the
//                         pool's results (max_pool_backward with `pooled`, ops/pool/pool.h)
//
// x is zero outside of its axes, and these zeros are terms of the sums like others. Output o of
// group g sees the channels of group g. Order of sums, that of gemm's k: taps in row-major order,
// channels (outputs in an input gradient) fastest; an input gradient leaves out, and does not
// count, taps that the stride makes miss a position. A filter gradient sums over n and positions in
// row-major order. Nothing aliases.
#pragma once

#include "core/kernel.h"
#include "core/shape.h"
#include "core/tensor.h"
#include "ops/gemm/gemm.h"
#include "ops/pool/pool.h"

namespace mark1 {

inline constexpr int kConvAxes = 3;

// One axis along which windows move: tap t of window p lies at first + p step + t tap, in a source
// of `size`.
struct ConvAxis {
  int64_t size;
  int64_t windows;
  int64_t taps;
  int64_t first;
  int64_t step;
  int64_t tap;  // negative in an input gradient
};

// The rows of a product: patches of a source (batch, sizes..., groups * channels).
struct ConvWindows {
  const void* source;
  int64_t batch;
  ConvAxis axis[kConvAxes];  // those that are missing come first, with one window of one tap
  int64_t groups;
  int64_t channels;  // per group
};

// y[window, o] = sum over taps and channels, for conv and, phase by phase of its strides, its input
// gradient. Strides count elements.
struct ConvArgs {
  ConvWindows windows;
  int64_t outputs;  // per group
  const void* w;    // the first tap that is used
  int64_t w_tap[kConvAxes];
  int64_t w_channel;
  int64_t w_output;
  int64_t w_group;
  const void* bias;  // (groups * outputs) or null
  void* y;           // of the first window; all outputs of one lie side by side
  int64_t y_batch;
  int64_t y_window[kConvAxes];
  GemmActivation activation;  // null: linear
  double alpha;
  void* workspace;
};

// How a max-pool of y hands its gradient on, axes as in ConvWindows.
struct ConvPool {
  const uint8_t* index;  // null: there is none
  const void* pooled;
  PoolAxis axis[kConvAxes];
};

// dw[tap, channel, o] = sum over windows; dw is (taps..., channels, groups * outputs).
struct ConvFilterArgs {
  ConvWindows windows;  // over x
  int64_t outputs;      // per group
  const void* dy;       // (windows, groups * outputs), or of the pool's windows
  ConvPool pool;        // of one group; never on a device
  void* dw;
  void* db;  // (outputs) of one group, or null, which it is on a device
  void* workspace;
};

struct ConvKernels {
  Kernel<ConvArgs> product[2];
  Kernel<ConvFilterArgs> filter[2];
  // Workspace for a team of so many members, which a smaller one may use.
  int64_t (*product_bytes[2])(const ConvArgs& args, int members);
  int64_t (*filter_bytes[2])(const ConvFilterArgs& args, int members);
};

// How windows move over x, axis by axis; `low` and `high` are zeros before and after it.
struct ConvWindow {
  int rank = 0;
  int64_t strides[kConvAxes] = {};
  int64_t dilations[kConvAxes] = {};
  int64_t low[kConvAxes] = {};
  int64_t high[kConvAxes] = {};
};

struct ConvEpilogue {
  const Tensor* bias = nullptr;
  GemmActivation activation = nullptr;
  double alpha = 0;
};

// Shape rule; accepts unknown dimensions. `op` is the name errors carry.
Spec conv_spec(const char* op, const Spec& x, const Spec& w, const Spec* bias,
               const ConvWindow& window);

Tensor conv(const char* op, const Tensor& x, const Tensor& w, const ConvWindow& window,
            const ConvEpilogue& epilogue);
// x_shape and w_shape: of what the gradient is for, which strides leave open.
Tensor conv_input_gradient(const char* op, const Tensor& dy, const Tensor& w, const Shape& x_shape,
                           const ConvWindow& window, const ConvEpilogue& epilogue);

// The max-pool between y and dy, which is that of its results.
struct ConvPooled {
  Tensor index, pooled;
  Shape shape;  // of y
  PoolWindows windows;
};

struct FilterGradient {
  Tensor dw, db;
};

FilterGradient conv_filter_gradient(const char* op, const Tensor& x, const Tensor& dy,
                                    const Shape& w_shape, const ConvWindow& window,
                                    bool bias = false, const ConvPooled* pool = nullptr);

}  // namespace mark1

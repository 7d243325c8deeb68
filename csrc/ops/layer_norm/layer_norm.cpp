#include "ops/layer_norm/layer_norm.h"

#include "core/far.h"
#include "core/isa.h"
#include "core/launch.h"

namespace mark1 {

MARK1_VARIANTS(LayerNormKernels, layer_norm_kernels);

namespace {

constexpr const char* kNames[kRowNorms] = {"layer_norm", "rms_norm", "unit_norm"};
constexpr const char* kBackwardNames[kRowNorms] = {"layer_norm_backward", "rms_norm_backward",
                                                   "unit_norm_backward"};

Shape row_shape(const char* op, const Shape& x, int axes) {
  if (axes < 1 || axes > x.rank()) {
    fail<ValueError>(op, "a row takes 1 to ", x.rank(), " axes of x: ", x, ", not ", axes);
  }
  return x.slice(x.rank() - axes, x.rank());
}

void check_factors(const char* op, const char* what, const Tensor* factors, const Tensor& x,
                   const Shape& row) {
  if (factors && (!(factors->shape() == row) || factors->dtype() != x.dtype())) {
    fail<ValueError>(op, what, " must be ", row, " ", name(x.dtype()), ", got ", factors->shape(),
                     " ", name(factors->dtype()), " (x: ", x.shape(), ")");
  }
}

LayerNormArgs make_args(const char* op, const Tensor& x, const Tensor* scale, const Tensor& stats,
                        int axes, double epsilon) {
  if (!(epsilon >= 0)) fail<ValueError>(op, "epsilon must be at least 0, got ", epsilon);
  LayerNormArgs args = {};
  args.x = x.data();
  args.scale = scale ? scale->data() : nullptr;
  args.stats = stats.data();
  args.n = x.shape().slice(x.rank() - axes, x.rank()).numel();
  args.rows = x.shape().slice(0, x.rank() - axes).numel();
  args.epsilon = epsilon;
  args.stream = is_far(2 * x.bytes());
  return args;
}

// Nanoseconds of one thread with the rows in cache: passes of an element 0.03 each (float32), and
// for the sums of a row some 20.
double work_of(const LayerNormArgs& args, const Tensor& x, double passes) {
  return 20.0 * static_cast<double>(args.rows) + 0.01 * passes * static_cast<double>(x.bytes());
}

}  // namespace

RowNormed row_norm(RowNorm kind, const Tensor& x, const Tensor* scale, const Tensor* offset,
                   int axes, double epsilon) {
  const int k = static_cast<int>(kind);
  const char* op = kNames[k];
  const int precision = float_index(op, x.dtype());
  const Shape row = row_shape(op, x.shape(), axes);
  check_factors(op, "scale", scale, x, row);
  check_factors(op, "offset", offset, x, row);
  const int64_t rows = x.shape().slice(0, x.rank() - axes).numel();
  RowNormed out = {Tensor(x.spec()), Tensor({2, rows}, x.dtype())};
  LayerNormArgs args = make_args(op, x, scale, out.stats, axes, epsilon);
  if (x.numel() == 0) return out;
  args.offset = offset ? offset->data() : nullptr;
  args.out = out.y.data();
  std::vector<const Tensor*> inputs = {&x};
  for (const Tensor* factors : {scale, offset}) {
    if (factors) inputs.push_back(factors);
  }
  launch(op, layer_norm_kernels_variants.current().forward[k][precision], args, work_of(args, x, 4),
         inputs, {&out.y, &out.stats});
  return out;
}

RowNormGradients row_norm_backward(RowNorm kind, const Tensor& dy, const Tensor& x,
                                   const Tensor* scale, const Tensor& stats, int axes,
                                   bool with_offset, double epsilon) {
  const int k = static_cast<int>(kind);
  const char* op = kBackwardNames[k];
  const int precision = float_index(op, x.dtype());
  const Shape row = row_shape(op, x.shape(), axes);
  check_factors(op, "scale", scale, x, row);
  if (!(dy.shape() == x.shape()) || dy.dtype() != x.dtype()) {
    fail<ValueError>(op, "dy and x must be alike (dy: ", name(dy.dtype()), " ", dy.shape(),
                     ", x: ", name(x.dtype()), " ", x.shape(), ")");
  }
  LayerNormArgs args = make_args(op, x, scale, stats, axes, epsilon);
  const int64_t chunks = (args.rows + kNormChunk - 1) / kNormChunk;
  RowNormGradients out = {Tensor(x.spec()), {}, {}};
  std::vector<const Tensor*> inputs = {&dy, &x, &stats}, outputs = {&out.dx};
  Tensor totals;
  const bool sums = scale || with_offset;
  if (sums) {
    totals = Tensor(Shape{chunks * 2 * args.n}, x.dtype());
    outputs.push_back(&totals);
    args.totals = totals.data();
  }
  if (scale) {
    inputs.push_back(scale);
    out.dscale = Tensor(row, x.dtype());
    outputs.push_back(&out.dscale);
    args.dscale = out.dscale.data();
  }
  if (with_offset) {
    out.doffset = Tensor(row, x.dtype());
    outputs.push_back(&out.doffset);
    args.doffset = out.doffset.data();
  }
  if (args.n == 0 || (x.numel() == 0 && !sums)) return out;
  args.dy = dy.data();
  args.out = out.dx.data();
  launch(op, layer_norm_kernels_variants.current().backward[k][precision], args,
         work_of(args, x, 8), inputs, outputs);
  return out;
}

}  // namespace mark1

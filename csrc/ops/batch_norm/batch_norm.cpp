#include "ops/batch_norm/batch_norm.h"

#include "core/far.h"
#include "core/isa.h"
#include "core/launch.h"

namespace mark1 {

MARK1_VARIANTS(BatchNormKernels, batch_norm_kernels);

namespace {

void check_channels(const char* op, const char* what, const Tensor* given, const Tensor& x) {
  const Shape channels = {x.shape().back()};
  if (given && (!(given->shape() == channels) || given->dtype() != x.dtype())) {
    fail<ValueError>(op, what, " must be ", channels, " ", name(x.dtype()), ", got ",
                     given->shape(), " ", name(given->dtype()), " (x: ", x.shape(), ")");
  }
}

// One sample of all points if groups is 0, else the first axis' samples.
BatchNormArgs make_args(const char* op, const Tensor& x, const Tensor* scale, const Tensor* offset,
                        int64_t groups, double epsilon) {
  if (x.rank() < 2) fail<ValueError>(op, "needs (batch, ..., channels), got x: ", x.shape());
  check_channels(op, "scale", scale, x);
  check_channels(op, "offset", offset, x);
  if (!(epsilon >= 0)) fail<ValueError>(op, "epsilon must be at least 0, got ", epsilon);
  BatchNormArgs args = {};
  args.x = x.data();
  args.scale = scale ? scale->data() : nullptr;
  args.offset = offset ? offset->data() : nullptr;
  args.channels = x.shape().back();
  args.batch = groups == 0 ? 1 : x.shape()[0];
  args.points = x.shape().slice(groups == 0 ? 0 : 1, x.rank() - 1).numel();
  args.groups = groups == 0 ? args.channels : groups;
  if (args.groups < 1 || args.channels % args.groups != 0) {
    if (args.channels > 0 || groups != 0) {
      fail<ValueError>(op, args.channels, " channels cannot be divided into ", args.groups,
                       " groups (x: ", x.shape(), ")");
    }
  }
  args.epsilon = epsilon;
  args.stream = is_far(2 * x.bytes());
  return args;
}

int64_t chunks_of(const BatchNormArgs& args) {
  return (args.points + kPointChunk - 1) / kPointChunk;
}

// Nanoseconds of one thread, for passes of 12 bytes each.
double work_of(const Tensor& x, double passes) {
  return 0.02 * passes * static_cast<double>(x.bytes());
}

// inputs: x and whatever else is there.
BatchNormed run(const char* op, BatchNormArgs args, const Tensor& x,
                std::vector<const Tensor*> inputs, std::vector<const Tensor*> outputs) {
  const int precision = float_index(op, x.dtype());
  BatchNormed out = {Tensor(x.spec()), Tensor({2, args.batch, args.channels}, x.dtype())};
  // Given statistics have gradients even if there is nothing that they are applied to.
  if (args.channels == 0 || (x.numel() == 0 && !args.frozen)) return out;
  Tensor totals;
  outputs.push_back(&out.y);
  outputs.push_back(&out.stats);
  if (!args.frozen) {
    totals = Tensor(Shape{args.batch * chunks_of(args) * 2 * args.channels}, x.dtype());
    args.totals = totals.data();
    outputs.push_back(&totals);
  }
  args.out = out.y.data();
  args.stats = out.stats.data();
  launch(op, batch_norm_kernels_variants.current().forward[precision], args,
         work_of(x, args.frozen ? 2 : 4), inputs, outputs,
         {.keep_interpreter = args.moving_mean != nullptr});
  return out;
}

std::vector<const Tensor*> present(std::initializer_list<const Tensor*> tensors) {
  std::vector<const Tensor*> found;
  for (const Tensor* tensor : tensors) {
    if (tensor) found.push_back(tensor);
  }
  return found;
}

}  // namespace

BatchNormed batch_norm(const Tensor& x, const Tensor* scale, const Tensor* offset,
                       Variable* moving_mean, Variable* moving_variance, double momentum,
                       double epsilon) {
  const char* op = "batch_norm";
  BatchNormArgs args = make_args(op, x, scale, offset, 0, epsilon);
  args.momentum = momentum;
  if (!moving_mean || !moving_variance || x.numel() == 0) {
    return run(op, args, x, present({&x, scale, offset}), {});
  }
  if (moving_mean == moving_variance) {
    fail<ValueError>(op, "moving mean and variance are one variable");
  }
  check_channels(op, "moving mean", &moving_mean->value(), x);
  check_channels(op, "moving variance", &moving_variance->value(), x);
  const Tensor& mean = moving_mean->writable();
  const Tensor& variance = moving_variance->writable();
  args.moving_mean = mean.data();
  args.moving_variance = variance.data();
  return run(op, args, x, present({&x, scale, offset, &mean, &variance}), {&mean, &variance});
}

BatchNormed frozen_batch_norm(const Tensor& x, const Tensor& mean, const Tensor& variance,
                              const Tensor* scale, const Tensor* offset, double epsilon) {
  const char* op = "frozen_batch_norm";
  BatchNormArgs args = make_args(op, x, scale, offset, 0, epsilon);
  check_channels(op, "mean", &mean, x);
  check_channels(op, "variance", &variance, x);
  args.frozen = true;
  args.mean = mean.data();
  args.variance = variance.data();
  return run(op, args, x, present({&x, scale, offset, &mean, &variance}), {});
}

BatchNormed group_norm(const Tensor& x, const Tensor* scale, const Tensor* offset, int64_t groups,
                       double epsilon) {
  const char* op = "group_norm";
  if (groups < 1) fail<ValueError>(op, "needs at least one group, got ", groups);
  return run(op, make_args(op, x, scale, offset, groups, epsilon), x, present({&x, scale, offset}),
             {});
}

BatchNormGradients batch_norm_backward(const Tensor& dy, const Tensor& x, const Tensor* scale,
                                       const Tensor& stats, int64_t groups, bool frozen) {
  const char* op = groups == 0 ? "batch_norm_backward" : "group_norm_backward";
  const int precision = float_index(op, x.dtype());
  BatchNormArgs args = make_args(op, x, scale, nullptr, groups, 0);
  if (!(dy.shape() == x.shape()) || dy.dtype() != x.dtype()) {
    fail<ValueError>(op, "dy and x must be alike (dy: ", name(dy.dtype()), " ", dy.shape(),
                     ", x: ", name(x.dtype()), " ", x.shape(), ")");
  }
  const Shape channels = {args.channels};
  BatchNormGradients out = {Tensor(x.spec()), Tensor(channels, x.dtype()),
                            Tensor(channels, x.dtype())};
  if (args.channels == 0) return out;
  Tensor totals(Shape{args.batch * chunks_of(args) * 2 * args.channels}, x.dtype());
  Tensor sums(Shape{4 * args.batch * args.channels}, x.dtype());
  args.dy = dy.data();
  args.stats = stats.data();
  args.frozen = frozen;
  args.totals = totals.data();
  args.sums = sums.data();
  args.out = out.dx.data();
  args.dscale = out.dscale.data();
  args.doffset = out.doffset.data();
  launch(op, batch_norm_kernels_variants.current().backward[precision], args, work_of(x, 6),
         present({&dy, &x, &stats, scale}), {&out.dx, &out.dscale, &out.doffset, &totals, &sums});
  return out;
}

}  // namespace mark1

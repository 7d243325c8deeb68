#include "ops/attention/attention.h"

#include <vector>

#include "core/isa.h"
#include "core/launch.h"
#include "ops/dropout/dropout.h"
#include "ops/random/random.h"

namespace mark1 {

MARK1_VARIANTS(AttentionKernels, attention_kernels);

namespace {

constexpr const char* kOp = "attention";

bool differ(int64_t x, int64_t y) {
  return x >= 0 && y >= 0 && x != y;
}

void check_kept(const Tensor* mask, const char* what, int64_t batch, int64_t length) {
  if (!mask) return;
  if (mask->dtype() != DType::kBool || !(mask->shape() == Shape{batch, length})) {
    fail<ValueError>(kOp, what, " must be bool ", Shape{batch, length}, ", got ",
                     name(mask->dtype()), " ", mask->shape());
  }
}

// Strides of a mask that is broadcast to (B, H, T, S).
void place_mask(AttentionArgs& args, const Tensor& mask) {
  const int64_t full[4] = {args.batch, args.heads, args.queries, args.keys};
  const Shape& shape = mask.shape();
  bool fits = mask.dtype() == DType::kBool && shape.rank() == 4;
  int64_t step = 1;
  for (int axis = 3; fits && axis >= 0; --axis) {
    fits = shape[axis] == 1 || shape[axis] == full[axis];
    args.mask_stride[axis] = shape[axis] == 1 ? 0 : step;
    step *= shape[axis];
  }
  if (!fits) {
    fail<ValueError>(kOp, "mask must be bool and broadcast to (batch, heads, queries, keys) = ",
                     Shape(full, 4), ", got ", name(mask.dtype()), " ", shape);
  }
  args.mask = mask.as<uint8_t>();
}

AttentionArgs make_args(const Tensor& q, const Tensor& k, const Tensor& v,
                        const AttentionOptions& options) {
  AttentionArgs args = {};
  args.q = q.data();
  args.k = k.data();
  args.v = v.data();
  args.batch = q.shape()[0];
  args.queries = q.shape()[1];
  args.heads = q.shape()[2];
  args.depth = q.shape()[3];
  args.keys = k.shape()[1];
  args.groups = k.shape()[2];
  args.value_depth = v.shape()[3];
  args.scale = options.scale;
  args.causal = options.causal;
  args.kept_scale = 1;
  check_kept(options.query_mask, "query_mask", args.batch, args.queries);
  check_kept(options.key_mask, "key_mask", args.batch, args.keys);
  if (options.query_mask) args.query_mask = options.query_mask->as<uint8_t>();
  if (options.key_mask) args.key_mask = options.key_mask->as<uint8_t>();
  if (options.mask) place_mask(args, *options.mask);
  if (!(options.rate >= 0 && options.rate < 1)) {
    fail<ValueError>(kOp, "the rate of dropout must be at least 0 and below 1, got ", options.rate);
  }
  if (options.state) {
    args.state = check_random_state(kOp, *options.state);
    args.kept_scale = 1 / (1 - options.rate);
    args.threshold = dropout_threshold(options.rate);
  }
  return args;
}

std::vector<const Tensor*> inputs_of(const Tensor& q, const Tensor& k, const Tensor& v,
                                     const AttentionOptions& options) {
  std::vector<const Tensor*> inputs = {&q, &k, &v};
  for (const Tensor* t : {options.mask, options.query_mask, options.key_mask, options.state}) {
    if (t) inputs.push_back(t);
  }
  return inputs;
}

// Nanoseconds of one thread: at some 200 GFLOP/s in float32, and 0.3 for each exponential.
double work_of(const AttentionArgs& a, int precision, double products, double value_products) {
  const double pairs = static_cast<double>(a.batch * a.heads * a.queries) *
                       static_cast<double>(a.keys) * (a.causal && a.keys > 64 ? 0.5 : 1.0);
  const double sums =
      products * static_cast<double>(a.depth) + value_products * static_cast<double>(a.value_depth);
  return (precision + 1) * pairs * (0.01 * sums + 0.3 + (a.state ? 0.5 : 0.0));
}

// The same where queries are few: about 70 bytes of keys and values are read per nanosecond.
double few_work_of(const AttentionArgs& a, int precision) {
  return (precision + 1) * 0.06 * static_cast<double>(a.depth + a.value_depth) *
         static_cast<double>(a.batch * a.heads * a.queries) * static_cast<double>(a.keys);
}

// Blocks of `rows` by kAttentionBlock elements for each member of a team, or what a device wants.
Tensor make_workspace(AttentionArgs& args, int64_t rows, const Tensor& like, int members,
                      bool backward) {
  const auto item = static_cast<int64_t>(item_size(like.dtype()));
  const auto of_device = attention_kernels_variants.current().workspace_bytes;
  args.workspace_bytes = rows * kAttentionBlock * item;
  const int64_t bytes =
      of_device ? of_device(args, backward, item) : args.workspace_bytes * members;
  Tensor workspace(Shape{bytes}, DType::kU8);
  args.workspace = workspace.data();
  return workspace;
}

// The longest vector has 16 elements.
int64_t whole_vectors(int64_t n) {
  return (n + 15) / 16 * 16;
}

}  // namespace

Spec attention_spec(const Spec& q, const Spec& k, const Spec& v) {
  float_index(kOp, q.dtype);
  if (q.dtype != k.dtype || q.dtype != v.dtype) {
    fail<TypeError>(kOp, "query is ", name(q.dtype), ", key ", name(k.dtype), ", value ",
                    name(v.dtype));
  }
  const auto shapes = [&] {
    return "(query: " + q.shape.str() + ", key: " + k.shape.str() + ", value: " + v.shape.str() +
           ")";
  };
  if (q.shape.rank() != 4 || k.shape.rank() != 4 || v.shape.rank() != 4) {
    fail<ValueError>(kOp, "query, key and value have 4 axes: batch, time, heads, depth ", shapes());
  }
  if (differ(q.shape[0], k.shape[0]) || differ(q.shape[0], v.shape[0])) {
    fail<ValueError>(kOp, "query, key and value must be of one batch ", shapes());
  }
  if (differ(k.shape[1], v.shape[1]) || differ(k.shape[2], v.shape[2])) {
    fail<ValueError>(kOp, "key and value must agree in time and heads ", shapes());
  }
  if (differ(q.shape[3], k.shape[3])) {
    fail<ValueError>(kOp, "query and key must have the same depth ", shapes());
  }
  if (q.shape[2] >= 0 && k.shape[2] >= 0 &&
      (k.shape[2] == 0 ? q.shape[2] != 0 : q.shape[2] % k.shape[2] != 0)) {
    fail<ValueError>(kOp, "the heads of key and value, ", k.shape[2],
                     ", must divide those of query, ", q.shape[2], " ", shapes());
  }
  return {Shape{q.shape[0], q.shape[1], q.shape[2], v.shape[3]}, q.dtype};
}

Attention attention(const Tensor& q, const Tensor& k, const Tensor& v,
                    const AttentionOptions& options) {
  Attention result{Tensor(attention_spec(q.spec(), k.spec(), v.spec())), {}};
  AttentionArgs args = make_args(q, k, v, options);
  result.stats = Tensor({2, args.batch, args.heads, args.queries}, q.dtype());
  if (result.stats.numel() == 0) return result;
  args.out = result.out.data();
  args.stats = result.stats.data();
  const int precision = float_index(kOp, q.dtype());
  const double work =
      args.queries <= kFewQueries ? few_work_of(args, precision) : work_of(args, precision, 1, 1);
  const int members = team_size(work);
  const int64_t rows = args.depth + kAttentionBlock + whole_vectors(args.value_depth);
  const Tensor workspace = make_workspace(args, rows, q, members, false);
  launch(kOp, attention_kernels_variants.current().forward[precision], args, work,
         inputs_of(q, k, v, options), {&result.out, &result.stats, &workspace}, {members});
  return result;
}

AttentionGradients attention_backward(const Tensor& dout, const Tensor& q, const Tensor& k,
                                      const Tensor& v, const Attention& saved,
                                      const AttentionOptions& options) {
  const Spec spec = attention_spec(q.spec(), k.spec(), v.spec());
  if (!(dout.shape() == spec.shape) || dout.dtype() != spec.dtype) {
    fail<ValueError>("attention_backward", "dout must be ", name(spec.dtype), " ", spec.shape,
                     ", got ", name(dout.dtype()), " ", dout.shape());
  }
  AttentionGradients result{Tensor(q.spec()), Tensor(k.spec()), Tensor(v.spec())};
  if (q.numel() + k.numel() + v.numel() == 0) return result;
  AttentionArgs args = make_args(q, k, v, options);
  args.out = saved.out.data();
  args.stats = saved.stats.data();
  args.dout = dout.data();
  args.dq = result.dq.data();
  args.dk = result.dk.data();
  args.dv = result.dv.data();
  const int precision = float_index(kOp, q.dtype());
  const double work = work_of(args, precision, 3, 2);
  const int members = team_size(work);
  const int64_t rows =
      2 * (args.depth + args.value_depth + kAttentionBlock) + whole_vectors(args.depth);
  const Tensor workspace = make_workspace(args, rows, q, members, true);
  std::vector<const Tensor*> inputs = inputs_of(q, k, v, options);
  for (const Tensor* t : {&dout, &saved.out, &saved.stats}) inputs.push_back(t);
  launch("attention_backward", attention_kernels_variants.current().backward[precision], args, work,
         inputs, {&result.dq, &result.dk, &result.dv, &workspace}, {members});
  return result;
}

}  // namespace mark1

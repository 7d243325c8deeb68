#include "ops/activation/activation.h"

#include "core/far.h"
#include "core/isa.h"
#include "core/launch.h"

namespace mark1 {

MARK1_VARIANTS(ActivationKernels, activation_kernels);

namespace {

// What costs less is written past the caches where it is far, as memory is what takes the time:
// with 64 MiB each, relu takes 2.6 ms instead of 4.7 (one thread of a Zen 4), exp 3.7 instead
// of 4.1, but tanh, whose arithmetic waits for such stores, 6.9 instead of 6.2.
constexpr double kStreamCost = 0.45;

const ActivationEntry& checked(const char* op, const ActivationEntry& entry, const Tensor& saved,
                               const Tensor& other) {
  if (saved.dtype() != other.dtype() || saved.shape() != other.shape()) {
    fail<ValueError>(entry.name, op, " needs operands of one shape and dtype (", saved.shape(), " ",
                     name(saved.dtype()), ", ", other.shape(), " ", name(other.dtype()), ")");
  }
  return entry;
}

// With the arrays in cache; doubles take a longer polynomial.
double work_for(double cost, const Tensor& out) {
  return cost * (out.dtype() == DType::kF64 ? 0.375 : 0.25) * static_cast<double>(out.bytes());
}

ActivationArgs args_for(const Tensor& saved, const Tensor& out, double cost,
                        const ActivationParameters& parameters) {
  ActivationArgs args = {};
  args.saved = saved.data();
  args.out = out.data();
  args.n = out.numel();
  args.parameters = parameters;
  args.stream = is_far(2 * out.bytes()) && cost < kStreamCost;
  return args;
}

}  // namespace

int activation_index(const std::string& name) {
  const ActivationKernels& kernels = reference::activation_kernels;
  for (int i = 0; i < kernels.count; ++i) {
    if (name == kernels.entries[i].name) return i;
  }
  fail<ValueError>("activation", "there is no activation named '", name, "'");
}

const ActivationEntry& activation_entry(int index) {
  return activation_kernels_variants.current().entries[index];
}

ActivationRows activation_rows(int index, int precision) {
  const ActivationRows rows = activation_entry(index).rows[precision];
  return rows ? rows : reinterpret_cast<ActivationRows>(static_cast<intptr_t>(index) + 1);
}

bool activation_over_y(int index) {
  return activation_kernels_variants.tables[0]->entries[index].over_y;
}

Tensor activation(int index, const Tensor& x, const ActivationParameters& parameters) {
  const ActivationEntry& entry = activation_entry(index);
  const int dtype = float_index(entry.name, x.dtype());
  Tensor y(x.spec());
  if (y.numel() == 0) return y;
  launch(entry.name, entry.forward[dtype], args_for(x, y, entry.cost, parameters),
         work_for(entry.cost, y), {&x}, {&y});
  return y;
}

Tensor activation_backward(int index, const Tensor& dy, const Tensor& saved,
                           const ActivationParameters& parameters) {
  const ActivationEntry& entry = checked("backward", activation_entry(index), saved, dy);
  const int dtype = float_index(entry.name, saved.dtype());
  Tensor dx(saved.spec());
  if (dx.numel() == 0) return dx;
  ActivationArgs args = args_for(saved, dx, entry.slope_cost, parameters);
  args.dy = dy.data();
  launch(entry.name, entry.backward[dtype], args, work_for(entry.slope_cost, dx), {&dy, &saved},
         {&dx});
  return dx;
}

Tensor activation_second(int index, const Tensor& g, const Tensor& dy, const Tensor& saved,
                         const ActivationParameters& parameters) {
  const ActivationEntry& entry = checked("second", activation_entry(index), saved, dy);
  checked("second", entry, saved, g);
  const int dtype = float_index(entry.name, saved.dtype());
  Tensor out(saved.spec());
  if (out.numel() == 0) return out;
  ActivationArgs args = args_for(saved, out, entry.slope_cost, parameters);
  args.dy = dy.data();
  args.g = g.data();
  launch(entry.name, entry.second[dtype], args, work_for(entry.slope_cost, out), {&g, &dy, &saved},
         {&out});
  return out;
}

}  // namespace mark1

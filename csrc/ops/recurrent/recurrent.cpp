#include "ops/recurrent/recurrent.h"

#include "core/isa.h"
#include "core/launch.h"

namespace mark1 {

MARK1_VARIANTS(RecurrentKernels, recurrent_kernels);

namespace {

constexpr const char* kNames[kCells] = {"simple_rnn", "lstm", "gru", "gru"};
constexpr const char* kBackwardNames[kCells] = {"simple_rnn_backward", "lstm_backward",
                                                "gru_backward", "gru_backward"};
// Weights larger than this leave the second-level cache in every step. For few rows it is then
// their traffic that takes the time, and members had better read different ones.
constexpr int64_t kSplitBytes = 1 << 20;
constexpr int64_t kSplitRows = 16;
// Gates that take more leave the second-level cache before the products of weights read their
// gradients: inner_dz, written past it, need not be fetched first (a training step of gru of 128,
// 100 steps of 32 rows, one thread: 6.0 ms, not 6.4).
constexpr size_t kStreamBytes = size_t{1} << 21;

CellActivation cell_activation(const ActivationChoice& choice, int precision) {
  const ActivationEntry& entry = activation_entry(choice.index);
  CellActivation f = {};
  f.forward = entry.forward[precision];
  f.backward = entry.backward[precision];
  f.parameters = choice.parameters;
  f.over_y = entry.over_y;
  f.index = choice.index;
  return f;
}

void check(const char* op, const char* what, const Tensor* x, const Shape& shape, DType dtype) {
  if (!x || (x->shape() == shape && x->dtype() == dtype)) return;
  fail<ValueError>(op, what, " must be ", shape, " ", name(dtype), ", got ", x->shape(), " ",
                   name(x->dtype()));
}

bool is_usual(const RecurrentOptions& options) {
  static const int tanh = activation_index("tanh"), sigmoid = activation_index("sigmoid");
  return options.activation.index == tanh && options.recurrent.index == sigmoid;
}

class Call {
 public:
  Call(const RecurrentOptions& options, const Tensor& gates, const RecurrentInputs& in,
       bool backward)
      : cell_(options.cell),
        number_(static_cast<int>(options.cell)),
        op_(backward ? kBackwardNames[number_] : kNames[number_]),
        precision_(float_index(op_, gates.dtype())),
        usual_(is_usual(options)) {
    const int64_t parts = cell_gates(cell_);
    const Shape& z = gates.shape();
    if (z.rank() != 3 || z[2] == 0 || z[2] % parts != 0) {
      fail<ValueError>(op_, "the input product must be (batch, steps, ", parts, " units), got ", z);
    }
    if (z[1] == 0) fail<ValueError>(op_, "needs at least one step, got a sequence of none: ", z);
    batch_ = z[0];
    steps_ = z[1];
    units_ = z[2] / parts;
    const DType dtype = gates.dtype();
    check(op_, "the recurrent weights", in.u, {units_, parts * units_}, dtype);
    check(op_, "the recurrent bias", in.bias, {parts * units_}, dtype);
    check(op_, "the initial state h", in.h0, state(), dtype);
    check(op_, "the initial state c", in.c0, state(), dtype);
    check(op_, "the mask", in.mask, {batch_, steps_}, DType::kBool);
    check(op_, "the factors of recurrent dropout", in.dropout, state(), dtype);
    if (in.bias && cell_ != Cell::kGru) {
      fail<ValueError>(op_, "only a gru that resets after the product has a recurrent bias");
    }
    if (in.c0 && cell_ != Cell::kLstm) fail<ValueError>(op_, "only lstm has a state c");

    args_.gates = gates.data();
    args_.u = data(in.u);
    args_.bias = data(in.bias);
    args_.h0 = data(in.h0);
    args_.c0 = data(in.c0);
    args_.mask = static_cast<const bool*>(data(in.mask));
    args_.dropout = data(in.dropout);
    args_.activation = cell_activation(options.activation, precision_);
    args_.recurrent = cell_activation(options.recurrent, precision_);
    args_.batch = batch_;
    args_.steps = steps_;
    args_.units = units_;
    args_.backwards = options.backwards;
    const int64_t bytes = in.u->numel() * static_cast<int64_t>(item_size(dtype));
    args_.stream = backward && cell_ == Cell::kGru && gates.bytes() >= kStreamBytes;
    args_.split_units = bytes >= kSplitBytes && batch_ < kSplitRows;
  }

  RecurrentArgs& args() { return args_; }
  const char* op() const { return op_; }
  Shape state() const { return {batch_, units_}; }
  Shape sequence(int64_t parts = 1) const { return {batch_, steps_, parts * units_}; }

  // A further output, and where it lies.
  Tensor output(const Shape& shape, DType dtype, void*& at) {
    Tensor tensor(shape, dtype);
    at = tensor.data();
    return tensor;
  }

  void launch(const RecurrentKernels& kernels, bool backward, std::vector<const Tensor*> inputs,
              std::vector<const Tensor*> outputs) {
    if (batch_ == 0) return;
    const auto present = [](std::vector<const Tensor*>& tensors) {
      std::erase_if(tensors, [](const Tensor* t) { return !t || !t->storage(); });
    };
    const auto item = static_cast<int64_t>(item_size(precision_ == 0 ? DType::kF32 : DType::kF64));
    const Tensor scratch(Shape{kernels.scratch_bytes(args_, cell_, backward, item)}, DType::kU8);
    args_.scratch = scratch.data();
    outputs.push_back(&scratch);
    present(inputs);
    present(outputs);
    // Products at 100 GFLOP/s, and some 2 ns per gate for functions and traffic.
    const auto outputs_per_step = static_cast<double>(cell_gates(cell_) * units_);
    const double work = (precision_ + 1) * static_cast<double>(batch_ * steps_) * outputs_per_step *
                        (0.02 * static_cast<double>(units_) + 1);
    LaunchLimits limits;
    if (!args_.split_units) limits.most_members = static_cast<int>(std::min<int64_t>(batch_, 1024));
    const auto& table = backward ? usual_ ? kernels.usual_backward : kernels.backward
                        : usual_ ? kernels.usual_forward
                                 : kernels.forward;
    mark1::launch(op_, table[number_][precision_], args_, work, inputs, outputs, limits);
  }

 private:
  static const void* data(const Tensor* tensor) { return tensor ? tensor->data() : nullptr; }

  Cell cell_;
  int number_;
  const char* op_;
  int precision_;
  bool usual_;
  int64_t batch_ = 0, steps_ = 0, units_ = 0;
  RecurrentArgs args_ = {};
};

}  // namespace

RecurrentOutputs recurrent(const RecurrentOptions& options, const Tensor& gates,
                           const RecurrentInputs& in, bool sequences, bool keep) {
  Call call(options, gates, in, false);
  RecurrentArgs& args = call.args();
  args.keep = keep;
  const DType dtype = gates.dtype();
  RecurrentOutputs out;
  out.h = call.output(call.state(), dtype, args.h);
  if (sequences) out.y = call.output(call.sequence(), dtype, args.y);
  if (options.cell == Cell::kLstm) out.c = call.output(call.state(), dtype, args.c);
  if (keep) {
    out.states = call.output(call.sequence(), dtype, args.states);
    if (options.cell == Cell::kLstm) out.cells = call.output(call.sequence(), dtype, args.cells);
    if (options.cell == Cell::kGru) out.inner = call.output(call.sequence(), dtype, args.inner);
  }
  call.launch(recurrent_kernels_variants.current(), false,
              {in.u, in.bias, in.h0, in.c0, in.mask, in.dropout},
              {&gates, &out.h, &out.y, &out.c, &out.states, &out.cells, &out.inner});
  return out;
}

RecurrentGradients recurrent_backward(const RecurrentOptions& options, const Tensor& gates,
                                      const RecurrentInputs& in, const RecurrentOutputs& saved,
                                      const Tensor* dy, const Tensor* dh, const Tensor* dc) {
  Call call(options, gates, in, true);
  RecurrentArgs& args = call.args();
  const DType dtype = gates.dtype();
  const int64_t parts = cell_gates(options.cell);
  check(call.op(), "dy", dy, call.sequence(), dtype);
  check(call.op(), "dh", dh, call.state(), dtype);
  check(call.op(), "dc", dc, call.state(), dtype);
  check(call.op(), "the saved states", &saved.states, call.sequence(), dtype);
  args.dy = dy ? dy->data() : nullptr;
  args.dh = dh ? dh->data() : nullptr;
  args.dc = dc ? dc->data() : nullptr;
  args.states = saved.states.data();
  RecurrentGradients out;
  out.dh0 = call.output(call.state(), dtype, args.dh0);
  if (options.cell == Cell::kLstm) {
    check(call.op(), "the saved cells", &saved.cells, call.sequence(), dtype);
    args.cells = saved.cells.data();
    out.dc0 = call.output(call.state(), dtype, args.dc0);
  } else if (options.cell == Cell::kGru) {
    check(call.op(), "the saved inner products", &saved.inner, call.sequence(), dtype);
    args.inner = saved.inner.data();
    out.inner_dz = call.output(call.sequence(parts), dtype, args.inner_dz);
  } else if (options.cell == Cell::kGruBefore) {
    out.reset = call.output(call.sequence(), dtype, args.reset);
  }
  call.launch(recurrent_kernels_variants.current(), true,
              {in.u, in.bias, in.c0, in.mask, in.dropout, &saved.states, &saved.cells, &saved.inner,
               dy, dh, dc},
              {&gates, &out.inner_dz, &out.reset, &out.dh0, &out.dc0});
  return out;
}

}  // namespace mark1

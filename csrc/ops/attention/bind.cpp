#include "ops/attention/attention.h"

#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "core/error.h"

namespace mark1 {
namespace {

// Masks that may be None, kept alive while the options point at them.
struct Given {
  std::optional<Tensor> mask, query_mask, key_mask, state;
  AttentionOptions options;

  Given(py::handle mask_, py::handle query_mask_, py::handle key_mask_, py::handle state_,
        double rate, double scale, bool causal)
      : mask(tensor(mask_)),
        query_mask(tensor(query_mask_)),
        key_mask(tensor(key_mask_)),
        state(tensor(state_)) {
    options = {pointer(mask), pointer(query_mask), pointer(key_mask), pointer(state), rate, scale,
               causal};
  }

 private:
  static std::optional<Tensor> tensor(py::handle object) {
    if (object.is_none()) return std::nullopt;
    return to_tensor(object);
  }
  static const Tensor* pointer(const std::optional<Tensor>& tensor) {
    return tensor ? &*tensor : nullptr;
  }
};

}  // namespace

void bind_attention(OpModule& module) {
  module.def("attention_shape", [](py::handle query, py::handle key, py::handle value) {
    return to_tuple(attention_spec({to_shape(query)}, {to_shape(key)}, {to_shape(value)}).shape);
  });
  module.def("attention", [](py::handle query, py::handle key, py::handle value, py::handle mask,
                             py::handle query_mask, py::handle key_mask, py::handle state,
                             double rate, double scale, bool causal) {
    const Given given(mask, query_mask, key_mask, state, rate, scale, causal);
    const Attention out = attention(to_float_tensor(query), to_float_tensor(key),
                                    to_float_tensor(value), given.options);
    return py::make_tuple(out.out, out.stats);
  });
  module.def("attention_backward",
             [](const Tensor& dout, const Tensor& query, const Tensor& key, const Tensor& value,
                const Tensor& out, const Tensor& stats, py::handle mask, py::handle query_mask,
                py::handle key_mask, py::handle state, double rate, double scale, bool causal) {
               const Given given(mask, query_mask, key_mask, state, rate, scale, causal);
               const AttentionGradients d =
                   attention_backward(dout, query, key, value, {out, stats}, given.options);
               return py::make_tuple(d.dq, d.dk, d.dv);
             });
}

}  // namespace mark1

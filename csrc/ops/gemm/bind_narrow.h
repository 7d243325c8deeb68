// Binds a product of 16 bits: one of matrices, and one of many.
#pragma once

#include <string>

#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "ops/activation/activation.h"
#include "ops/gemm/narrow.h"

namespace mark1 {

using NarrowGemm = Tensor (*)(const char*, const Tensor&, const Tensor&, const Tensor*,
                              const NarrowGemmOptions&);
using BatchedNarrowGemm = Tensor (*)(const char*, const Tensor&, const Tensor&,
                                     const NarrowGemmOptions&);

inline void bind_narrow_gemm(OpModule& module, const char* function, NarrowGemm gemm,
                             const char* batched_function, BatchedNarrowGemm batched, DType dtype) {
  module.def(
      function,
      [gemm, dtype](py::handle a, py::handle b, py::handle bias, bool trans_a, bool trans_b,
                    const std::string& op, int activation, py::handle to) {
        const Tensor x = to_tensor(a, dtype), w = to_tensor(b, dtype);
        NarrowGemmOptions options{{trans_a, trans_b, nullptr, 0}, to_dtype(to)};
        if (activation >= 0) options.gemm.activation = activation_rows(activation, 0);
        if (bias.is_none()) return gemm(op.c_str(), x, w, nullptr, options);
        const Tensor offset = to_tensor(bias, DType::kF32);
        return gemm(op.c_str(), x, w, &offset, options);
      },
      py::arg("a"), py::arg("b"), py::arg("bias") = py::none(), py::arg("trans_a") = false,
      py::arg("trans_b") = false, py::arg("op") = "matmul", py::arg("activation") = -1,
      py::arg("to") = name(dtype));
  module.def(
      batched_function,
      [batched, dtype](py::handle a, py::handle b, bool trans_a, bool trans_b, py::handle to) {
        const Tensor x = to_tensor(a, dtype), w = to_tensor(b, dtype);
        return batched("matmul", x, w, {{trans_a, trans_b, nullptr, 0}, to_dtype(to)});
      },
      py::arg("a"), py::arg("b"), py::arg("trans_a") = false, py::arg("trans_b") = false,
      py::arg("to") = name(dtype));
}

}  // namespace mark1

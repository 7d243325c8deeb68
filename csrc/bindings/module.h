// The functions that fill the extension module. Included by module.cpp alone: a further operation
// does not compile the bindings of all others anew.
#pragma once

#include "bindings/bindings.h"

namespace mark1 {

void bind_tensor(py::module_& module);
void bind_runtime(py::module_& module);
void bind_symbolic(py::module_& module);
void bind_tape(py::module_& module);
void bind_program(py::module_& module);
void bind_bench(py::module_& module);

// One per op folder, in alphabetic order.
void bind_accumulate(py::module_& module);
void bind_accuracy(py::module_& module);
void bind_activation(py::module_& module);
void bind_adadelta(py::module_& module);
void bind_adagrad(py::module_& module);
void bind_adam(py::module_& module);
void bind_adamax(py::module_& module);
void bind_affine_transform(py::module_& module);
void bind_along(py::module_& module);
void bind_attention(py::module_& module);
void bind_batch_norm(py::module_& module);
void bind_bf16_gemm(py::module_& module);
void bind_broadcast(py::module_& module);
void bind_cast(py::module_& module);
void bind_compare(py::module_& module);
void bind_concatenate(py::module_& module);
void bind_conv(py::module_& module);
void bind_copy(py::module_& module);
void bind_count(py::module_& module);
void bind_cross_entropy(py::module_& module);
void bind_cumsum(py::module_& module);
void bind_dropout(py::module_& module);
void bind_fill(py::module_& module);
void bind_ftrl(py::module_& module);
void bind_gather(py::module_& module);
void bind_gemm(py::module_& module);
void bind_layer_norm(py::module_& module);
void bind_lion(py::module_& module);
void bind_mean_error(py::module_& module);
void bind_moments(py::module_& module);
void bind_nadam(py::module_& module);
void bind_pad(py::module_& module);
void bind_pick(py::module_& module);
void bind_pool(py::module_& module);
void bind_random(py::module_& module);
void bind_recurrent(py::module_& module);
void bind_reduce(py::module_& module);
void bind_rmsprop(py::module_& module);
void bind_schedule(py::module_& module);
void bind_sgd(py::module_& module);
void bind_softmax(py::module_& module);
void bind_sort(py::module_& module);
void bind_update(py::module_& module);
void bind_where(py::module_& module);

}  // namespace mark1

// The functions that fill the extension module. Included by module.cpp alone: a further operation
// does not compile the bindings of all others anew.
#pragma once

#include "bindings/bindings.h"

namespace mark1 {

void bind_tensor(py::module_& module);
void bind_runtime(py::module_& module);
void bind_device(py::module_& module);
void bind_symbolic(py::module_& module);
void bind_tape(py::module_& module);
void bind_program(py::module_& module);
void bind_bench(py::module_& module);

// One per op folder, in alphabetic order.
void bind_accumulate(OpModule& module);
void bind_accuracy(OpModule& module);
void bind_activation(OpModule& module);
void bind_adadelta(OpModule& module);
void bind_adagrad(OpModule& module);
void bind_adam(OpModule& module);
void bind_adamax(OpModule& module);
void bind_affine_transform(OpModule& module);
void bind_along(OpModule& module);
void bind_attention(OpModule& module);
void bind_batch_norm(OpModule& module);
void bind_bf16_gemm(OpModule& module);
void bind_broadcast(OpModule& module);
void bind_cast(OpModule& module);
void bind_compare(OpModule& module);
void bind_concatenate(OpModule& module);
void bind_conv(OpModule& module);
void bind_copy(OpModule& module);
void bind_count(OpModule& module);
void bind_cross_entropy(OpModule& module);
void bind_cumsum(OpModule& module);
void bind_dropout(OpModule& module);
void bind_f16_gemm(OpModule& module);
void bind_fill(OpModule& module);
void bind_ftrl(OpModule& module);
void bind_gather(OpModule& module);
void bind_gemm(OpModule& module);
void bind_layer_norm(OpModule& module);
void bind_lion(OpModule& module);
void bind_mean_error(OpModule& module);
void bind_moments(OpModule& module);
void bind_nadam(OpModule& module);
void bind_pad(OpModule& module);
void bind_pick(OpModule& module);
void bind_pool(OpModule& module);
void bind_random(OpModule& module);
void bind_recurrent(OpModule& module);
void bind_reduce(OpModule& module);
void bind_rmsprop(OpModule& module);
void bind_schedule(OpModule& module);
void bind_schedule_free(OpModule& module);
void bind_sgd(OpModule& module);
void bind_softmax(OpModule& module);
void bind_sort(OpModule& module);
void bind_update(OpModule& module);
void bind_where(OpModule& module);

}  // namespace mark1

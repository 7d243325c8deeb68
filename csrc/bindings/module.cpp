// The extension module: converts, calls, converts back. No arithmetic, no documentation.
#include <pybind11/pybind11.h>

#include "bindings/module.h"
#include "core/error.h"

PYBIND11_MODULE(_core, module) {
  using namespace mark1;

  // ValueError derives from std::invalid_argument, which pybind11 translates itself.
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const TypeError& error) {
      PyErr_SetString(PyExc_TypeError, error.what());
    }
  });
  py::register_exception<DeviceError>(module, "DeviceError", PyExc_RuntimeError);
  bind_tensor(module);
  bind_runtime(module);
  bind_device(module);
  bind_symbolic(module);
  bind_tape(module);
  bind_program(module);
  bind_bench(module);

  OpModule ops(module);
  bind_accumulate(ops);
  bind_accuracy(ops);
  bind_activation(ops);
  bind_adadelta(ops);
  bind_adagrad(ops);
  bind_adam(ops);
  bind_adamax(ops);
  bind_affine_transform(ops);
  bind_along(ops);
  bind_attention(ops);
  bind_batch_norm(ops);
  bind_bf16_gemm(ops);
  bind_broadcast(ops);
  bind_cast(ops);
  bind_compare(ops);
  bind_concatenate(ops);
  bind_conv(ops);
  bind_copy(ops);
  bind_count(ops);
  bind_cross_entropy(ops);
  bind_cumsum(ops);
  bind_dropout(ops);
  bind_f16_gemm(ops);
  bind_fill(ops);
  bind_ftrl(ops);
  bind_gather(ops);
  bind_gemm(ops);
  bind_layer_norm(ops);
  bind_lion(ops);
  bind_mean_error(ops);
  bind_moments(ops);
  bind_nadam(ops);
  bind_pad(ops);
  bind_pick(ops);
  bind_pool(ops);
  bind_random(ops);
  bind_recurrent(ops);
  bind_reduce(ops);
  bind_rmsprop(ops);
  bind_schedule(ops);
  bind_schedule_free(ops);
  bind_sgd(ops);
  bind_softmax(ops);
  bind_sort(ops);
  bind_update(ops);
  bind_where(ops);
}

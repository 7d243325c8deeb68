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
  bind_symbolic(module);
  bind_tape(module);
  bind_program(module);
  bind_bench(module);

  bind_accumulate(module);
  bind_accuracy(module);
  bind_activation(module);
  bind_adadelta(module);
  bind_adagrad(module);
  bind_adam(module);
  bind_adamax(module);
  bind_affine_transform(module);
  bind_along(module);
  bind_attention(module);
  bind_batch_norm(module);
  bind_bf16_gemm(module);
  bind_broadcast(module);
  bind_cast(module);
  bind_compare(module);
  bind_concatenate(module);
  bind_conv(module);
  bind_copy(module);
  bind_count(module);
  bind_cross_entropy(module);
  bind_cumsum(module);
  bind_dropout(module);
  bind_fill(module);
  bind_ftrl(module);
  bind_gather(module);
  bind_gemm(module);
  bind_layer_norm(module);
  bind_lion(module);
  bind_mean_error(module);
  bind_moments(module);
  bind_nadam(module);
  bind_pad(module);
  bind_pick(module);
  bind_pool(module);
  bind_random(module);
  bind_recurrent(module);
  bind_reduce(module);
  bind_rmsprop(module);
  bind_schedule(module);
  bind_sgd(module);
  bind_softmax(module);
  bind_sort(module);
  bind_update(module);
  bind_where(module);
}

// Tensors that share memory with other libraries: DLPack, and the CUDA array interface.
#pragma once

#include <optional>

#include "bindings/convert.h"

namespace mark1 {

// Where an array of another library lies, if that is a CUDA device; nullopt for all else.
std::optional<Device> foreign_device(py::handle object);

// A tensor in the memory of such an array; nullopt for all else.
std::optional<Tensor> from_foreign(py::handle object);

// What Tensor.__dlpack__, __dlpack_device__ and __cuda_array_interface__ give.
py::capsule to_dlpack(const Tensor& x, py::handle stream, py::handle max_version);
py::tuple dlpack_device(const Tensor& x);
py::dict cuda_array_interface(const Tensor& x);

}  // namespace mark1

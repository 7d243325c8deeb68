#include "bindings/exchange.h"

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "bindings/dlpack.h"
#include "core/bfloat16.h"
#include "core/device_memory.h"
#include "core/recorder.h"

namespace mark1 {
namespace {

constexpr const char* kOp = "convert_to_tensor";

dlpack::Type type_of(DType dtype) {
  if (dtype == kBF16) return {dlpack::kBfloat, 16, 1};
  static constexpr dlpack::TypeCode kCodes[kDTypes] = {
      dlpack::kBool, dlpack::kUInt, dlpack::kInt, dlpack::kInt, dlpack::kFloat, dlpack::kFloat};
  return {kCodes[static_cast<int>(dtype)], static_cast<uint8_t>(8 * item_size(dtype)), 1};
}

DType dtype_of(const dlpack::Type& type) {
  for (int i = 0; i <= kDTypes; ++i) {  // bfloat16 lies beyond the others
    const auto dtype = static_cast<DType>(i);
    const dlpack::Type known = type_of(dtype);
    if (type.code == known.code && type.bits == known.bits && type.lanes == 1) return dtype;
  }
  fail<TypeError>(kOp, "an array of this dtype cannot be taken over (DLPack code ",
                  static_cast<int>(type.code), ", ", static_cast<int>(type.bits), " bits)");
}

constexpr const char* kTypeStrings[kDTypes] = {"|b1", "|u1", "<i4", "<i8", "<f4", "<f8"};

DType dtype_of(const std::string& text) {
  for (int i = 0; i < kDTypes; ++i) {
    if (text == kTypeStrings[i]) return static_cast<DType>(i);
  }
  fail<TypeError>(kOp, "an array of type '", text, "' cannot be taken over");
}

void check_row_major(const Shape& shape, const int64_t* strides, int64_t unit) {
  int64_t expected = unit;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    if (shape[axis] != 1 && strides[axis] != expected && shape.numel() > 0) {
      fail<ValueError>(kOp, "an array on a device is taken over only if it is row-major (shape ",
                       shape, "). Copy it with ascontiguousarray first");
    }
    expected *= shape[axis];
  }
}

Device need_device(int32_t index) {
  const std::string wanted = "cuda:" + std::to_string(index);
  if (!has_devices()) py::module_::import("mark1.devices").attr("require")(wanted);
  return device_from_name(wanted);
}

Tensor borrowed(void* data, const Shape& shape, DType dtype, Device device, void (*release)(void*),
                void* owner) {
  const auto bytes = static_cast<size_t>(shape.numel()) * item_size(dtype);
  StoragePtr storage = borrow(data, bytes, release, owner);
  storage->device = device;
  return Tensor(std::move(storage), 0, shape, dtype);
}

void release_object(void* owner) {
  if (!Py_IsInitialized()) return;
  const py::gil_scoped_acquire gil;
  Py_DECREF(static_cast<PyObject*>(owner));
}

void release_managed(void* owner) {
  auto* managed = static_cast<dlpack::Managed*>(owner);
  if (!managed->deleter || !Py_IsInitialized()) return;
  const py::gil_scoped_acquire gil;
  managed->deleter(managed);
}

Tensor from_dlpack(py::handle object, const dlpack::Device& where) {
  const Device device = need_device(where.index);
  // On the default stream, which ours is ordered with.
  const py::object capsule = object.attr("__dlpack__")(py::arg("stream") = 1);
  auto* managed = static_cast<dlpack::Managed*>(PyCapsule_GetPointer(capsule.ptr(), "dltensor"));
  if (!managed) throw py::error_already_set();
  const dlpack::Array& array = managed->array;
  if (array.rank > Shape::kMaxRank) {
    fail<ValueError>(kOp, "at most ", Shape::kMaxRank, " dimensions are supported, got ",
                     array.rank);
  }
  const Shape shape(array.shape, array.rank);
  const DType dtype = dtype_of(array.type);
  if (array.strides) check_row_major(shape, array.strides, 1);
  void* data = static_cast<char*>(array.data) + array.byte_offset;
  PyCapsule_SetName(capsule.ptr(), "used_dltensor");
  return borrowed(data, shape, dtype, device, &release_managed, managed);
}

// It does not say on which device it lies: the first is as good a guess as its readers make.
Tensor from_interface(py::handle object) {
  const Device device = need_device(0);
  const auto facts = object.attr("__cuda_array_interface__").cast<py::dict>();
  const Shape shape = to_shape(facts["shape"]);
  const DType dtype = dtype_of(facts["typestr"].cast<std::string>());
  if (facts.contains("strides") && !facts["strides"].is_none()) {
    const Shape strides = to_shape(facts["strides"]);
    check_row_major(shape, strides.begin(), static_cast<int64_t>(item_size(dtype)));
  }
  // Its stream may still be at work.
  if (!facts.contains("stream") || !facts["stream"].is_none()) synchronize(device);
  const auto address = facts["data"].cast<py::tuple>()[0].cast<uintptr_t>();
  Py_INCREF(object.ptr());
  return borrowed(reinterpret_cast<void*>(address), shape, dtype, device, &release_object,
                  object.ptr());
}

std::optional<dlpack::Device> dlpack_place(py::handle object) {
  if (!py::hasattr(object, "__dlpack_device__")) return std::nullopt;
  const auto place = object.attr("__dlpack_device__")().cast<py::tuple>();
  const dlpack::Device device = {place[0].cast<int32_t>(), place[1].cast<int32_t>()};
  if (device.kind != dlpack::kCuda && device.kind != dlpack::kCudaManaged) return std::nullopt;
  return device;
}

// What is exported keeps its tensor, and the sizes that are pointed to.
template <class Managed>
struct Export {
  Managed managed;
  Tensor tensor;
  std::vector<int64_t> shape, strides;
};

template <class Managed>
py::capsule exported(const Tensor& x, const char* name, void (*fill)(Managed&)) {
  auto* out = new Export<Managed>{{}, x, {}, {}};
  const Shape& shape = x.shape();
  out->shape.assign(shape.begin(), shape.end());
  out->strides.resize(out->shape.size());
  int64_t stride = 1;
  for (size_t axis = out->shape.size(); axis-- > 0;) {
    out->strides[axis] = stride;
    stride *= out->shape[axis];
  }
  const bool cpu = x.device().type == DeviceType::kCpu;
  dlpack::Array& array = out->managed.array;
  array.data = x.data();
  array.device = {cpu ? dlpack::kCpu : dlpack::kCuda, x.device().index};
  array.rank = shape.rank();
  array.type = type_of(x.dtype());
  array.shape = out->shape.data();
  array.strides = out->strides.data();
  out->managed.context = out;
  out->managed.deleter = [](Managed* self) { delete static_cast<Export<Managed>*>(self->context); };
  if (fill) fill(out->managed);
  // One that nobody took is deleted with its capsule.
  PyObject* capsule = PyCapsule_New(&out->managed, name, [](PyObject* self) {
    const char* now = PyCapsule_GetName(self);
    if (std::strncmp(now, "used_", 5) == 0) return;
    auto* unused = static_cast<Managed*>(PyCapsule_GetPointer(self, now));
    unused->deleter(unused);
  });
  if (!capsule) throw py::error_already_set();
  return py::reinterpret_steal<py::capsule>(capsule);
}

void* stream_of(Device device) {
  void* stream = nullptr;
  check_device("stream", device_api().stream(device.index, &stream));
  return stream;
}

}  // namespace

std::optional<Device> foreign_device(py::handle object) {
  if (PyObject_CheckBuffer(object.ptr())) return std::nullopt;
  if (const auto place = dlpack_place(object)) return need_device(place->index);
  if (py::hasattr(object, "__cuda_array_interface__")) return need_device(0);
  return std::nullopt;
}

std::optional<Tensor> from_foreign(py::handle object) {
  if (PyObject_CheckBuffer(object.ptr())) return std::nullopt;
  if (const auto place = dlpack_place(object)) return from_dlpack(object, *place);
  if (py::hasattr(object, "__cuda_array_interface__")) return from_interface(object);
  return std::nullopt;
}

py::capsule to_dlpack(const Tensor& x, py::handle stream, py::handle max_version) {
  reads_value(x, "through __dlpack__", Look::kPointer);
  x.storage()->exported = true;
  // The reader's stream is not ordered with ours, unless it says that it does not mind.
  const bool ordered = !stream.is_none() && stream.cast<int64_t>() == -1;
  if (!ordered) synchronize(x.device());
  const bool versioned = !max_version.is_none() && max_version.cast<py::tuple>()[0].cast<int>() > 0;
  if (!versioned) return exported<dlpack::Managed>(x, "dltensor", nullptr);
  return exported<dlpack::Versioned>(x, "dltensor_versioned", [](dlpack::Versioned& managed) {
    managed.version = {1, 0};
    managed.flags = dlpack::kReadOnly;
  });
}

py::tuple dlpack_device(const Tensor& x) {
  const bool cpu = x.device().type == DeviceType::kCpu;
  return py::make_tuple(static_cast<int>(cpu ? dlpack::kCpu : dlpack::kCuda),
                        static_cast<int>(x.device().index));
}

py::dict cuda_array_interface(const Tensor& x) {
  if (x.device().type == DeviceType::kCpu) {
    throw py::attribute_error("a tensor on the CPU has no __cuda_array_interface__");
  }
  refuse_bfloat16("Tensor", x.dtype());  // the interface has no name for it
  reads_value(x, "through __cuda_array_interface__", Look::kPointer);
  x.storage()->exported = true;
  py::dict facts;
  facts["shape"] = to_tuple(x.shape());
  facts["typestr"] = kTypeStrings[static_cast<int>(x.dtype())];
  facts["data"] = py::make_tuple(reinterpret_cast<uintptr_t>(x.data()), true);
  facts["strides"] = py::none();
  facts["version"] = 3;
  // 1 is the default stream, which is no pointer.
  const auto stream = reinterpret_cast<uintptr_t>(stream_of(x.device()));
  facts["stream"] = stream == 0 ? 1 : stream;
  return facts;
}

}  // namespace mark1

#include "bindings/exchange.h"

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "bindings/dlpack.h"
#include "core/device_memory.h"
#include "core/narrow.h"
#include "core/recorder.h"

namespace mark1 {
namespace {

constexpr const char* kOp = "convert_to_tensor";

dlpack::Type type_of(DType dtype) {
  static constexpr dlpack::TypeCode kCodes[kAllDTypes] = {
      dlpack::kBool,  dlpack::kUInt,  dlpack::kInt,    dlpack::kInt,
      dlpack::kFloat, dlpack::kFloat, dlpack::kBfloat, dlpack::kFloat};
  return {kCodes[static_cast<int>(dtype)], static_cast<uint8_t>(8 * item_size(dtype)), 1};
}

DType dtype_of(const dlpack::Type& type) {
  for (int i = 0; i < kAllDTypes; ++i) {
    const auto dtype = static_cast<DType>(i);
    const dlpack::Type known = type_of(dtype);
    if (type.code == known.code && type.bits == known.bits && type.lanes == 1) return dtype;
  }
  fail<TypeError>(kOp, "an array of this dtype cannot be taken over (DLPack code ",
                  static_cast<int>(type.code), ", ", static_cast<int>(type.bits), " bits)");
}

// The interface of arrays has no name for bfloat16.
constexpr const char* kTypeStrings[kAllDTypes] = {"|b1", "|u1", "<i4",   "<i8",
                                                  "<f4", "<f8", nullptr, "<f2"};

DType dtype_of(const std::string& text) {
  for (int i = 0; i < kAllDTypes; ++i) {
    if (kTypeStrings[i] && text == kTypeStrings[i]) return static_cast<DType>(i);
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

// Streams as numbers, which is how they are passed: 1 and 2 are the default ones.
constexpr uintptr_t kDefaultStream = 1;

uintptr_t stream_of(Device device) {
  void* stream = nullptr;
  check_device("stream", device_api().stream(device.index, &stream));
  return stream ? reinterpret_cast<uintptr_t>(stream) : kDefaultStream;
}

void wait_for(Device device, uintptr_t stream) {
  auto* handle = reinterpret_cast<void*>(stream);
  check_device(kOp, device_api().wait_for_stream(device.index, handle));
}

// The owner may use his memory again at once, on any stream.
void wait_before_release(int device) {
  if (devices_work()) device_api().synchronize(device);
}

struct Owner {
  PyObject* object;
  int device;
};

void release_object(void* pointer) {
  const std::unique_ptr<Owner> owner(static_cast<Owner*>(pointer));
  if (!Py_IsInitialized()) return;
  wait_before_release(owner->device);
  const py::gil_scoped_acquire gil;
  Py_DECREF(owner->object);
}

void release_managed(void* owner) {
  auto* managed = static_cast<dlpack::Managed*>(owner);
  if (!managed->deleter || !Py_IsInitialized()) return;
  wait_before_release(managed->array.device.index);
  const py::gil_scoped_acquire gil;
  managed->deleter(managed);
}

Tensor from_dlpack(py::handle object, const dlpack::Device& where) {
  const Device device = need_device(where.index);
  // Our stream waits for the owner's.
  const py::object capsule = object.attr("__dlpack__")(py::arg("stream") = stream_of(device));
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
  // Its stream may still be at work: None says that there is nothing to wait for.
  if (!facts.contains("stream")) {
    wait_for(device, kDefaultStream);
  } else if (!facts["stream"].is_none()) {
    wait_for(device, facts["stream"].cast<uintptr_t>());
  }
  const auto address = facts["data"].cast<py::tuple>()[0].cast<uintptr_t>();
  auto owner = std::make_unique<Owner>(
      Owner{py::reinterpret_borrow<py::object>(object).release().ptr(), device.index});
  return borrowed(reinterpret_cast<void*>(address), shape, dtype, device, &release_object,
                  owner.release());
}

std::optional<dlpack::Device> dlpack_place(py::handle object) {
  if (!py::hasattr(object, "__dlpack_device__")) return std::nullopt;
  const auto place = object.attr("__dlpack_device__")().cast<py::tuple>();
  const dlpack::Device device = {place[0].cast<int32_t>(), place[1].cast<int32_t>()};
  if (device.kind != dlpack::kCuda && device.kind != dlpack::kCudaManaged) return std::nullopt;
  return device;
}

// What is exported keeps its tensor, and the sizes that are pointed to. Before the memory is used
// again its storage waits for readers.
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

// The stream that a reader names has to wait for our work, unless he does not want it to.
void let_reader_wait(const Tensor& x, py::handle stream) {
  if (x.device().type == DeviceType::kCpu) return;
  const int64_t number = stream.is_none() ? kDefaultStream : stream.cast<int64_t>();
  if (number == -1) return;
  if (number <= 0) {
    fail<ValueError>("__dlpack__", "stream must be None, -1, 1, 2 or a stream's address, got ",
                     number);
  }
  const auto handle = static_cast<uintptr_t>(number);
  const int status = device_api().stream_waits(x.device().index, reinterpret_cast<void*>(handle));
  check_device("__dlpack__", status);
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
  let_reader_wait(x, stream);
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
  if (!kTypeStrings[static_cast<int>(x.dtype())]) refuse_narrow("Tensor", x.dtype());
  reads_value(x, "through __cuda_array_interface__", Look::kPointer);
  x.storage()->exported = true;
  py::dict facts;
  facts["shape"] = to_tuple(x.shape());
  facts["typestr"] = kTypeStrings[static_cast<int>(x.dtype())];
  facts["data"] = py::make_tuple(reinterpret_cast<uintptr_t>(x.data()), true);
  facts["strides"] = py::none();
  facts["version"] = 3;
  facts["stream"] = stream_of(x.device());
  return facts;
}

}  // namespace mark1

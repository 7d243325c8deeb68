// The structures of DLPack 1.0 (https://dmlc.github.io/dlpack/latest/c_api.html), as far as arrays
// of our types need them.
#pragma once

#include <cstdint>

namespace mark1::dlpack {

enum DeviceKind : int32_t { kCpu = 1, kCuda = 2, kCudaHost = 3, kCudaManaged = 13 };
enum TypeCode : uint8_t { kInt = 0, kUInt = 1, kFloat = 2, kBfloat = 4, kBool = 6 };

struct Device {
  int32_t kind;
  int32_t index;
};

struct Type {
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
};

struct Array {
  void* data;
  Device device;
  int32_t rank;
  Type type;
  int64_t* shape;
  int64_t* strides;  // in elements; null: row-major
  uint64_t byte_offset;
};

struct Managed {
  Array array;
  void* context;
  void (*deleter)(Managed* self);
};

struct Version {
  uint32_t major, minor;
};

inline constexpr uint64_t kReadOnly = 1;

struct Versioned {
  Version version;
  void* context;
  void (*deleter)(Versioned* self);
  uint64_t flags;
  Array array;
};

}  // namespace mark1::dlpack

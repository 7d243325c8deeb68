// Element types. Kernel tables of floating-point ops are indexed by float_index().
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/error.h"

namespace mark1 {

enum class DType : uint8_t { kBool, kU8, kI32, kI64, kF32, kF64 };
inline constexpr int kDTypes = 6;

const char* name(DType dtype);
DType dtype_from_name(const std::string& name);
size_t item_size(DType dtype);

inline bool is_float(DType dtype) {
  return dtype == DType::kF32 || dtype == DType::kF64;
}

// What a Python scalar asks of an array it meets: nothing more than its kind.
enum class Weak : uint8_t { kNo, kInt, kFloat };

// Keras' result_type for two operands: of a chain of types the wider one, but float32 for bfloat16
// and float16. A weak scalar only lifts bool to int32 and integers to float32.
DType promote(DType x, DType y);
DType promote_weak(DType x, Weak scalar);

// 0 for float32, 1 for float64; anything else is a TypeError that names the op.
inline int float_index(const char* op, DType dtype) {
  if (!is_float(dtype)) {
    fail<TypeError>(op, "needs float32 or float64, got ", name(dtype),
                    ". Convert with cast(x, 'float32')");
  }
  return dtype == DType::kF64 ? 1 : 0;
}

template <class T>
constexpr DType dtype_of();
template <>
constexpr DType dtype_of<bool>() {
  return DType::kBool;
}
template <>
constexpr DType dtype_of<uint8_t>() {
  return DType::kU8;
}
template <>
constexpr DType dtype_of<int32_t>() {
  return DType::kI32;
}
template <>
constexpr DType dtype_of<int64_t>() {
  return DType::kI64;
}
template <>
constexpr DType dtype_of<float>() {
  return DType::kF32;
}
template <>
constexpr DType dtype_of<double>() {
  return DType::kF64;
}

}  // namespace mark1

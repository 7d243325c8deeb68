#include "core/dtype.h"

#include <algorithm>

namespace mark1 {
namespace {

struct Entry {
  const char* name;
  size_t size;
};
constexpr Entry kEntries[kDTypes] = {
    {"bool", 1}, {"uint8", 1}, {"int32", 4}, {"int64", 8}, {"float32", 4}, {"float64", 8},
};

}  // namespace

const char* name(DType dtype) {
  return kEntries[static_cast<int>(dtype)].name;
}

size_t item_size(DType dtype) {
  return kEntries[static_cast<int>(dtype)].size;
}

DType dtype_from_name(const std::string& name) {
  for (int i = 0; i < kDTypes; ++i) {
    if (name == kEntries[i].name) return static_cast<DType>(i);
  }
  fail<TypeError>("dtype", "unknown dtype '", name,
                  "'; known: bool, uint8, int32, int64, float32, float64");
}

DType promote(DType x, DType y) {
  return std::max(x, y);
}

DType promote_weak(DType x, Weak scalar) {
  if (scalar == Weak::kFloat && !is_float(x)) return DType::kF32;
  if (scalar == Weak::kInt && x == DType::kBool) return DType::kI32;
  return x;
}

}  // namespace mark1

#include "core/dtype.h"

#include "core/narrow.h"

namespace mark1 {
namespace {

struct Entry {
  const char* name;
  size_t size;
};
constexpr Entry kEntries[kAllDTypes] = {
    {"bool", 1},    {"uint8", 1},   {"int32", 4},    {"int64", 8},
    {"float32", 4}, {"float64", 8}, {"bfloat16", 2}, {"float16", 2},
};

}  // namespace

const char* name(DType dtype) {
  return kEntries[static_cast<int>(dtype)].name;
}

size_t item_size(DType dtype) {
  return kEntries[static_cast<int>(dtype)].size;
}

DType dtype_from_name(const std::string& name) {
  for (int i = 0; i < kAllDTypes; ++i) {
    if (name == kEntries[i].name) return static_cast<DType>(i);
  }
  fail<TypeError>("dtype", "unknown dtype '", name,
                  "'; known: bool, uint8, int32, int64, bfloat16, float16, float32, float64");
}

DType promote(DType x, DType y) {
  // Formats of 16 bits are narrower than float32 and wider than all integers, and neither of the
  // two holds the other.
  static constexpr int kRanks[kAllDTypes] = {0, 1, 2, 3, 5, 6, 4, 4};
  if (is_narrow(x) && is_narrow(y)) return x == y ? x : DType::kF32;
  return kRanks[static_cast<int>(x)] < kRanks[static_cast<int>(y)] ? y : x;
}

DType promote_weak(DType x, Weak scalar) {
  if (scalar == Weak::kFloat && !is_real(x)) return DType::kF32;
  if (scalar == Weak::kInt && x == DType::kBool) return DType::kI32;
  return x;
}

}  // namespace mark1

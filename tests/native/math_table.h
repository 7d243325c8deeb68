// The functions of csrc/math as plain loops over arrays, one table per instruction set.
#pragma once

#include <cstdint>

namespace mark1 {

struct MathFunction {
  const char* name;
  void (*f32)(const float* x, float* y, int64_t n);
  void (*f64)(const double* x, double* y, int64_t n);
};

constexpr int math_functions = 17;

struct MathTable {
  MathFunction function[math_functions];
};

namespace reference {
extern const MathTable math_table;
}
namespace avx2 {
extern const MathTable math_table;
}
namespace avx512 {
extern const MathTable math_table;
}

}  // namespace mark1

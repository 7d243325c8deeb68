// What compare says of two elements.
#pragma once

#include "ops/compare/compare.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

struct Equal {
  template <class T>
  static MARK1_DEVICE bool of(T x, T y) {
    return x == y;
  }
};
struct NotEqual {
  template <class T>
  static MARK1_DEVICE bool of(T x, T y) {
    return x != y;
  }
};
struct Less {
  template <class T>
  static MARK1_DEVICE bool of(T x, T y) {
    return x < y;
  }
};
struct LessEqual {
  template <class T>
  static MARK1_DEVICE bool of(T x, T y) {
    return x <= y;
  }
};
// Of bytes that hold 0 or 1.
struct And {
  static MARK1_DEVICE bool of(uint8_t x, uint8_t y) { return x & y; }
};
struct Or {
  static MARK1_DEVICE bool of(uint8_t x, uint8_t y) { return x | y; }
};
struct Xor {
  static MARK1_DEVICE bool of(uint8_t x, uint8_t y) { return x ^ y; }
};
struct IsInf {
  template <class T>
  static MARK1_DEVICE bool of(T x, T y) {
    return (x == y) & (x - y != 0);
  }
};
struct IsFinite {
  template <class T>
  static MARK1_DEVICE bool of(T x, T y) {
    return x - y == 0;
  }
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1

// The table, from kernel<Op, T>(). A bool is a byte that holds 0 or 1.
#define MARK1_COMPARE_ROW(Op)                                           \
  {kernel<Op, uint8_t>(), kernel<Op, uint8_t>(), kernel<Op, int32_t>(), \
   kernel<Op, int64_t>(), kernel<Op, float>(),   kernel<Op, double>()}
#define MARK1_COMPARE_LOGIC(Op)                                          \
  {                                                                      \
    kernel<Op, uint8_t>(), {nullptr}, {nullptr}, {nullptr}, {nullptr}, { \
      nullptr                                                            \
    }                                                                    \
  }
#define MARK1_COMPARE_CLASS(Op) \
  {{nullptr}, {nullptr}, {nullptr}, {nullptr}, kernel<Op, float>(), kernel<Op, double>()}
#define MARK1_COMPARE_TABLE                                                                    \
  {                                                                                            \
    {                                                                                          \
      MARK1_COMPARE_ROW(Equal), MARK1_COMPARE_ROW(NotEqual), MARK1_COMPARE_ROW(Less),          \
          MARK1_COMPARE_ROW(LessEqual), MARK1_COMPARE_LOGIC(And), MARK1_COMPARE_LOGIC(Or),     \
          MARK1_COMPARE_LOGIC(Xor), MARK1_COMPARE_CLASS(IsInf), MARK1_COMPARE_CLASS(IsFinite), \
    }                                                                                          \
  }

// Matrix units of warpgroups on the processor. Operands are found as the PTX manual describes their
// layouts, and read as late as they may be: when a group of products is awaited. Until then sums
// are NaN. Arithmetic as in matrix_units.h.
#pragma once

#include "core/bfloat16.h"
#include "core/half.h"
#include "cuda/emulation/block.h"

namespace mark1::gpu {

struct GroupProductOf {
  uint64_t a, b;
  bool across_a, across_b, add;
  float (*number)(uint16_t bits);
};
void multiply_group(float (&sums)[128], const GroupProductOf& product);

void open_products();
void close_products();
void await_products(int open);
template <int kOpen>
void await_products() {
  await_products(kOpen);
}
inline void hold(float (&)[128]) {}

template <int kCount>
void keep_registers() {}
template <int kCount>
void take_registers() {}

namespace {

inline uint32_t pack_bf16(float low, float high) {
  return to_bfloat16(low).bits | uint32_t{to_bfloat16(high).bits} << 16;
}
inline uint32_t pack_f16(float low, float high) {
  return to_half(low).bits | uint32_t{to_half(high).bits} << 16;
}

template <class Number>
float number_of(uint16_t bits) {
  return widened(Number{bits});
}

template <bool kAcrossA, bool kAcrossB>
void multiply_group_bf16(float (&sums)[128], uint64_t a, uint64_t b, bool add) {
  multiply_group(sums, {a, b, kAcrossA, kAcrossB, add, &number_of<BFloat16>});
}
template <bool kAcrossA, bool kAcrossB>
void multiply_group_f16(float (&sums)[128], uint64_t a, uint64_t b, bool add) {
  multiply_group(sums, {a, b, kAcrossA, kAcrossB, add, &number_of<Half>});
}

}  // namespace
}  // namespace mark1::gpu

// Matrix units (tensor cores) as kernels see them: all 32 threads of a warp multiply a piece of two
// matrices together. The emulation has functions of the same names.
//
// Operands are words of 32 bits along k, two numbers of 16 bits or one of tensorfloat32: in words
// the fragments of m16n8k16 and m16n8k8 are the same (PTX ISA, "Matrix Fragments for mma.m16n8k16
// with floating point type" and "... mma.m16n8k8"). With g = lane / 4, t = lane % 4, a thread has
//
//   a[0..3]  rows g, g + 8, g, g + 8 of words t, t, t + 4, t + 4
//   b[0..1]  column g of words t, t + 4
//   c[0..3]  rows g, g, g + 8, g + 8 of columns 2t, 2t + 1, 2t, 2t + 1
//
// How a unit rounds its sums is its own affair: not that of numerics.md, and not the same on all
// generations (P. Xie et al.: MMA-Sim, arXiv 2511.10909). From run to run it is.
#pragma once

#include <cstdint>

#include "core/on_device.h"

#if defined(MARK1_EMULATION)
#include "cuda/emulation/matrix_units.h"
#else

namespace mark1::gpu {
namespace {

// Four matrices of 8 rows of 4 words in shared memory; lane l names row l % 8 of matrix l / 8. A
// thread gets word t of row g of each.
__device__ inline void load_matrices(uint32_t (&to)[4], const uint32_t* row) {
  const auto address = static_cast<uint32_t>(__cvta_generic_to_shared(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
               : "r"(address)
               : "memory");
}

#define MARK1_MULTIPLY(function, instruction)                                                   \
  __device__ inline void function(float (&c)[4], const uint32_t (&a)[4], const uint32_t* b) {   \
    asm volatile(instruction " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};" \
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])                               \
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));           \
  }

// c += a b: 16 rows, 8 columns, 8 words of k.
MARK1_MULTIPLY(multiply_bf16, "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32")
MARK1_MULTIPLY(multiply_f16, "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32")
MARK1_MULTIPLY(multiply_tf32, "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32")
#undef MARK1_MULTIPLY

}  // namespace
}  // namespace mark1::gpu

#endif

// Matrix units for float64 as kernels see them: all 32 threads of a warp multiply 16 x 8 by 8 x 8
// numbers together. The emulation has a function of the same name.
//
// The fragments are those of mma.m16n8k8 (PTX ISA, "Matrix Fragments for mma.m16n8k4, m16n8k8 and
// m16n8k16 with .f64"). With g = lane / 4, t = lane % 4, a thread has
//
//   a[0..3]  rows g, g + 8, g, g + 8 of k = t, t, t + 4, t + 4
//   b[0..1]  column g of k = t, t + 4
//   c[0..3]  rows g, g, g + 8, g + 8 of columns 2t, 2t + 1, 2t, 2t + 1
//
// What has been published says that a unit adds to c by a chain of fused multiply-adds, k
// ascending: the order of numerics.md (P. Xie et al.: MMA-Sim, arXiv 2511.10909; M. Fasi et al.:
// Numerical behavior of NVIDIA tensor cores, PeerJ Computer Science 7, 2021). No vendor promises
// it, so a device shows it before the units are used: ops/gemm/double_units.h.
#pragma once

#include <cstdint>

#include "core/on_device.h"

#if defined(MARK1_EMULATION)
#include "cuda/emulation/double_units.h"
#else

namespace mark1::gpu {
namespace {

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
// Hopper is at its full rate with this shape, which cuBLAS chooses there as well.
__device__ inline void multiply_double(double (&c)[4], const double (&a)[4], const double (&b)[2]) {
  asm("mma.sync.aligned.m16n8k8.row.col.f64.f64.f64.f64 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};"
      : "+d"(c[0]), "+d"(c[1]), "+d"(c[2]), "+d"(c[3])
      : "d"(a[0]), "d"(a[1]), "d"(a[2]), "d"(a[3]), "d"(b[0]), "d"(b[1]));
}
#else
// The only shape before it: 8 rows, 4 values of k.
__device__ inline void multiply_piece(double& c0, double& c1, double a, double b) {
  asm("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0, %1}, {%2}, {%3}, {%0, %1};"
      : "+d"(c0), "+d"(c1)
      : "d"(a), "d"(b));
}
__device__ inline void multiply_double(double (&c)[4], const double (&a)[4], const double (&b)[2]) {
  multiply_piece(c[0], c[1], a[0], b[0]);
  multiply_piece(c[2], c[3], a[1], b[0]);
  multiply_piece(c[0], c[1], a[2], b[1]);
  multiply_piece(c[2], c[3], a[3], b[1]);
}
#endif

// Why the current device's units are of no use to float64; null if they are. Where float64 is as
// rare as on cards for graphics, units for it are no faster.
inline const char* no_double_units() {
  int device = 0, major = 0, ratio = 0;
  const bool known =
      cudaGetDevice(&device) == cudaSuccess &&
      cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device) == cudaSuccess &&
      cudaDeviceGetAttribute(&ratio, cudaDevAttrSingleToDoublePrecisionPerfRatio, device) ==
          cudaSuccess;
  if (!known || major < 8) return "it has no matrix units for float64";
  return ratio > 2 ? "its matrix units are slow in float64" : nullptr;
}
// The device that is asked about.
inline int device_in_use() {
  int device = 0;
  return cudaGetDevice(&device) == cudaSuccess ? device : 0;
}

}  // namespace
}  // namespace mark1::gpu

#endif

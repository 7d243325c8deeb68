// Products of matrices of 16 bits that are summed in float32: what ops `bf16_gemm` and `f16_gemm`
// share. They differ in the order of their sums.
//
//   a, b  of 16 bits, shaped and transposed as those of op `gemm`
//   bias  (n) in float32, optional
//   y     (..., m, n) in float32, or rounded once to the dtype of a; never aliases an operand
#pragma once

#include "core/narrow.h"
#include "ops/gemm/gemm.h"

namespace mark1 {

struct NarrowGemmArgs {
  GemmArgs gemm;         // a and b narrow, bias float32; workspace: the team's, then its members'
  int64_t shared_bytes;  // of the workspace: the team's; of many products each member's as well
  bool narrow;           // y has 16 bits
};

struct NarrowGemmWorkspace {
  int64_t shared;  // once; of many products once per member
  int64_t member;
};

struct NarrowGemmKernels {
  Kernel<NarrowGemmArgs> run;
  NarrowGemmWorkspace (*workspace)(const NarrowGemmArgs& args);
};

struct NarrowGemmOptions {
  GemmOptions gemm;
  DType to;  // of y: that of the operands, or float32
};

// A product whose shapes have been found right: args lack only addresses.
struct NarrowProduct {
  const char* op;
  const Tensor& a;
  const Tensor& b;
  const Tensor* bias;
  Spec y;
  NarrowGemmArgs args;
};
using NarrowMultiply = Tensor (*)(NarrowProduct& product);

// Checks operands, which must have this dtype, and calls `multiply` unless the result is empty.
Tensor narrow_gemm(const char* op, DType dtype, const Tensor& a, const Tensor& b,
                   const Tensor* bias, const NarrowGemmOptions& options, NarrowMultiply multiply);
Tensor batched_narrow_gemm(const char* op, DType dtype, const Tensor& a, const Tensor& b,
                           const NarrowGemmOptions& options, NarrowMultiply multiply);

// Whether devices multiply float32 in tensorfloat32: rounded to 10 bits of fraction, on matrix
// units.
bool tensorfloat32();
void set_tensorfloat32(bool on);

// Multiplies by one of the kernels, on workspace that it finds.
Tensor launch_narrow(const NarrowGemmKernels& kernels, NarrowProduct& product);

}  // namespace mark1

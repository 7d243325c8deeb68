// bench: what the machine can do at most, measured beside the kernels in `python -m benchmarks`.
// Not an op: nothing here is called by training.
//
//   fma    chains of fused multiply-adds that never leave the registers: the arithmetic peak
//   copy   out[i] = x[i], plain or with non-temporal stores: the bandwidth of the memory
//   root   out[i] = 1 / (sqrt(x[i]) + 1): the one root and one division of an Adam step, without
//          its loads and multiplications
#pragma once

#include "core/kernel.h"
#include "core/tensor.h"
#include "ops/gemm/gemm.h"

namespace mark1 {

struct FmaArgs {
  const void* factors;  // two elements, so that no compiler knows them
  void* out;            // one element for each member of the team
  int64_t rounds;
};

struct StreamArgs {
  const void* x;
  void* out;
  int64_t n;
};

// Independent chains per round: two FMA units with a latency of 4 to 5 cycles need 8 to 10, and
// with two operands 14 of AVX2's 16 registers are in use.
inline constexpr int kFmaChains = 12;

struct BenchKernels {
  Kernel<FmaArgs> fma[2];  // float32, float64
  Kernel<StreamArgs> copy[2];
  Kernel<StreamArgs> stream[2];
  Kernel<StreamArgs> root[2];
  Kernel<GemmArgs> product[2];  // in chunks, in one chunk
  int64_t (*product_bytes)(const GemmArgs& args);
  int width[2];  // elements of a vector
};

// Floating-point operations done by `rounds` rounds on all threads.
double bench_fma(DType dtype, int64_t rounds);
// Writes into `out`, which must have x's size and dtype.
void bench_copy(const Tensor& x, Tensor& out, bool non_temporal);
void bench_root(const Tensor& x, Tensor& out);
// out = x @ w; `workspace` comes from bench_product_workspace. Few rows and columns, or an x whose
// rows are multiples of 1 KB, are not what it is for.
Tensor bench_product_workspace(const Tensor& x, const Tensor& w);
void bench_product(const Tensor& x, const Tensor& w, Tensor& out, Tensor& workspace,
                   bool one_chunk);

}  // namespace mark1

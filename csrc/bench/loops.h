// The loops of bench, compiled for each instruction set.
#pragma once

#include "bench/bench.h"
#if !defined(MARK1_ISA_reference)
#include "ops/gemm/member.h"
#endif
#include "simd/simd.h"

namespace mark1 {
namespace MARK1_ISA {

extern const BenchKernels bench_kernels;

namespace {

template <class T>
void fma_chains(const FmaArgs& args, const Team& team) {
  const auto* factors = static_cast<const T*>(args.factors);
  const Vec<T> a(factors[0]);
  const Vec<T> b(factors[1]);
  Vec<T> sums[kFmaChains];
  for (int i = 0; i < kFmaChains; ++i) sums[i] = Vec<T>(static_cast<T>(i));
  for (int64_t round = 0; round < args.rounds; ++round) {
    for (int i = 0; i < kFmaChains; ++i) sums[i] = fma(sums[i], a, b);
  }
  for (int i = 1; i < kFmaChains; ++i) sums[0] = sums[0] + sums[i];
  sums[0].store(static_cast<T*>(args.out) + team.rank, 1);
}

template <class T>
void copy(const StreamArgs& args, const Team& team) {
  constexpr int w = Vec<T>::width;
  const auto* x = static_cast<const T*>(args.x);
  auto* out = static_cast<T*>(args.out);
  const Range range = static_range(args.n, 4 * w, team);
  int64_t i = range.begin;
  for (; i + 4 * w <= range.end; i += 4 * w) {
    const Vec<T> a = Vec<T>::load(x + i), b = Vec<T>::load(x + i + w);
    const Vec<T> c = Vec<T>::load(x + i + 2 * w), d = Vec<T>::load(x + i + 3 * w);
    a.store(out + i);
    b.store(out + i + w);
    c.store(out + i + 2 * w);
    d.store(out + i + 3 * w);
  }
  for (; i < range.end; ++i) out[i] = x[i];
}

template <class T>
void stream(const StreamArgs& args, const Team& team) {
  constexpr int w = Vec<T>::width;
  const auto* x = static_cast<const T*>(args.x);
  auto* out = static_cast<T*>(args.out);
  const Range range = static_range(args.n, 4 * w, team);
  int64_t i = range.begin;
  for (; i + 4 * w <= range.end; i += 4 * w) {
    Vec<T>::load(x + i).stream(out + i);
    Vec<T>::load(x + i + w).stream(out + i + w);
    Vec<T>::load(x + i + 2 * w).stream(out + i + 2 * w);
    Vec<T>::load(x + i + 3 * w).stream(out + i + 3 * w);
  }
  for (; i < range.end; ++i) out[i] = x[i];
#if defined(__x86_64__)
  __builtin_ia32_sfence();
#endif
}

template <class T>
void root(const StreamArgs& args, const Team& team) {
  constexpr int w = Vec<T>::width;
  const auto* x = static_cast<const T*>(args.x);
  auto* out = static_cast<T*>(args.out);
  const Vec<T> one(T(1));
  const Range range = static_range(args.n, w, team);
  for (int64_t i = range.begin; i < range.end; i += w) {
    const int64_t rest = range.end - i;
    if (rest >= w) {
      (one / (sqrt(Vec<T>::load(x + i)) + one)).store(out + i);
    } else {
      const int count = static_cast<int>(rest);
      (one / (sqrt(Vec<T>::load(x + i, count)) + one)).store(out + i, count);
    }
  }
}

#if defined(MARK1_ISA_reference)
// Without vectors there are no tiles whose borders could cost anything.
template <bool one_chunk>
void product(const GemmArgs&, const Team&) {}

int64_t product_bytes(const GemmArgs&) {
  return 0;
}
#else
int64_t product_bytes(const GemmArgs& args) {
  return Workspace<float>(problem_of<float>(args), args.k > kGemmChunk ? args.k : kGemmChunk)
      .bytes();
}

template <bool one_chunk>
void product(const GemmArgs& args, const Team&) {
  const Problem<float> p = problem_of<float>(args);
  const Plan plan = make_plan(p, p.m, p.n);
  const int64_t chunk = one_chunk && p.k > kGemmChunk ? p.k : kGemmChunk;
  const Member<float> member(p, plan, static_cast<float*>(args.workspace), chunk);
  member.run({{0, p.m}, {0, p.n}});
}
#endif

}  // namespace

const BenchKernels bench_kernels = {
    {make_kernel<FmaArgs, &fma_chains<float>>(), make_kernel<FmaArgs, &fma_chains<double>>()},
    {make_kernel<StreamArgs, &copy<float>>(), make_kernel<StreamArgs, &copy<double>>()},
    {make_kernel<StreamArgs, &stream<float>>(), make_kernel<StreamArgs, &stream<double>>()},
    {make_kernel<StreamArgs, &root<float>>(), make_kernel<StreamArgs, &root<double>>()},
    {make_kernel<GemmArgs, &product<false>>(), make_kernel<GemmArgs, &product<true>>()},
    &product_bytes,
    {Vec<float>::width, Vec<double>::width},
};

}  // namespace MARK1_ISA
}  // namespace mark1

// accumulate over any vector width: row_sum is the row rule.
#pragma once

#include "ops/accumulate/accumulate.h"
#include "simd/row_sum.h"

namespace mark1 {
namespace MARK1_ISA {

extern const AccumulateKernels accumulate_kernels;

namespace {

template <class T, class Total>
MARK1_DEVICE void accumulate(const AccumulateArgs& args, const Team& team) {
  if (team.rank != 0) return;
  const auto* values = static_cast<const T*>(args.values);
  const auto* weights = static_cast<const T*>(args.weights);
  auto* total = static_cast<Total*>(args.total);
  const auto value = [values](int64_t i, int count) { return Vec<T>::load(values + i, count); };
  const auto weight = [weights](int64_t i, int count) { return Vec<T>::load(weights + i, count); };
  if (weights) {
    const T sum = row_sum(args.n, [&](int64_t i, int c) { return value(i, c) * weight(i, c); });
    total[0] += static_cast<Total>(sum);
    total[1] += static_cast<Total>(row_sum(args.n, weight));
  } else {
    total[0] += static_cast<Total>(row_sum(args.n, value));
    total[1] += static_cast<Total>(args.n);
  }
}

template <class T, class Total>
constexpr Kernel<AccumulateArgs> kernel() {
  return make_kernel<AccumulateArgs, &accumulate<T, Total>>();
}

}  // namespace

const AccumulateKernels accumulate_kernels = {{
    {kernel<float, float>(), kernel<float, double>()},
    {kernel<double, float>(), kernel<double, double>()},
}};

}  // namespace MARK1_ISA
}  // namespace mark1

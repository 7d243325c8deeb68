// ln(1 + e^x) = max(x, 0) + ln(1 + e) with e = e^-|x| in [0, 1].
// float: ln(1 + e) = e - e^2 Q(e), Q of degree 8, minimax (Remez) relative error 2^-27.4.
// double: log1p.h without its special cases.
// Largest error: 1.83 ulp (float, all inputs), 1.55 ulp (double, 3 million inputs).
#pragma once

#include "math/exp.h"
#include "math/log1p.h"

namespace mark1::MARK1_ISA {
namespace {

template <class V>
MARK1_DEVICE inline V softplus(V x) {
  const V e = exp_nonpositive(-abs(x));
  const V positive = max_or_first(x, V(0));
  if constexpr (is_single<V>) {
    const V q = horner(e, 0x1.ffffd2p-2, -0x1.554ddp-2, 0x1.ff2444p-3, -0x1.934f86p-3,
                       0x1.3a5636p-3, -0x1.b50408p-4, 0x1.d78464p-5, -0x1.4a2466p-6, 0x1.b1701ep-9);
    return positive + fma(e * e, -q, e);
  } else {
    const V u = V(1) + e;
    return positive + log_of_sum(u, e - (u - V(1)));
  }
}

}  // namespace
}  // namespace mark1::MARK1_ISA

// sin x and cos x: x = n pi/2 + r, |r| <= pi/4, then a polynomial in r^2 chosen by n mod 4.
// Below |x| = 2^20, pi/2 is subtracted in three parts (Cody & Waite, 1980), the first step exactly,
// and what the second loses is carried along; from there on n and r come from an integer product
// with the bits of 2/pi that matter for x (Payne & Hanek, SIGNUM Newsletter 18, 1983), lane by
// lane, so that every finite x is right. Minimax (Remez) relative errors: float sine 2^-27.9,
// cosine 2^-32.9; double 2^-57.9 and 2^-63.8.
// Largest error: 1.56 ulp (float, all inputs), 1.47 ulp (double, 3 million inputs).
#pragma once

#include "math/polynomial.h"

namespace mark1::MARK1_ISA {
namespace {

// Replaces x = mantissa * 2^exponent >= 2^20 by r and returns n mod 4.
MARK1_DEVICE inline int payne_hanek(uint64_t mantissa, int exponent, uint64_t* r, int* r_exponent) {
  // 2/pi to 1,280 bits after a word of zeros.
  static constexpr uint64_t two_over_pi[] = {0,
                                             0xa2f9836e4e441529,
                                             0xfc2757d1f534ddc0,
                                             0xdb6295993c439041,
                                             0xfe5163abdebbc561,
                                             0xb7246e3a424dd2e0,
                                             0x06492eea09d1921c,
                                             0xfe1deb1cb129a73e,
                                             0xe88235f52ebb4484,
                                             0xe99c7026b45f7e41,
                                             0x3991d639835339f4,
                                             0x9c845f8bbdf9283b,
                                             0x1ff897ffde05980f,
                                             0xef2f118b5a0a6d1f,
                                             0x6d367ecf27cb09b7,
                                             0x4f463f669e5fea2d,
                                             0x7527bac7ebe5f17b,
                                             0x3d0739f78a5292ea,
                                             0x6bfb5fb11f8d5d08,
                                             0x56033046fc7b6bab,
                                             0xf0cfbc209af4361d};
  // Bits of 2/pi before `offset` only add multiples of 4 to n; 192 bits from there are enough.
  const int offset = exponent + 62, word = offset / 64, shift = offset % 64;
  uint64_t window[3];
  for (int k = 0; k < 3; ++k) {
    window[k] = two_over_pi[word + k] << shift;
    if (shift > 0) window[k] |= two_over_pi[word + k + 1] >> (64 - shift);
  }
  using Wide = unsigned __int128;
  const Wide low = Wide(mantissa) * window[2];
  const Wide middle = Wide(mantissa) * window[1] + uint64_t(low >> 64);
  uint64_t part[3] = {mantissa * window[0] + uint64_t(middle >> 64), uint64_t(middle),
                      uint64_t(low)};
  // n is the top two bits, rounded; the rest is the signed fraction of pi/2.
  const uint64_t n = (part[0] + (uint64_t(1) << 61)) >> 62;
  part[0] -= n << 62;
  const bool negative = int64_t(part[0]) < 0;
  if (negative) {
    for (uint64_t& p : part) p = ~p;
    if (++part[2] == 0 && ++part[1] == 0) ++part[0];
  }
  int zeros = 0;
  while (part[0] == 0 && zeros < 128) {
    part[0] = part[1];
    part[1] = part[2];
    part[2] = 0;
    zeros += 64;
  }
  if (part[0] != 0) {
    const int more = __builtin_clzll(part[0]);
    if (more > 0) part[0] = part[0] << more | part[1] >> (64 - more);
    zeros += more;
  }
  *r = uint64_t(Wide(part[0]) * 0xc90fdaa22168c234 >> 64);  // times pi/2 * 2^63
  *r_exponent = -61 - zeros;
  return int(n) | (negative ? 4 : 0);
}

template <class V>
struct Quadrant {
  V r, rest;          // the reduced argument is r + rest
  typename V::Int n;  // only n mod 4 counts
};

template <class V>
[[gnu::noinline, gnu::cold]] MARK1_DEVICE inline Quadrant<V> reduce_large(V x, Quadrant<V> small) {
  using T = typename V::Scalar;
  using I = typename V::Int::Scalar;
  constexpr int mantissa_bits = is_single<V> ? 23 : 52;
  constexpr int bias = is_single<V> ? 127 : 1023;
  I pattern[V::width], n[V::width];
  T r[V::width], rest[V::width];
  bits(x).store(pattern);
  small.n.store(n);
  small.r.store(r);
  small.rest.store(rest);
  for (int i = 0; i < V::width; ++i) {
    const int biased = int(pattern[i] >> mantissa_bits) & (2 * bias + 1);
    if (biased < bias + 20) continue;
    rest[i] = 0;
    if (biased == 2 * bias + 1) {
      r[i] = T(__builtin_nan(""));
      continue;
    }
    const uint64_t hidden = uint64_t(1) << mantissa_bits;
    uint64_t magnitude;
    int exponent;
    const int q = payne_hanek((uint64_t(pattern[i]) & (hidden - 1)) | hidden,
                              biased - bias - mantissa_bits, &magnitude, &exponent);
    const T scale = __builtin_bit_cast(T, I(I(exponent + bias) << mantissa_bits));
    r[i] = T(magnitude) * scale;
    if (((q & 4) != 0) != (pattern[i] < 0)) r[i] = -r[i];
    n[i] = pattern[i] < 0 ? -(q & 3) : (q & 3);
  }
  return {V::load(r), V::load(rest), V::Int::load(n)};
}

template <class V>
MARK1_DEVICE inline Quadrant<V> reduce(V x) {
  constexpr bool f = is_single<V>;
  const V shift(f ? 0x1.8p23 : 0x1.8p52);
  const V shifted = fma(x, V(f ? 0x1.45f306p-1 : 0x1.45f306dc9c883p-1), shift), n = shifted - shift;
  const V second(f ? -0x1.4442dp-24 : -0x1.1a62633145c06p-54);
  const V first = fma(n, V(f ? -0x1.921fb4p+0 : -0x1.921fb54442d18p+0), x);
  // The product and the difference with their rounding errors (Knuth's two-sum).
  const V product = n * second, r = first + product, back = r - first;
  const V lost = fma(n, second, -product) + ((first - (r - back)) + (product - back));
  const V rest = fma(n, V(f ? -0x1.846988p-48 : -0x1.c1cd129024e08p-107), lost);
  const Quadrant<V> q{r, rest, bits(shifted)};
  const auto moderate = abs(x) < V(0x1p20f);
  if (__builtin_expect(!all(moderate), 0)) return reduce_large(x, q);
  return q;
}

// sin(r + n pi/2).
template <class V>
MARK1_DEVICE inline V sine_in_quadrant(Quadrant<V> q) {
  using Int = typename V::Int;
  const V r = q.r, z = r * r;
  V s, c;
  if constexpr (is_single<V>) {
    s = horner(z, -0x1.555546p-3, 0x1.110778p-7, -0x1.99538p-13);
    c = horner(z, -0.5, 0x1.55554ap-5, -0x1.6c0c26p-10, 0x1.99e714p-16);
  } else {
    s = horner(z, -0x1.5555555555549p-3, 0x1.111111110f87ep-7, -0x1.a01a019c0e212p-13,
               0x1.71de357265ffcp-19, -0x1.ae5e60b89c09ap-26, 0x1.5d9118e29987dp-33);
    c = horner(z, -0.5, 0x1.555555555554ap-5, -0x1.6c16c16c14e00p-10, 0x1.a01a019c5c3afp-16,
               -0x1.27e4f7cd35070p-22, 0x1.1ee9c339c1d6ap-29, -0x1.8f99cedc04045p-37);
  }
  // sin(r + rest) = sin r + rest, cos(r + rest) = cos r - r rest, to first order.
  const V sine = r + fma(r * z, s, q.rest), cosine = V(1) + fma(z, c, -r * q.rest);
  const V y = select((q.n & Int(1)) == Int(0), sine, cosine);
  constexpr int to_sign = is_single<V> ? 30 : 62;
  return from_bits(bits(y) ^ ((q.n & Int(2)) << to_sign));
}

template <class V>
MARK1_DEVICE inline V sin(V x) {
  return select(x == V(0), x, sine_in_quadrant(reduce(x)));
}

template <class V>
MARK1_DEVICE inline V cos(V x) {
  const Quadrant<V> q = reduce(x);
  return sine_in_quadrant(Quadrant<V>{q.r, q.rest, q.n + typename V::Int(1)});
}

}  // namespace
}  // namespace mark1::MARK1_ISA

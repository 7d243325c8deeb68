// The kernels of all activations and their table.
#pragma once

#include "ops/activation/loops.h"
#include "simd/stream.h"

namespace mark1::MARK1_ISA {
namespace {

template <class A, class T>
void forward(const ActivationArgs& args, const Team& team) {
  const Range r = static_range(args.n, 64, team);
  const T* x = static_cast<const T*>(args.saved) + r.begin;
  T* y = static_cast<T*>(args.out) + r.begin;
  write_blocks(y, r.end - r.begin, args.stream, [&](T* to, int64_t i, int64_t count) {
    value_loop<A>(x + i, to, count, args.parameters);
  });
}

template <class A, class T>
void backward(const ActivationArgs& args, const Team& team) {
  const Range r = static_range(args.n, 64, team);
  const T* saved = static_cast<const T*>(args.saved) + r.begin;
  const T* dy = static_cast<const T*>(args.dy) + r.begin;
  T* dx = static_cast<T*>(args.out) + r.begin;
  write_blocks(dx, r.end - r.begin, args.stream, [&](T* to, int64_t i, int64_t count) {
    slope_loop<A>(saved + i, dy + i, to, count, args.parameters);
  });
}

template <class A, class T>
void second(const ActivationArgs& args, const Team& team) {
  using V = Vec<T>;
  const Range r = static_range(args.n, 64, team);
  const Parameters<V> parameters = broadcast_parameters<V>(args.parameters);
  const T* saved = static_cast<const T*>(args.saved) + r.begin;
  const T* dy = static_cast<const T*>(args.dy) + r.begin;
  const T* g = static_cast<const T*>(args.g) + r.begin;
  T* out = static_cast<T*>(args.out) + r.begin;
  for_each_vector<V>(r.end - r.begin, [&](int64_t i, int count) {
    const V bend = A::bend(V::load(saved + i, count), parameters);
    (V::load(g + i, count) * V::load(dy + i, count) * bend).store(out + i, count);
  });
}

template <class A, class T>
void rows_in_place(void* data, int64_t ld, int64_t rows, int64_t cols, double alpha) {
  const ActivationParameters parameters{alpha, 0, 0};
  // Rows that follow each other are one long one.
  if (ld == cols) {
    cols *= rows;
    rows = 1;
  }
  for (int64_t r = 0; r < rows; ++r) {
    T* y = static_cast<T*>(data) + r * ld;
    value_loop<A>(static_cast<const T*>(y), y, cols, parameters);
  }
}

template <class A>
constexpr ActivationEntry make_entry() {
  using Args = ActivationArgs;
  return {A::name,
          A::over_y,
          A::cost,
          A::slope_cost,
          {make_kernel<Args, &forward<A, float>>(), make_kernel<Args, &forward<A, double>>()},
          {make_kernel<Args, &backward<A, float>>(), make_kernel<Args, &backward<A, double>>()},
          {make_kernel<Args, &second<A, float>>(), make_kernel<Args, &second<A, double>>()},
          {&rows_in_place<A, float>, &rows_in_place<A, double>}};
}

#define MARK1_ENTRY(name) make_entry<name>(),
constexpr ActivationEntry entries[] = {MARK1_ACTIVATIONS(MARK1_ENTRY)};
#undef MARK1_ENTRY

}  // namespace

extern const ActivationKernels activation_kernels;
const ActivationKernels activation_kernels = {entries, int(sizeof(entries) / sizeof(entries[0]))};

}  // namespace mark1::MARK1_ISA

// broadcast with vectors for floats; integers take the plain loop, which compilers vectorise.
#include "simd/simd.h"
#include "ops/broadcast/walk.h"

namespace mark1 {
namespace MARK1_ISA {

extern const BroadcastKernels broadcast_kernels;

namespace {

// One operand of a row: consecutive elements, or a single one repeated.
template <class T, bool kRepeat>
struct Operand {
  const T* data;
  Vec<T> repeated;

  explicit Operand(const T* start) : data(start), repeated(*start) {}
  Vec<T> at(int64_t i) const { return kRepeat ? repeated : Vec<T>::load(data + i); }
  Vec<T> at(int64_t i, int count) const {
    return kRepeat ? repeated : Vec<T>::load(data + i, count);
  }
};

template <class Op, bool kRepeatX, bool kRepeatY, class T>
void row_loop(const T* x_data, const T* y_data, T* out, int64_t n) {
  constexpr int w = Vec<T>::width;
  const Operand<T, kRepeatX> x(x_data);
  const Operand<T, kRepeatY> y(y_data);
  int64_t i = 0;
  // Four independent vectors hide the latency of loads from L2.
  for (; i + 4 * w <= n; i += 4 * w) {
    const Vec<T> a = Op::of(x.at(i), y.at(i));
    const Vec<T> b = Op::of(x.at(i + w), y.at(i + w));
    const Vec<T> c = Op::of(x.at(i + 2 * w), y.at(i + 2 * w));
    const Vec<T> d = Op::of(x.at(i + 3 * w), y.at(i + 3 * w));
    a.store(out + i);
    b.store(out + i + w);
    c.store(out + i + 2 * w);
    d.store(out + i + 3 * w);
  }
  for (; i + w <= n; i += w) Op::of(x.at(i), y.at(i)).store(out + i);
  const int rest = static_cast<int>(n - i);
  if (rest > 0) Op::of(x.at(i, rest), y.at(i, rest)).store(out + i, rest);
}

template <class Op, class T>
void binary(const BroadcastArgs& args, const Team& team) {
  walk_rows<T>(args, team, [](const T* x, const T* y, T* out, int64_t n, int64_t xs, int64_t ys) {
    if (n <= 0) return;
    if (xs != 0 && ys != 0) {
      row_loop<Op, false, false>(x, y, out, n);
    } else if (ys == 0 && xs != 0) {
      row_loop<Op, false, true>(x, y, out, n);
    } else if (xs == 0 && ys != 0) {
      row_loop<Op, true, false>(x, y, out, n);
    } else {
      row_loop<Op, true, true>(x, y, out, n);
    }
  });
}

template <class Op, class T>
constexpr Kernel<BroadcastArgs> kernel() {
  return make_kernel<BroadcastArgs, &binary<Op, T>>();
}

}  // namespace

#define MARK1_ROW(Op)           \
  {{nullptr},                   \
   plain_kernel<Op, uint8_t>(), \
   plain_kernel<Op, int32_t>(), \
   plain_kernel<Op, int64_t>(), \
   kernel<Op, float>(),         \
   kernel<Op, double>()}

const BroadcastKernels broadcast_kernels = {{
    MARK1_ROW(Add),
    MARK1_ROW(Subtract),
    MARK1_ROW(Multiply),
    {{nullptr}, {nullptr}, {nullptr}, {nullptr}, kernel<Divide, float>(), kernel<Divide, double>()},
}};

}  // namespace MARK1_ISA
}  // namespace mark1

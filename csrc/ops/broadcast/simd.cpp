// broadcast with vectors for floats; integers take the plain loop, which compilers vectorise.
#include "ops/broadcast/formulas.h"
#include "ops/broadcast/table.h"

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

// kStream: out is aligned to whole vectors and written past the caches.
template <class Op, bool kRepeatX, bool kRepeatY, bool kStream, class T>
void row_loop(const T* x_data, const T* y_data, T* out, int64_t n) {
  constexpr int w = Vec<T>::width;
  const Operand<T, kRepeatX> x(x_data);
  const Operand<T, kRepeatY> y(y_data);
  int64_t i = 0;
  // Four independent vectors hide the latency of loads from L2.
  for (; !Op::heavy && i + 4 * w <= n; i += 4 * w) {
    if constexpr (!kStream && w * sizeof(T) == 64) {
      // The lines of the next round's stores, 1 to 2 % on a Zen 4 in any cache; 256-bit stores do
      // without.
      for (int j = 4; j < 8; ++j) __builtin_prefetch(out + i + j * w, 1);
    }
    const Vec<T> a = Op::of(x.at(i), y.at(i));
    const Vec<T> b = Op::of(x.at(i + w), y.at(i + w));
    const Vec<T> c = Op::of(x.at(i + 2 * w), y.at(i + 2 * w));
    const Vec<T> d = Op::of(x.at(i + 3 * w), y.at(i + 3 * w));
    if constexpr (kStream) {
      a.stream(out + i);
      b.stream(out + i + w);
      c.stream(out + i + 2 * w);
      d.stream(out + i + 3 * w);
    } else {
      a.store(out + i);
      b.store(out + i + w);
      c.store(out + i + 2 * w);
      d.store(out + i + 3 * w);
    }
  }
  for (; i + w <= n; i += w) Op::of(x.at(i), y.at(i)).store(out + i);
  const int rest = static_cast<int>(n - i);
  if (rest > 0) Op::of(x.at(i, rest), y.at(i, rest)).store(out + i, rest);
}

template <class Op, bool kStream, class T>
inline void row(const T* x, const T* y, T* out, int64_t n, int64_t x_step, int64_t y_step) {
  if (x_step != 0 && y_step != 0) {
    row_loop<Op, false, false, kStream>(x, y, out, n);
  } else if (x_step != 0) {
    row_loop<Op, false, true, kStream>(x, y, out, n);
  } else if (y_step != 0) {
    row_loop<Op, true, false, kStream>(x, y, out, n);
  } else {
    row_loop<Op, true, true, kStream>(x, y, out, n);
  }
}

// Rows shorter than this are laid out one behind the other before the arithmetic. Measured on
// (N, n) + (N, 1): at n = 3 six times as fast as a loop per row, at n = 64 no difference.
constexpr int64_t short_row = 64;
constexpr int64_t block_size = 1024;

// Where `rows` rows of an operand lie one behind the other: at x itself, or copied to `buffer`,
// which has room for one vector more because rows are written by whole vectors, ascending.
template <class T>
inline const T* lay_out(const T* x, int64_t near, int64_t step, int64_t rows, int64_t n,
                        T* buffer) {
  if (step == 1 && near == n) return x;
  constexpr int w = Vec<T>::width;
  T* to = buffer;
  for (int64_t r = 0; r < rows; ++r, x += near, to += n) {
    if (step == 0) {
      const Vec<T> value(*x);
      for (int64_t i = 0; i < n; i += w) value.store(to + i);
    } else {
      for (int64_t i = 0; i < n; ++i) to[i] = x[i];
    }
  }
  return buffer;
}

template <class Op, class T>
void short_rows(const Plane<T, T>& p) {
  alignas(64) T x_buffer[block_size + Vec<T>::width];
  alignas(64) T y_buffer[block_size + Vec<T>::width];
  const int64_t n = p.count;
  const int64_t block = block_size / n;
  const T* x = nullptr;
  const T* y = nullptr;
  for (int64_t r = 0; r < p.rows; r += block) {
    const int64_t rows = p.rows - r < block ? p.rows - r : block;
    // What is the same for all rows is laid out once; the last block may be shorter.
    if (p.x_near != 0 || r == 0) {
      x = lay_out(p.x + r * p.x_near, p.x_near, p.x_step, rows, n, x_buffer);
    }
    if (p.y_near != 0 || r == 0) {
      y = lay_out(p.y + r * p.y_near, p.y_near, p.y_step, rows, n, y_buffer);
    }
    row_loop<Op, false, false, false>(x, y, p.out + r * n, rows * n);
  }
}

template <class Op, class T>
void binary(const BroadcastArgs& args, const Team& team) {
  const bool stream = args.stream && !Op::heavy;
  walk_planes<T, T>(args, team, [stream](const Plane<T, T>& p) {
    if (p.count <= 0) return;
    if (p.rows > 1 && p.count < short_row) return short_rows<Op>(p);
    for (int64_t r = 0; r < p.rows; ++r) {
      const T* x = p.x + r * p.x_near;
      const T* y = p.y + r * p.y_near;
      T* out = p.out + r * p.count;
      if (stream && reinterpret_cast<uintptr_t>(out) % 64 == 0) {
        row<Op, !Op::heavy>(x, y, out, p.count, p.x_step, p.y_step);
      } else {
        row<Op, false>(x, y, out, p.count, p.x_step, p.y_step);
      }
    }
  });
  // Stores past the caches are not ordered by what tells the team that this member is done.
  if (stream) __builtin_ia32_sfence();
}

template <class Op, class T>
constexpr Kernel<BroadcastArgs> kernel() {
  return make_kernel<BroadcastArgs, &binary<Op, T>>();
}

}  // namespace

const BroadcastKernels broadcast_kernels = MARK1_BROADCAST_TABLE(plain_kernel, kernel);

}  // namespace MARK1_ISA
}  // namespace mark1

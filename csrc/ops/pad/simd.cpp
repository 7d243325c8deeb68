// pad by rows of the last axis: what is in front, a run of x, what is behind.
#include "ops/pad/places.h"
#include "simd/move.h"

namespace mark1 {
namespace MARK1_ISA {

extern const PadKernels pad_kernels;

namespace {

template <class T>
inline void fill(T* out, int64_t n, T value) {
  for (int64_t i = 0; i < n; ++i) out[i] = value;
}

// Elements [begin, end) of a row of the output, `x` being the row that it shows.
template <class T>
void pad_row(const PadArgs& args, const T* x, T* out, int64_t begin, int64_t end) {
  const int last = args.rank - 1;
  const int64_t b = args.block, n = args.shape[last];
  const int64_t front = args.before[last] * b, back = front + n * b;
  const auto edge = [&](int64_t from, int64_t to) {
    if (args.mode == PadMode::kConstant) {
      if (from < to) fill(out + from, to - from, static_cast<T>(args.pattern));
      return;
    }
    for (int64_t i = from; i < to;) {
      const int64_t at = source(args.mode, i / b, args.before[last], n) * b + i % b;
      const int64_t run = b - i % b < to - i ? b - i % b : to - i;
      for (int64_t k = 0; k < run; ++k) out[i + k] = x[at + k];
      i += run;
    }
  };
  edge(begin, end < front ? end : front);
  const int64_t first = begin > front ? begin : front, stop = end < back ? end : back;
  if (first < stop) {
    move_bytes(reinterpret_cast<char*>(out + first),
               reinterpret_cast<const char*>(x + (first - front)),
               (stop - first) * static_cast<int64_t>(sizeof(T)), args.stream);
  }
  edge(begin > back ? begin : back, end);
}

template <class T>
void pad(const PadArgs& args, const Team& team) {
  const int last = args.rank - 1;
  int64_t sizes[Shape::kMaxRank];
  int64_t rows = 1;
  for (int a = 0; a < args.rank; ++a) {
    sizes[a] = args.before[a] + args.shape[a] + args.after[a];
    if (a < last) rows *= sizes[a];
  }
  const int64_t width = sizes[last] * args.block;
  const int64_t x_width = args.shape[last] * args.block;
  const Range share = static_range(rows * width, 64, team);
  int64_t row = share.begin / width;
  int64_t at[Shape::kMaxRank];  // the row's position along the other axes
  for (int64_t a = last - 1, rest = row; a >= 0; --a) {
    at[a] = rest % sizes[a];
    rest /= sizes[a];
  }
  for (; row * width < share.end; ++row) {
    int64_t from = 0;
    for (int a = 0; a < last && from >= 0; ++a) {
      const int64_t place = source(args.mode, at[a], args.before[a], args.shape[a]);
      from = place < 0 ? -1 : from * args.shape[a] + place;
    }
    const int64_t before = row * width;
    const int64_t begin = share.begin > before ? share.begin - before : 0;
    const int64_t end = share.end - before < width ? share.end - before : width;
    T* out = static_cast<T*>(args.out) + before;
    if (from < 0) {
      fill(out + begin, end - begin, static_cast<T>(args.pattern));
    } else {
      pad_row(args, static_cast<const T*>(args.x) + from * x_width, out, begin, end);
    }
    for (int a = last - 1; a >= 0 && ++at[a] == sizes[a]; --a) at[a] = 0;
  }
  end_stream(args.stream);
}

}  // namespace

const PadKernels pad_kernels = {{
    make_kernel<PadArgs, &pad<uint8_t>>(),
    make_kernel<PadArgs, &pad<uint32_t>>(),
    make_kernel<PadArgs, &pad<uint64_t>>(),
}};

}  // namespace MARK1_ISA
}  // namespace mark1

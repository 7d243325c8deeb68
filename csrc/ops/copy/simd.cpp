// copy by runs: rows that are contiguous in x, single elements repeated, or tiles of a
// transposition.
#include "ops/copy/paste.h"
#include "simd/move.h"

namespace mark1 {
namespace MARK1_ISA {

extern const CopyKernels copy_kernels;

namespace {

// Offset in x of position `index` of the axes [0, axes).
inline int64_t offset_of(const CopyArgs& args, int axes, int64_t index) {
  int64_t offset = 0;
  for (int axis = axes - 1; axis >= 0; --axis) {
    offset += index % args.shape[axis] * args.strides[axis];
    index /= args.shape[axis];
  }
  return offset;
}

// The vector that moves elements of T, and how many columns its transposing load fills.
template <class T>
struct Mover {
  static constexpr int columns = 0;
};
template <>
struct Mover<uint32_t> {
  using Real = float;
  static constexpr int columns = 4;
};
template <>
struct Mover<uint64_t> {
  using Real = double;
  static constexpr int columns = 2;
};

template <class T>
inline void copy_row(const T* x, int64_t stride, T* out, int64_t n, bool stream) {
  if (stride == 1 && n >= 64) {
    move_bytes(reinterpret_cast<char*>(out), reinterpret_cast<const char*>(x),
               n * static_cast<int64_t>(sizeof(T)), stream);
  } else if (stride == 1) {
    for (int64_t i = 0; i < n; ++i) out[i] = x[i];
  } else if (stride == 0) {
    const T value = *x;
    for (int64_t i = 0; i < n; ++i) out[i] = value;
  } else {
    int64_t i = 0;
    if constexpr (Mover<T>::columns > 0) {
      using Real = typename Mover<T>::Real;
      constexpr int w = Vec<Real>::width;
      for (; stride == -1 && i + w <= n; i += w) {
        // Shuffles and moves keep every bit, also those of NaN.
        reversed(Vec<Real>::load(reinterpret_cast<const Real*>(x - i - (w - 1))))
            .store(reinterpret_cast<Real*>(out + i));
      }
    }
    for (; i < n; ++i) out[i] = x[i * stride];
  }
}

// Each of n elements `times` times.
template <int times, class T>
inline void spread(const T* x, T* out, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    const T value = x[i];
    for (int k = 0; k < times; ++k) out[i * times + k] = value;
  }
}

// Rows of the last axis, this member's share of them; an odometer over the other axes.
template <class T>
void copy_rows(const CopyArgs& args, const Team& team) {
  const int inner = args.rank - 1;
  const int64_t n = args.shape[inner];
  const int64_t stride = args.strides[inner];
  const auto* x = static_cast<const T*>(args.x);
  auto* out = static_cast<T*>(args.out);
  if (inner == 0) {
    const Range range = static_range(n, 64, team);
    copy_row(x + range.begin * stride, stride, out + range.begin, range.end - range.begin,
             args.stream);
    end_stream(args.stream);
    return;
  }
  int64_t rows = 1;
  for (int axis = 0; axis < inner; ++axis) rows *= args.shape[axis];
  const Range range = static_range(rows, 1, team);
  const int near = inner - 1;
  for (int64_t r = range.begin; r < range.end;) {
    // One stretch of the axis next to the last: only its stride is added.
    const int64_t position = r % args.shape[near];
    int64_t stretch = args.shape[near] - position;
    if (stretch > range.end - r) stretch = range.end - r;
    const T* from = x + offset_of(args, inner, r);
    if (stride == 0 && args.strides[near] == 1 && n >= 2 && n <= 4) {
      if (n == 2) spread<2>(from, out + r * n, stretch);
      if (n == 3) spread<3>(from, out + r * n, stretch);
      if (n == 4) spread<4>(from, out + r * n, stretch);
    } else {
      for (int64_t i = 0; i < stretch; ++i) {
        copy_row(from + i * args.strides[near], stride, out + (r + i) * n, n, args.stream);
      }
    }
    r += stretch;
  }
  end_stream(args.stream);
}

// Tile side: 16 lines of 64 bytes on both sides stay in the first-level cache.
constexpr int64_t tile = 16;
// Rows of out in one task: of each page of x that is touched, four lines are used.
constexpr int64_t band = 64;

// out[i * out_stride + j] = x[i + j * stride] for i < m, j < n, both at most `tile`.
template <class T>
inline void copy_tile(const T* x, int64_t stride, T* out, int64_t out_stride, int64_t m,
                      int64_t n) {
  int64_t i = 0;
  if constexpr (Mover<T>::columns > 0) {
    using Real = typename Mover<T>::Real;
    constexpr int c = Mover<T>::columns;
    constexpr int w = Vec<Real>::width;
    const int64_t whole = n / w * w;
    for (; i + c <= m; i += c) {
      for (int64_t j = 0; j < whole; j += w) {
        // Shuffles and moves keep every bit, also those of NaN.
        Vec<Real> columns[c];
        Vec<Real>::load_columns(reinterpret_cast<const Real*>(x + i + j * stride), stride, columns);
#pragma GCC unroll 4
        for (int k = 0; k < c; ++k) {
          columns[k].store(reinterpret_cast<Real*>(out + (i + k) * out_stride + j));
        }
      }
      for (int k = 0; k < c; ++k) {
        for (int64_t j = whole; j < n; ++j) out[(i + k) * out_stride + j] = x[i + k + j * stride];
      }
    }
  }
  for (; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) out[i * out_stride + j] = x[i + j * stride];
  }
}

// out's last axis runs along x's axis `unit`, whose stride is 1: tiles keep both sides in cache.
template <class T>
void copy_tiles(const CopyArgs& args, const Team& team, int unit) {
  const int inner = args.rank - 1;
  const int64_t n = args.shape[inner];
  const int64_t stride = args.strides[inner];
  const int64_t m = args.shape[unit];
  int64_t out_stride = 1;
  for (int axis = unit + 1; axis <= inner; ++axis) out_stride *= args.shape[axis];
  // The other axes, each position of which is one matrix.
  CopyArgs outer = args;
  int64_t out_strides[Shape::kMaxRank];
  int axes = 0;
  int64_t matrices = 1;
  for (int axis = 0; axis < inner; ++axis) {
    if (axis == unit) continue;
    int64_t step = 1;
    for (int after = axis + 1; after <= inner; ++after) step *= args.shape[after];
    outer.shape[axes] = args.shape[axis];
    outer.strides[axes] = args.strides[axis];
    out_strides[axes++] = step;
    matrices *= args.shape[axis];
  }
  CopyArgs target = outer;
  for (int axis = 0; axis < axes; ++axis) target.strides[axis] = out_strides[axis];
  const int64_t bands = (m + band - 1) / band;
  const Range range = static_range(matrices * bands, 1, team);
  for (int64_t task = range.begin; task < range.end; ++task) {
    const int64_t matrix = task / bands;
    const int64_t begin = task % bands * band;
    const int64_t end = begin + band < m ? begin + band : m;
    const T* x = static_cast<const T*>(args.x) + offset_of(outer, axes, matrix);
    T* out = static_cast<T*>(args.out) + offset_of(target, axes, matrix);
    for (int64_t left = 0; left < n; left += tile) {
      const int64_t width = n - left < tile ? n - left : tile;
      for (int64_t i = begin; i < end; i += tile) {
        copy_tile(x + i + left * stride, stride, out + i * out_stride + left, out_stride,
                  end - i < tile ? end - i : tile, width);
      }
    }
  }
}

template <class T>
void copy(const CopyArgs& args, const Team& team) {
  const int inner = args.rank - 1;
  if (args.strides[inner] > 1) {
    for (int axis = 0; axis < inner; ++axis) {
      if (args.strides[axis] == 1) return copy_tiles<T>(args, team, axis);
    }
  }
  copy_rows<T>(args, team);
}

}  // namespace

const CopyKernels copy_kernels = {
    .copy = {make_kernel<CopyArgs, &copy<uint8_t>>(), make_kernel<CopyArgs, &copy<uint32_t>>(),
             make_kernel<CopyArgs, &copy<uint64_t>>()},
    .paste = {make_meeting_kernel<CopyArgs, &paste<uint8_t>>(),
              make_meeting_kernel<CopyArgs, &paste<uint32_t>>(),
              make_meeting_kernel<CopyArgs, &paste<uint64_t>>()},
};

}  // namespace MARK1_ISA
}  // namespace mark1

// copy on a device: packets where rows of the result are rows of x; tiles in shared memory where
// they are columns.
#include "core/kernel.h"
#include "cuda/walk.h"
#include "ops/copy/copy.h"
#include "ops/fill/fill_packets.h"

namespace mark1 {
namespace cuda {

extern const CopyKernels copy_kernels;

namespace {

template <class T>
struct CopyWalk {
  static constexpr bool alone = true;
  static constexpr int packets = 4, share = packets * gpu::packet_of<T>;
  struct Args {
    gpu::Walk<1> through;
    const T* x;
    T* out;
    bool fit;
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    gpu::walk<packets>(
        block, args.through, args.fit, args.out, [](T x) { return x; }, gpu::Strided<T, 0>{args.x});
  }
};

// out[i * out_stride + j] = x[i + j * stride] of several matrices: a block turns a tile round. Both
// sides are touched by rows of 32 elements.
template <class T>
struct CopyTiles {
  static constexpr bool alone = false;
  static constexpr int side = 32, rows = 8, threads = side * rows;
  struct Args {
    gpu::Walk<2> matrices;  // where each begins in x and in out
    const T* x;
    T* out;
    int64_t m, n, stride, out_stride;
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    T* tile = block.shared<T>();  // a column more than it has, so that no two rows share a bank
    const int64_t across = (args.n + side - 1) / side, down = (args.m + side - 1) / side;
    const auto places = args.matrices.template places<false>(block.index() / (across * down));
    const int64_t i0 = block.index() / across % down * side, j0 = block.index() % across * side;
    const T* x = args.x + places.of[0];
    T* out = args.out + places.of[1];
    const int column = block.thread() % side, row = block.thread() / side;
    T loaded[side / rows];
#pragma unroll
    for (int k = 0; k < side / rows; ++k) {
      const int64_t i = i0 + column, j = j0 + row + k * rows;
      loaded[k] = i < args.m && j < args.n ? x[i + j * args.stride] : T(0);
    }
#pragma unroll
    for (int k = 0; k < side / rows; ++k) {
      tile[(row + k * rows) * (side + 1) + column] = loaded[k];
    }
    block.sync();
#pragma unroll
    for (int k = 0; k < side / rows; ++k) {
      const int64_t i = i0 + row + k * rows, j = j0 + column;
      if (i < args.m && j < args.n) {
        out[i * args.out_stride + j] = tile[column * (side + 1) + row + k * rows];
      }
    }
  }
};

template <class T>
void queue_tiles(const CopyArgs& args, int unit, void* stream) {
  const int inner = args.rank - 1;
  int64_t shape[Shape::kMaxRank] = {1}, x_strides[Shape::kMaxRank] = {};
  int64_t out_strides[Shape::kMaxRank] = {}, step = args.shape[inner], out_stride = 0;
  int axes = args.rank - 2;
  for (int axis = inner - 1; axis >= 0; --axis) {
    if (axis == unit) {
      out_stride = step;
    } else {
      --axes;
      shape[axes] = args.shape[axis];
      x_strides[axes] = args.strides[axis];
      out_strides[axes] = step;
    }
    step *= args.shape[axis];
  }
  using Tiles = CopyTiles<T>;
  const gpu::Walk<2> matrices(args.rank > 2 ? args.rank - 2 : 1, shape, {x_strides, out_strides});
  const int64_t m = args.shape[unit], n = args.shape[inner];
  const int64_t tiles = (m + Tiles::side - 1) / Tiles::side * ((n + Tiles::side - 1) / Tiles::side);
  gpu::queue<Tiles>({matrices, static_cast<const T*>(args.x), static_cast<T*>(args.out), m, n,
                     args.strides[inner], out_stride},
                    {matrices.size * tiles, Tiles::threads,
                     int64_t{Tiles::side * (Tiles::side + 1)} * int64_t{sizeof(T)}},
                    stream);
}

template <class T>
void queue_copy(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const CopyArgs*>(bytes);
  const int inner = args.rank - 1;
  for (int axis = 0; axis < inner && args.strides[inner] > 1; ++axis) {
    if (args.strides[axis] == 1) return queue_tiles<T>(args, axis, team.sync);
  }
  const gpu::Walk<1> through(args.rank, args.shape, {args.strides});
  const auto* x = static_cast<const T*>(args.x);
  auto* out = static_cast<T*>(args.out);
  constexpr int n = gpu::packet_of<T>;
  using Packet = gpu::Packet<T, n>;
  const bool fit =
      through.has_packets(n) && Packet::fits(out) && (through.repeats(0) || Packet::fits(x));
  gpu::queue_map<CopyWalk<T>>({through, x, out, fit}, through.size, team.sync);
}

// A thread per element of x: neighbours read side by side, and write so where slices are dense.
template <class T>
struct Paste {
  static constexpr bool alone = true;
  static constexpr int share = 1;
  struct Args {
    gpu::Walk<1> through;
    const T* x;
    T* out;
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t i = block.index() * block.threads() + block.thread();
    if (i >= args.through.size) return;
    args.out[args.through.template places<false>(i).of[0]] = args.x[i];
  }
};

template <class T>
void queue_paste(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const CopyArgs*>(bytes);
  const gpu::Walk<1> through(args.rank, args.shape, {args.strides});
  auto* out = static_cast<T*>(args.out);
  if (through.size < args.out_size) {
    gpu::queue_map<Fill<T>>({args.out, args.out_size, 0}, args.out_size, team.sync);
  }
  gpu::queue_map<Paste<T>>({through, static_cast<const T*>(args.x), out + args.out_start},
                           through.size, team.sync);
}

}  // namespace

const CopyKernels copy_kernels = {
    .copy = {{&queue_copy<uint8_t>}, {&queue_copy<uint32_t>}, {&queue_copy<uint64_t>}},
    .paste = {{&queue_paste<uint8_t>}, {&queue_paste<uint32_t>}, {&queue_paste<uint64_t>}},
};

}  // namespace cuda
}  // namespace mark1

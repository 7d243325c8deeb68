// The matrix product on a device: tiles of the result by blocks of threads; where tiles are few and
// sums long, a block per tile and chunk, whose totals a second grid adds up in order.
#include "ops/gemm/gemm.h"
#include "ops/gemm/tile.cuh"

namespace mark1::cuda {
namespace {

int64_t parts(int64_t n, int64_t size) {
  return (n + size - 1) / size;
}

struct TiledArgs {
  GemmArgs gemm;
  int64_t tile_rows, tile_columns;  // how many tiles there are
  int64_t chunks;                   // split: of each sum
};

// The tile that a block makes. Neighbouring blocks share columns of b.
struct TilePlace {
  int64_t row, column;
  GemmPlace matrix;
  int64_t index;  // of the matrix in the batch
};

template <class Shape>
MARK1_DEVICE inline TilePlace tile_place(const TiledArgs& args, int64_t block) {
  const int64_t tiles = args.tile_rows * args.tile_columns, index = block / tiles;
  const int64_t tile = block % tiles;
  return {tile % args.tile_rows * Shape::rows, tile / args.tile_rows * Shape::columns,
          place_of(args.gemm.batch, index), index};
}

template <class Shape>
MARK1_DEVICE inline Tile<Shape> tile_of(const GemmArgs& g, const TilePlace& place,
                                        const gpu::Block& block) {
  using T = typename Shape::T;
  const T* a = static_cast<const T*>(g.a) + place.matrix.a + place.row * g.a_row;
  const T* b = static_cast<const T*>(g.b) + place.matrix.b + place.column * g.b_col;
  return {block, {a, g.a_row, g.a_col, g.m - place.row}, {b, g.b_col, g.b_row, g.n - place.column}};
}

// What comes after the sum.
template <class T>
MARK1_DEVICE inline void finish(const GemmArgs& g, T sum, int64_t column, T* y) {
  T value = g.bias ? sum + static_cast<const T*>(g.bias)[column] : sum;
  finish_row<T>(g.activation, &value, 1, g.alpha);
  *y = value;
}

template <class Shape>
struct WholeSums {
  static constexpr bool alone = false;
  using Args = TiledArgs;
  using T = typename Shape::T;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const GemmArgs& g = args.gemm;
    const TilePlace place = tile_place<Shape>(args, block.index());
    Tile<Shape> tile = tile_of<Shape>(g, place, block);
    T* y = static_cast<T*>(g.y) + place.matrix.y + place.row * g.y_row + place.column;
    const auto each = [&](auto visit) {
#pragma unroll
      for (int i = 0; i < Shape::m; ++i) {
#pragma unroll
        for (int j = 0; j < Shape::n; ++j) {
          const int row = tile.row(i), column = tile.column(j);
          if (place.row + row < g.m && place.column + column < g.n) {
            visit(i, j, y + row * g.y_row + column, place.column + column);
          }
        }
      }
    };
    tile.accumulate(0, g.k, [&](int64_t k) {
      const int64_t chunk = (k - 1) / kGemmChunk;
      const bool opens_group = chunk * kGemmChunk % kGemmGroup == 0;
      const bool ends_group = k % kGemmGroup == 0 || k == g.k;
      const bool first_group = chunk * kGemmChunk < kGemmGroup;
      each([&](int i, int j, T* out, int64_t column) {
        T group = tile.chain(i, j);
        if (!opens_group) group = tile.total(i, j) + group;
        if (!ends_group) {
          tile.total(i, j) = group;
          return;
        }
        const T sum = first_group ? group : *out + group;
        if (k == g.k) {
          finish(g, sum, column, out);
        } else {
          *out = sum;
        }
      });
    });
    if (g.k == 0) {
      each([&](int, int, T* out, int64_t column) { finish(g, T(0), column, out); });
    }
  }
};

template <class Shape>
struct ChunkTotals {
  static constexpr bool alone = false;
  using Args = TiledArgs;
  using T = typename Shape::T;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const GemmArgs& g = args.gemm;
    const int64_t chunk = block.index() % args.chunks, k = chunk * kGemmChunk;
    const TilePlace place = tile_place<Shape>(args, block.index() / args.chunks);
    Tile<Shape> tile = tile_of<Shape>(g, place, block);
    T* totals = static_cast<T*>(g.workspace) + (place.index * args.chunks + chunk) * g.m * g.n;
    tile.accumulate(k, k + kGemmChunk < g.k ? k + kGemmChunk : g.k, [&](int64_t) {
      for (int i = 0; i < Shape::m; ++i) {
        for (int j = 0; j < Shape::n; ++j) {
          const int64_t row = place.row + tile.row(i), column = place.column + tile.column(j);
          if (row < g.m && column < g.n) totals[row * g.n + column] = tile.chain(i, j);
        }
      }
    });
  }
};

template <class T>
struct AddChunks {
  static constexpr bool alone = true;
  using Args = TiledArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const GemmArgs& g = args.gemm;
    const int64_t outputs = g.m * g.n;
    const int64_t at = block.index() * block.threads() + block.thread();
    if (at >= g.batch.count * outputs) return;
    const int64_t index = at / outputs, output = at % outputs;
    const T* totals = static_cast<const T*>(g.workspace) + index * args.chunks * outputs + output;
    constexpr int64_t group_chunks = kGemmGroup / kGemmChunk;
    T sum = 0;
    for (int64_t first = 0; first < args.chunks; first += group_chunks) {
      T group = totals[first * outputs];
      for (int64_t c = first + 1; c < first + group_chunks && c < args.chunks; ++c) {
        group = group + totals[c * outputs];
      }
      sum = first == 0 ? group : sum + group;
    }
    const int64_t row = output / g.n, column = output % g.n;
    T* y = static_cast<T*>(g.y) + place_of(g.batch, index).y + row * g.y_row + column;
    finish(g, sum, column, y);
  }
};

// Large tiles reuse most; small ones are for products that would not fill the device otherwise.
template <class T>
struct Shapes {
  using Large = TileShape<float, 128, 128, 16, 8, 8>;
  using Small = TileShape<float, 32, 32, 32, 2, 2>;
};
template <>
struct Shapes<double> {
  using Large = TileShape<double, 64, 64, 16, 4, 4>;
  using Small = TileShape<double, 32, 32, 16, 2, 2>;
};

template <class Shape>
TiledArgs tiled(const GemmArgs& g) {
  return {g, parts(g.m, Shape::rows), parts(g.n, Shape::columns), parts(g.k, kGemmChunk)};
}

template <class Shape>
int64_t count_tiles(const GemmArgs& g) {
  return g.batch.count * parts(g.m, Shape::rows) * parts(g.n, Shape::columns);
}

// About as many blocks as a device of today runs at a time.
constexpr int64_t kBlocks = 128;
constexpr int64_t kLeastChunks = 4;
constexpr int64_t kMostWorkspace = int64_t{64} << 20;

template <class T>
int64_t workspace_bytes(const GemmArgs& g) {
  const int64_t chunks = parts(g.k, kGemmChunk);
  const auto bytes = static_cast<int64_t>(sizeof(T)) * g.batch.count * g.m * g.n * chunks;
  const bool few_tiles = count_tiles<typename Shapes<T>::Small>(g) < kBlocks;
  return few_tiles && chunks >= kLeastChunks && bytes <= kMostWorkspace ? bytes : 0;
}

template <class Shape>
void queue_whole(const GemmArgs& g, void* stream) {
  gpu::queue<WholeSums<Shape>>(
      tiled<Shape>(g), {count_tiles<Shape>(g), Shape::threads, Shape::shared_bytes(g.k)}, stream);
}

template <class T>
void queue_gemm(const void* bytes, const Team& team) {
  using Large = typename Shapes<T>::Large;
  using Small = typename Shapes<T>::Small;
  const GemmArgs& g = *static_cast<const GemmArgs*>(bytes);
  if (g.workspace_bytes > 0) {
    const TiledArgs args = tiled<Small>(g);
    const int64_t blocks = count_tiles<Small>(g) * args.chunks;
    gpu::queue<ChunkTotals<Small>>(args, {blocks, Small::threads, Small::operand_bytes}, team.sync);
    gpu::queue<AddChunks<T>>(args, threads_for(g.batch.count * g.m * g.n), team.sync);
  } else if (count_tiles<Large>(g) < kBlocks) {
    queue_whole<Small>(g, team.sync);
  } else {
    queue_whole<Large>(g, team.sync);
  }
}

}  // namespace

extern const GemmKernels gemm_kernels;
const GemmKernels gemm_kernels = {
    {{&queue_gemm<float>}, {&queue_gemm<double>}},
    {&workspace_bytes<float>, &workspace_bytes<double>},
};

}  // namespace mark1::cuda

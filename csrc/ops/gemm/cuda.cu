// The matrix product on a device: tiles of the result by blocks of threads; where tiles are few and
// sums long, parts of sums, which a second grid adds up in order.
#include "ops/gemm/few.cuh"
#include "ops/gemm/gemm.h"
#include "ops/gemm/plan.h"

namespace mark1::cuda {
namespace {

struct TiledArgs {
  GemmArgs gemm;
  int64_t tile_rows, tile_columns;  // how many tiles there are
  int64_t slots, terms, share;      // as in a Plan
};

// The tile that a block makes, and its share of the slots.
struct TilePlace {
  int64_t row, column, share;
  GemmPlace matrix;
  int64_t index;  // of the matrix in the batch
};

// Blocks that run at a time make a square of tiles, so that rows of a and columns of b are read
// from the second-level cache: eight rows of tiles, column after column.
template <class Shape>
MARK1_DEVICE inline TilePlace tile_place(const TiledArgs& args, int64_t block) {
  // The number of a block has 31 bits; a division of 64 would be some seventy instructions.
  const auto down = static_cast<uint32_t>(args.tile_rows);
  const auto across = static_cast<uint32_t>(args.tile_columns);
  const auto count = static_cast<uint32_t>(args.gemm.batch.count);
  const uint32_t band = 8, at = static_cast<uint32_t>(block), tile = at % (down * across);
  const uint32_t index = at / (down * across), matrix = index % count;
  const uint32_t first = tile / (band * across) * band, within = tile % (band * across);
  const uint32_t rows = down - first < band ? down - first : band;
  return {int64_t{first + within % rows} * Shape::rows, int64_t{within / rows} * Shape::columns,
          index / count, place_of(args.gemm.batch, matrix), matrix};
}

template <class Shape>
struct Products {
  static constexpr bool alone = false;
  using Args = TiledArgs;
  using T = typename Shape::T;
  using A = typename Shape::LeftMatrix;
  using B = typename Shape::RightMatrix;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const GemmArgs& g = args.gemm;
    const TilePlace place = tile_place<Shape>(args, block.index());
    const int64_t rows = g.m - place.row, columns = g.n - place.column;
    const bool whole = args.slots == 0;
    const int64_t terms = whole ? g.k : args.share * args.terms, begin = place.share * terms;
    const int64_t end = begin + terms < g.k ? begin + terms : g.k;
    const T* a = static_cast<const T*>(g.a) + place.matrix.a + place.row * g.a_row;
    const T* b = static_cast<const T*>(g.b) + place.matrix.b + place.column * g.b_col;
    typename Shape::template Tile<A, B> tile(
        block, {{a, g.a_row, g.a_col, rows}, block.thread(), begin},
        {{b, g.b_col, g.b_row, columns}, block.thread(), begin});
    // The totals of slots are matrices of their own, which nothing ends.
    T* y = static_cast<T*>(g.y) + place.matrix.y + place.row * g.y_row;
    if (!whole) y = static_cast<T*>(g.workspace) + (place.index * g.m + place.row) * g.n;
    const int64_t y_row = whole ? g.y_row : g.n;
    const int64_t slot = whole ? 0 : g.batch.count * g.m * g.n;
    const auto put = [&](int64_t group, bool last) {
      Ending<T> ending = {whole && group > 0};
      if (whole && last) {
        ending.bias = g.bias ? static_cast<const T*>(g.bias) + place.column : nullptr;
        ending.activation = g.activation;
        ending.alpha = g.alpha;
      }
      T* first = y + group * slot + place.column;
      put_totals<Shape>(tile, columns, ending,
                        [&](int row) { return row < rows ? first + row * y_row : nullptr; });
    };
    const int64_t group_terms = whole ? kGemmGroup : args.terms;
    tile.accumulate(begin, end, group_terms,
                    [&](int64_t group) { put(group, (group + 1) * group_terms >= g.k); });
  }
};

template <class Number>
struct AddSlots {
  using T = Number;
  struct Args {
    GemmArgs gemm;
    Slots slots;
  };

  static MARK1_DEVICE void put(const Args& args, int64_t at, T sum) {
    const GemmArgs& g = args.gemm;
    const int64_t index = at / (g.m * g.n), row = at / g.n % g.m, column = at % g.n;
    T* y = static_cast<T*>(g.y) + place_of(g.batch, index).y + row * g.y_row + column;
    const Ending<T> ending = {false, static_cast<const T*>(g.bias), g.activation, g.alpha};
    *y = ending.of(sum, column, y);
    ending.activate(y, 1);
  }
};

// From large tiles, which reuse most, to small and narrow ones, which many products need to occupy
// the device. In float32, 16 x 8 outputs of a thread want one block per multiprocessor, 8 x 8 two;
// so do the two tiles of float64 on matrix units.
template <class T>
struct ShapesOf {
  using List = Shapes<TileShape<T, 128, 256, 16, 16, 8, 3>, TileShape<T, 128, 128, 8, 8, 8, 4>,
                      TileShape<T, 64, 64, 8, 8, 8, 4>, TileShape<T, 32, 128, 8, 8, 8, 4>,
                      TileShape<T, 128, 32, 8, 8, 8, 4>, TileShape<T, 32, 32, 16, 4, 4, 3>>;
};
template <>
struct ShapesOf<double> {
  using List =
      Shapes<DoubleShape<128, 128, 4, 4, 4>, DoubleShape<64, 64, 2, 4, 4>,
             TileShape<double, 128, 128, 8, 8, 8, 3>, TileShape<double, 64, 64, 8, 8, 8, 3>,
             TileShape<double, 32, 128, 8, 8, 8, 3>, TileShape<double, 128, 32, 8, 8, 8, 3>,
             TileShape<double, 32, 32, 16, 4, 4, 3>>;
};

Product product_of(const GemmArgs& g) {
  return {g.batch.count, g.m, g.n, g.k};
}

template <class T>
Plan plan_of(const Product& product, int64_t workspace) {
  return ShapesOf<T>::List::plan(product, workspace, units_for<T>());
}

template <class T>
int64_t workspace_bytes(const GemmArgs& g) {
  const Product product = product_of(g);
  const int64_t most = most_workspace<T>(product);
  const Plan plan = plan_of<T>(product, most), few = few_plan<T>(product, most);
  return slot_bytes<T>(product, few.cycles < plan.cycles ? few : plan);
}

template <class T>
void queue_slots(const GemmArgs& g, const Plan& plan, void* stream) {
  if (plan.slots == 0) return;
  const int64_t outputs = g.batch.count * g.m * g.n;
  queue_sums<AddSlots<T>>({g, {g.workspace, plan.slots, plan.terms, outputs}}, stream);
}

template <class T>
void queue_gemm(const void* bytes, const Team& team) {
  const GemmArgs& g = *static_cast<const GemmArgs*>(bytes);
  const Product product = product_of(g);
  const Plan plan = plan_of<T>(product, g.workspace_bytes);
  const Plan few = few_plan<T>(product, g.workspace_bytes);
  if (few.cycles < plan.cycles) {
    queue_few<T>(g, few, team.sync);
    return queue_slots<T>(g, few, team.sync);
  }
  ShapesOf<T>::List::with(plan.shape, [&]<class Shape>(Shape) {
    const TiledArgs args = {
        g, parts(g.m, Shape::rows), parts(g.n, Shape::columns), plan.slots, plan.terms, plan.share};
    const int64_t shares = plan.slots ? parts(plan.slots, plan.share) : 1;
    gpu::queue<Products<Shape>>(args,
                                {shares * g.batch.count * args.tile_rows * args.tile_columns,
                                 Shape::threads, Shape::shared_bytes},
                                team.sync);
  });
  queue_slots<T>(g, plan, team.sync);
}

}  // namespace

extern const GemmKernels gemm_kernels;
const GemmKernels gemm_kernels = {
    {{&queue_gemm<float>}, {&queue_gemm<double>}},
    {&workspace_bytes<float>, &workspace_bytes<double>},
};

}  // namespace mark1::cuda

// Reductions on a device, in pieces: segments of a row by a warp, whose 32 threads are the lanes of
// the row rule, or by fewer threads where rows are shorter; chunks of a column by a thread. A
// second grid puts totals together where a result has several. Memory bounds them: a thread has
// eight loads on their way, so that 2,048 of them wait for 64 KB of floats.
#include "ops/reduce/accumulators.cuh"

namespace mark1::cuda {
namespace {

constexpr int kWarp = 32;

int64_t pieces(int64_t n, int64_t size) {
  return (n + size - 1) / size;
}

template <class Keeper>
struct RowPieces {
  static constexpr bool alone = false;
  using T = typename Keeper::Element;
  struct Args {
    const T* x;
    typename Keeper::Result* out;
    int64_t rows, n, segments;
    int lanes;  // threads per piece: a power of two
    bool mean;
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t thread = block.index() * block.threads() + block.thread();
    const int64_t piece = thread / args.lanes, row = piece / args.segments;
    const bool mine = row < args.rows;  // all threads of a warp must come to the shuffles
    Keeper keeper;
    if (mine) {
      const int64_t begin = piece % args.segments * kReduceSegment;
      const int64_t rest = args.n - begin;
      take_all(keeper, args.x + row * args.n, 1, begin + thread % args.lanes,
               begin + (rest < kReduceSegment ? rest : kReduceSegment), args.lanes);
    }
    for (int half = args.lanes / 2; half > 0; half /= 2) keeper.merge_after(half);
    if (!mine || thread % args.lanes != 0) return;
    auto result = keeper.result();
    if (args.mean) result = static_cast<decltype(result)>(result / static_cast<T>(args.n));
    args.out[piece] = result;
  }
};

// Rows of a few elements, a thread for each: neighbours share the lines that they read.
constexpr int64_t kShortRow = 16;

template <class Keeper, int width>
struct ShortRows {
  static constexpr bool alone = true;
  using T = typename Keeper::Element;
  struct Args {
    const T* x;
    typename Keeper::Result* out;
    int64_t rows, n;
    bool mean;
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t row = block.index() * block.threads() + block.thread();
    if (row >= args.rows) return;
    auto result = Keeper::template of_row<width>(args.x + row * args.n, args.n);
    if (args.mean) result = static_cast<decltype(result)>(result / static_cast<T>(args.n));
    args.out[row] = result;
  }
};

// A thread per chunk of a column.
template <class Op, class T>
struct ChunkTotals {
  static constexpr bool alone = true;
  struct Args {
    ReduceArgs problem;
    T* out;
    int64_t chunks;
    bool mean;
  };
  // The first element begins an extreme; a sum begins from zero.
  struct Chain {
    T value;
    bool begun;
    MARK1_DEVICE void take(T x, int64_t) {
      value = begun ? Op::of(value, x) : x;
      begun = true;
    }
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const ReduceArgs& problem = args.problem;
    const int64_t thread = block.index() * block.threads() + block.thread();
    if (thread >= problem.outer * args.chunks * problem.columns) return;
    const int64_t column = thread % problem.columns, chunk = thread / problem.columns;
    const int64_t begin = chunk % args.chunks * kReduceChunk, end = begin + kReduceChunk;
    const T* x = static_cast<const T*>(problem.x) +
                 chunk / args.chunks * problem.n * problem.columns + column;
    Chain chain = {T(identity<Op>), !extreme<Op>};
    take_all(chain, x, problem.columns, begin, end < problem.n ? end : problem.n, 1);
    args.out[thread] = args.mean ? finish(problem, chain.value) : chain.value;
  }
};

// Totals in groups of 64, `lanes` threads for each result: a group each, 1 or 32 of them at a time.
template <class Op, class T>
struct AddTotals {
  static constexpr bool alone = false;
  struct Args {
    ReduceArgs problem;
    int64_t count;  // totals of one result
    int lanes;
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const ReduceArgs& problem = args.problem;
    const int64_t thread = block.index() * block.threads() + block.thread();
    const int64_t result = thread / args.lanes, columns = problem.columns;
    const bool mine = result < problem.outer * columns;
    const T* totals = static_cast<const T*>(problem.totals) +
                      result / columns * args.count * columns + result % columns;
    T all = identity<Op>;
    for (int64_t first = 0; first < args.count; first += args.lanes * kReduceGroup) {
      const int64_t begin = first + thread % args.lanes * kReduceGroup;
      T group = 0;
      if (mine && begin < args.count) {
        group = totals[begin * columns];
        Rest rest = {group};
        const int64_t end = begin + kReduceGroup;
        take_all(rest, totals, columns, begin + 1, end < args.count ? end : args.count, 1);
        group = rest.value;
      }
      for (int lane = 0; lane < args.lanes; ++lane) {
        const T next = args.lanes == 1 ? group : gpu::shuffle(group, lane);
        const int64_t place = first + lane * kReduceGroup;
        if (place < args.count) all = place == 0 ? next : Op::of(all, next);
      }
    }
    if (mine && thread % args.lanes == 0) {
      static_cast<T*>(problem.out)[result] = finish(problem, all);
    }
  }

 private:
  struct Rest {
    T value;
    MARK1_DEVICE void take(T x, int64_t) { value = Op::of(value, x); }
  };
};

// The best of the pieces of a row by a warp: totals are their places.
template <class Order, class T>
struct BestPlace {
  static constexpr bool alone = false;
  using Args = ArgReduceArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t thread = block.index() * block.threads() + block.thread();
    const int64_t row = thread / kWarp, count = (args.n + kReduceSegment - 1) / kReduceSegment;
    FindingPlace<Order, T> best;
    for (int64_t i = thread % kWarp; row < args.rows && i < count; i += kWarp) {
      const int64_t place = args.totals[row * count + i];
      best.take(static_cast<const T*>(args.x)[row * args.n + place], place);
    }
    for (int half = kWarp / 2; half > 0; half /= 2) best.merge_after(half);
    if (row < args.rows && thread % kWarp == 0) args.out[row] = best.result();
  }
};

template <class Op, class T>
void queue_totals(const ReduceArgs& args, int64_t count, void* stream) {
  const int lanes = count > kReduceGroup ? kWarp : 1;
  gpu::queue<AddTotals<Op, T>>({args, count, lanes}, threads_for(args.outer * args.columns * lanes),
                               stream);
}

template <class Keeper>
void queue_pieces(const void* data, void* results, int64_t rows, int64_t n, bool mean,
                  void* stream) {
  const auto* x = static_cast<const typename Keeper::Element*>(data);
  auto* out = static_cast<typename Keeper::Result*>(results);
  if (n <= kShortRow / 2) {
    return gpu::queue<ShortRows<Keeper, kShortRow / 2>>({x, out, rows, n, mean}, threads_for(rows),
                                                        stream);
  }
  if (n <= kShortRow) {
    return gpu::queue<ShortRows<Keeper, kShortRow>>({x, out, rows, n, mean}, threads_for(rows),
                                                    stream);
  }
  const int64_t segments = pieces(n, kReduceSegment);
  int lanes = 1;
  while (lanes < kWarp && lanes < n) lanes *= 2;
  gpu::queue<RowPieces<Keeper>>({x, out, rows, n, segments, lanes, mean},
                                threads_for(rows * segments * lanes), stream);
}

template <class Keeper, class Op>
void queue_rows(const void* bytes, const Team& team) {
  using T = typename Keeper::Element;
  ReduceArgs args = *static_cast<const ReduceArgs*>(bytes);
  args.columns = 1;
  const int64_t segments = pieces(args.n, kReduceSegment);
  if (segments > 0) {
    queue_pieces<Keeper>(args.x, segments == 1 ? args.out : args.totals, args.outer, args.n,
                         args.mean && segments == 1, team.sync);
  }
  if (segments != 1) queue_totals<Op, T>(args, segments, team.sync);
}

template <class Op, class T>
void queue_columns(const void* bytes, const Team& team) {
  const ReduceArgs& args = *static_cast<const ReduceArgs*>(bytes);
  const int64_t chunks = pieces(args.n, kReduceChunk);
  if (chunks > 0) {
    gpu::queue<ChunkTotals<Op, T>>({args, static_cast<T*>(chunks == 1 ? args.out : args.totals),
                                    chunks, args.mean && chunks == 1},
                                   threads_for(args.outer * args.columns * chunks), team.sync);
  }
  if (chunks != 1) queue_totals<Op, T>(args, chunks, team.sync);
}

template <class Order, class T>
void queue_places(const void* bytes, const Team& team) {
  const ArgReduceArgs& args = *static_cast<const ArgReduceArgs*>(bytes);
  const bool whole = args.n <= kReduceSegment;
  queue_pieces<FindingPlace<Order, T>>(args.x, whole ? args.out : args.totals, args.rows, args.n,
                                       false, team.sync);
  if (!whole) gpu::queue<BestPlace<Order, T>>(args, threads_for(args.rows * kWarp), team.sync);
}

}  // namespace

#define MARK1_ADDED(Whole, Op)                                                                  \
  {                                                                                             \
    {&queue_rows<Adding<Whole, int32_t>, Whole>}, {&queue_rows<Adding<Whole, int64_t>, Whole>}, \
        {&queue_rows<Adding<Op, float>, Op>}, {                                                 \
      &queue_rows<Adding<Op, double>, Op>                                                       \
    }                                                                                           \
  }
#define MARK1_FOUND(Order)                                        \
  {                                                               \
    {&queue_rows<FindingValue<Order, int32_t>, Best<Order>>},     \
        {&queue_rows<FindingValue<Order, int64_t>, Best<Order>>}, \
        {&queue_rows<FindingValue<Order, float>, Best<Order>>}, { \
      &queue_rows<FindingValue<Order, double>, Best<Order>>       \
    }                                                             \
  }
#define MARK1_COLUMNS(Whole, Op)                                        \
  {                                                                     \
    {&queue_columns<Whole, int32_t>}, {&queue_columns<Whole, int64_t>}, \
        {&queue_columns<Op, float>}, {                                  \
      &queue_columns<Op, double>                                        \
    }                                                                   \
  }
#define MARK1_PLACES(Order)                                           \
  {                                                                   \
    {&queue_places<Order, int32_t>}, {&queue_places<Order, int64_t>}, \
        {&queue_places<Order, float>}, {                              \
      &queue_places<Order, double>                                    \
    }                                                                 \
  }

extern const ReduceKernels reduce_kernels;
const ReduceKernels reduce_kernels = {
    .rows = {MARK1_ADDED(WrappingSum, Sum), MARK1_FOUND(Greater), MARK1_FOUND(Less),
             MARK1_ADDED(WrappingProduct, Product)},
    .columns = {MARK1_COLUMNS(WrappingSum, Sum), MARK1_COLUMNS(Best<Greater>, Best<Greater>),
                MARK1_COLUMNS(Best<Less>, Best<Less>), MARK1_COLUMNS(WrappingProduct, Product)},
    .arg_max = MARK1_PLACES(Greater),
    .arg_min = MARK1_PLACES(Less),
};

}  // namespace mark1::cuda

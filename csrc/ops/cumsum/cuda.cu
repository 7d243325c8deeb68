// cumsum, cumprod and recurrence on a device: a thread has a chain, or of long sums a chunk. Sums
// are then made in three grids: what each chunk comes to, what comes before each, and all sums,
// which reads x twice: 12 bytes a float, or 8 where chunks need no totals. Along rows, a warp's
// tiles of 32 chains by 32 elements pass through shared memory, so that lines are read and written
// whole. A chain takes some five clocks an element, and about 1 us for every 32 from memory.
#include "cuda/block.h"
#include "ops/cumsum/steps.h"

namespace mark1::cuda {

extern const CumsumKernels cumsum_kernels;

namespace {

constexpr int kWarps = 4, kAhead = 8;

struct ScanArgs {
  CumsumArgs scan;
  int64_t length, lines;  // elements of a chain, chains along the axis
};

// The part of an axis that a thread goes along.
struct Line {
  int64_t begin, count;  // count: 0 if there is none
  int64_t first, step;   // where the first element lies, and how far the next one is

  // Chain `number` of outer x lines x columns.
  MARK1_DEVICE Line(const ScanArgs& args, int64_t number) {
    const CumsumArgs& s = args.scan;
    const int64_t column = number % s.columns, line = number / s.columns % args.lines;
    const int64_t outer = number / s.columns / args.lines;
    begin = line * args.length;
    const int64_t rest = s.n - begin;
    count = outer >= s.outer ? 0 : rest < args.length ? rest : args.length;
    step = s.reverse ? -s.columns : s.columns;
    first = outer * s.n * s.columns + column + (s.reverse ? s.n - 1 - begin : begin) * s.columns;
  }
};

// The chain of a thread, going on from the total before its chunk; `kTotals`: what it comes to is
// wanted alone.
template <class Chain, class T, bool kTotals>
MARK1_DEVICE Chain chain_of(const ScanArgs& args, const Line& line, int64_t number) {
  Chain chain;
  if constexpr (requires { chain.before; }) {
    const bool goes_on = !kTotals && line.count > 0 && line.begin > 0;
    if (goes_on) chain.before = static_cast<const T*>(args.scan.totals)[number];
  }
  return chain;
}
template <class Chain, class T>
MARK1_DEVICE void put_total(const ScanArgs& args, const Chain& chain, int64_t number) {
  if constexpr (requires { chain.before; }) {
    static_cast<T*>(args.scan.totals)[number] = chain.sum;
  }
}

template <class Chain, class T, bool kTotals>
struct Columns {
  static constexpr bool alone = true;
  using Args = ScanArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t number = block.index() * block.threads() + block.thread();
    const Line line(args, number);
    const T* x = static_cast<const T*>(args.scan.x) + line.first;
    const T* factors =
        Chain::has_factors ? static_cast<const T*>(args.scan.factors) + line.first : x;
    T* out = static_cast<T*>(args.scan.out) + line.first;
    Chain chain = chain_of<Chain, T, kTotals>(args, line, number);
    for (int64_t i = 0; i < line.count; i += kAhead) {
      T value[kAhead], factor[kAhead];
#pragma unroll
      for (int j = 0; j < kAhead; ++j) {
        const bool there = i + j < line.count;
        value[j] = there ? x[(i + j) * line.step] : T(0);
        factor[j] = Chain::has_factors && there ? factors[(i + j) * line.step] : T(0);
      }
#pragma unroll
      for (int j = 0; j < kAhead; ++j) {
        if (i + j >= line.count) break;
        const T result = chain.take(line.begin + i + j, value[j], factor[j]);
        if (!kTotals) out[(i + j) * line.step] = result;
      }
    }
    if (kTotals && line.count > 0) put_total<Chain, T>(args, chain, number);
  }
};

// A warp has 32 lines along rows.
template <class Chain, class T, bool kTotals>
struct Rows {
  static constexpr bool alone = false;
  using Args = ScanArgs;
  static constexpr int pitch = 33, tile = 32 * pitch;  // no two lanes in one bank
  static constexpr int tiles = Chain::has_factors ? 2 : 1;
  static constexpr int64_t shared_bytes = kWarps * tiles * tile * sizeof(T);

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int lane = gpu::lane(), warp = block.thread() / 32;
    const int64_t number = (block.index() * kWarps + warp) * 32 + lane;
    const int64_t left = args.scan.outer * args.lines - (number - lane);
    const int here = left < 32 ? static_cast<int>(left) : 32;  // lines of the warp
    if (here <= 0) return;
    const Line line(args, number);
    const int64_t steps = args.length < args.scan.n ? args.length : args.scan.n;
    T* x = block.shared<T>() + warp * tiles * tile;
    T* factors = x + (tiles - 1) * tile;
    Chain chain = chain_of<Chain, T, kTotals>(args, line, number);
    for (int64_t base = 0; base < steps; base += 32) {
      fetch(static_cast<const T*>(args.scan.x), line, here, base, x);
      if (Chain::has_factors)
        fetch(static_cast<const T*>(args.scan.factors), line, here, base, factors);
      gpu::sync_warp();
      const int64_t rest = line.count - base;
      const int count = rest < 32 ? static_cast<int>(rest) : 32;
#pragma unroll 8
      for (int j = 0; j < count; ++j) {
        T& at = x[lane * pitch + j];
        const T result = chain.take(line.begin + base + j, at, factors[lane * pitch + j]);
        if (!kTotals) at = result;
      }
      gpu::sync_warp();
      if (!kTotals) store(static_cast<T*>(args.scan.out), line, here, base, x);
    }
    if (kTotals && line.count > 0) put_total<Chain, T>(args, chain, number);
  }

  // Elements from `base` on of each lane's line, of one after the other.
  static MARK1_DEVICE void fetch(const T* from, const Line& line, int here, int64_t base, T* to) {
    const int64_t i = base + gpu::lane();
    for (int first = 0; first < here; first += kAhead) {
      T value[kAhead];
#pragma unroll
      for (int j = 0; j < kAhead; ++j) {
        const int64_t start = gpu::shuffle(line.first, first + j);
        const bool there = i < gpu::shuffle(line.count, first + j);
        value[j] = there ? from[start + i * line.step] : T(0);
      }
#pragma unroll
      for (int j = 0; j < kAhead; ++j) to[(first + j) * pitch + gpu::lane()] = value[j];
    }
  }
  static MARK1_DEVICE void store(T* to, const Line& line, int here, int64_t base, const T* from) {
    const int64_t i = base + gpu::lane();
#pragma unroll 8
    for (int r = 0; r < here; ++r) {
      const int64_t start = gpu::shuffle(line.first, r);
      if (i < gpu::shuffle(line.count, r)) {
        to[start + i * line.step] = from[r * pitch + gpu::lane()];
      }
    }
    gpu::sync_warp();  // before others take its place
  }
};

// What chunks come to becomes what comes before each: a warp for each chain, which takes 32 of them
// at a time, and passes them from lane to lane.
template <class T>
struct AddUp {
  static constexpr bool alone = false;
  using Args = ScanArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t number = block.index() * kWarps + block.thread() / 32;
    const int64_t columns = args.scan.columns;
    if (number >= args.scan.outer * columns) return;
    T* totals = static_cast<T*>(args.scan.totals) + number / columns * args.lines * columns +
                number % columns;
    T before = 0;
    T next = gpu::lane() < args.lines ? totals[gpu::lane() * columns] : T(0);
    for (int64_t first = 0; first < args.lines; first += 32) {
      const int64_t own = first + gpu::lane(), later = own + 32;
      const T present = next;
      next = later < args.lines ? totals[later * columns] : T(0);
      T mine = before;
#pragma unroll
      for (int lane = 0; lane < 32; ++lane) {
        if (lane == gpu::lane()) mine = before;
        const T total = gpu::shuffle(present, lane);
        before = first + lane == 0 ? total : before + total;
      }
      if (own < args.lines) totals[own * columns] = mine;
    }
  }
};

template <class Chain, class T, bool kTotals>
void queue_chains(const ScanArgs& args, const void* to) {
  const int64_t chains = args.scan.outer * args.lines * args.scan.columns;
  if (args.scan.columns == 1) {
    using Body = Rows<Chain, T, kTotals>;
    constexpr int share = kWarps * 32;
    gpu::queue<Body>(args, {(chains + share - 1) / share, share, Body::shared_bytes}, to);
  } else {
    gpu::queue<Columns<Chain, T, kTotals>>(args, threads_for(chains), to);
  }
}

template <template <class> class Chain, class T>
void queue_scan(const void* bytes, const Team& team) {
  const auto& scan = *static_cast<const CumsumArgs*>(bytes);
  if constexpr (requires(Chain<T> chain) { chain.before; }) {
    if (scan.totals) {
      const ScanArgs args = {scan, kScanChunk, (scan.n + kScanChunk - 1) / kScanChunk};
      queue_chains<Chain<T>, T, true>(args, team.sync);
      const int64_t chains = scan.outer * scan.columns;
      gpu::queue<AddUp<T>>(args, {(chains + kWarps - 1) / kWarps, kWarps * 32, 0}, team.sync);
      return queue_chains<Chain<T>, T, false>(args, team.sync);
    }
  }
  queue_chains<Chain<T>, T, false>({scan, scan.n, 1}, team.sync);
}

template <template <class> class Chain, class T>
struct Run {
  static constexpr Kernel<CumsumArgs> kernel = {&queue_scan<Chain, T>};
};

}  // namespace

const CumsumKernels cumsum_kernels = scans<Run>();

}  // namespace mark1::cuda

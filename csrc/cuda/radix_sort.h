// Sorts rows of keys with their places on a device, stably: a pass for every eight bits from the
// lowest, in three grids. Blocks count the digits of their spans of a row; counts become places
// where each span's begin; blocks order tiles of keys by digit in shared memory, so that what goes
// to one digit leaves side by side. (D. Merrill, A. Grimshaw: High performance and scalable radix
// sorting, 2011.) A pass reads keys twice and moves 8 or 12 bytes a key: 20 or 28 bytes, which
// bound it; the 18 votes for 32 keys take a third of that time.
#pragma once

#include "cuda/block.h"
#include "cuda/sort_room.h"

namespace mark1::gpu {
namespace {

constexpr int kSortThreads = 256, kSortWarps = kSortThreads / 32;
static_assert(kSortThreads == kDigits, "threads have a digit each");

// A source has key(row, i) and place(row, i); a sink takes them with put(row, i, key, place). These
// are both. Rows count from the first of those that are sorted at a time.
template <class Key>
struct Pairs {
  using Bits = Key;
  Bits* keys;
  int32_t* places;
  int64_t n, first_row;

  MARK1_DEVICE Bits key(int64_t row, int64_t i) const { return keys[(row - first_row) * n + i]; }
  MARK1_DEVICE int32_t place(int64_t row, int64_t i) const {
    return places[(row - first_row) * n + i];
  }
  MARK1_DEVICE void put(int64_t row, int64_t i, Bits key, int32_t place) const {
    keys[(row - first_row) * n + i] = key;
    places[(row - first_row) * n + i] = place;
  }
};

struct SortCut {
  int64_t first_row, rows, n;
  int64_t span, spans;  // keys of a block, blocks of a row
  int shift;
  int32_t* counts;  // [row][span][digit]; then those before
  int32_t* totals;  // [row][digit]

  template <class Bits>
  MARK1_DEVICE uint32_t digit(Bits key) const {
    return static_cast<uint32_t>(key >> shift) & (kDigits - 1);
  }
};

// How many lanes before this one have its digit, and those that the table counts; all that have one
// are then counted.
MARK1_DEVICE inline int32_t rank_of(uint32_t digit, bool there, int32_t* table) {
  uint32_t peers = ballot(there);
#pragma unroll
  for (int b = 0; b < 8; ++b) {
    const bool bit = digit >> b & 1;
    const uint32_t set = ballot(bit);
    peers &= bit ? set : ~set;
  }
  const uint32_t below = peers & ((uint32_t{1} << lane()) - 1);
  const int32_t before = there ? table[digit] : 0;
  sync_warp();
  if (there && below == 0) table[digit] = before + __builtin_popcount(peers);
  sync_warp();
  return before + __builtin_popcount(below);
}

// The sum of the values of all threads before this one; `sums` has room for one per warp.
MARK1_DEVICE inline int32_t sum_before(const Block& block, int32_t value, int32_t* sums) {
  int32_t upto = value;
#pragma unroll
  for (int by = 1; by < 32; by *= 2) {
    const int32_t other = shuffle(upto, lane() < by ? lane() : lane() - by);
    if (lane() >= by) upto += other;
  }
  const int warp = block.thread() / 32;
  if (lane() == 31) sums[warp] = upto;
  block.sync();
  for (int w = 0; w < warp; ++w) upto += sums[w];
  return upto - value;
}

template <class Source>
struct CountDigits {
  static constexpr bool alone = false;
  static constexpr int most_threads = kSortThreads;
  static constexpr int ahead = 8;
  static constexpr int64_t shared_bytes = kSortWarps * kDigits * sizeof(int32_t);
  struct Args {
    Source source;
    SortCut cut;
  };

  static MARK1_DEVICE void run(const Args& args, const Block& block) {
    const SortCut& cut = args.cut;
    const int64_t local = block.index() / cut.spans, row = cut.first_row + local;
    const int64_t begin = (block.index() - local * cut.spans) * cut.span;
    const int64_t end = begin + cut.span < cut.n ? begin + cut.span : cut.n;
    auto* tables = block.shared<int32_t>();
    const int thread = block.thread();
#pragma unroll
    for (int w = 0; w < kSortWarps; ++w) tables[w * kDigits + thread] = 0;
    block.sync();
    for (int64_t base = begin; base < end; base += ahead * kSortThreads) {
      typename Source::Bits keys[ahead];
#pragma unroll
      for (int j = 0; j < ahead; ++j) {
        const int64_t i = base + j * kSortThreads + thread;
        keys[j] = i < end ? args.source.key(row, i) : 0;
      }
#pragma unroll
      for (int j = 0; j < ahead; ++j) {
        const int64_t i = base + j * kSortThreads + thread;
        if (i - lane() >= end) break;  // the whole warp
        const bool there = i < end;
        rank_of(cut.digit(keys[j]), there, tables + thread / 32 * kDigits);
      }
    }
    block.sync();
    int32_t count = 0;
#pragma unroll
    for (int w = 0; w < kSortWarps; ++w) count += tables[w * kDigits + thread];
    cut.counts[block.index() * kDigits + thread] = count;
  }
};

// Counts of a digit in the spans become the sums of those before: a block for 32 digits of a row,
// whose warps share the spans.
struct AddCounts {
  static constexpr bool alone = false;
  static constexpr int most_threads = kSortThreads;
  static constexpr int groups = kDigits / 32, share = kMostSpans / kSortWarps;
  static constexpr int64_t shared_bytes = kSortThreads * sizeof(int32_t);
  using Args = SortCut;

  static MARK1_DEVICE void run(const Args& cut, const Block& block) {
    const int64_t row = block.index() / groups;
    const int warp = block.thread() / 32;
    const int64_t digit = block.index() % groups * 32 + lane();
    const int64_t own = (cut.spans + kSortWarps - 1) / kSortWarps, first = warp * own;
    int32_t* counts = cut.counts + (row * cut.spans + first) * kDigits + digit;
    auto* sums = block.shared<int32_t>();
    int32_t held[share], sum = 0;
#pragma unroll
    for (int j = 0; j < share; ++j) {
      held[j] = j < own && first + j < cut.spans ? counts[j * kDigits] : 0;
      sum += held[j];
    }
    sums[block.thread()] = sum;
    block.sync();
    int32_t before = 0;
    for (int w = 0; w < warp; ++w) before += sums[w * 32 + lane()];
    if (warp == kSortWarps - 1) cut.totals[row * kDigits + digit] = before + sum;
#pragma unroll
    for (int j = 0; j < share; ++j) {
      if (j < own && first + j < cut.spans) counts[j * kDigits] = before;
      before += held[j];
    }
  }
};

template <class Source, class Sink>
struct MoveByDigit {
  using Bits = typename Source::Bits;
  static constexpr bool alone = false;
  static constexpr int most_threads = kSortThreads;
  static constexpr int tile = sort_tile(sizeof(Bits)), items = tile / kSortThreads;
  static constexpr int64_t shared_bytes =
      tile * (sizeof(Bits) + sizeof(int32_t)) +
      ((kSortWarps + 1) * kDigits + kSortWarps) * sizeof(int32_t);
  struct Args {
    Source source;
    Sink sink;
    SortCut cut;
  };

  static MARK1_DEVICE void run(const Args& args, const Block& block) {
    const SortCut& cut = args.cut;
    const int64_t local = block.index() / cut.spans, row = cut.first_row + local;
    int64_t begin = (block.index() - local * cut.spans) * cut.span;
    const int64_t end = begin + cut.span < cut.n ? begin + cut.span : cut.n;
    auto* keys = block.shared<Bits>();
    auto* places = reinterpret_cast<int32_t*>(keys + tile);
    int32_t* tables = places + tile;
    int32_t* offsets = tables + kSortWarps * kDigits;  // from places in the tile to the row's
    int32_t* sums = offsets + kDigits;
    const int thread = block.thread();
    int32_t* table = tables + thread / 32 * kDigits;
    // This thread's digit: where its next key goes.
    int32_t start = sum_before(block, cut.totals[local * kDigits + thread], sums) +
                    cut.counts[block.index() * kDigits + thread];
    for (; begin < end; begin += tile) {
      const int count = static_cast<int>(end - begin < tile ? end - begin : tile);
      const int first = thread / 32 * (32 * items) + lane();
#pragma unroll
      for (int w = 0; w < kSortWarps; ++w) tables[w * kDigits + thread] = 0;
      Bits own[items];
      int32_t rank[items];
#pragma unroll
      for (int j = 0; j < items; ++j) {
        const int i = first + 32 * j;
        own[j] = i < count ? args.source.key(row, begin + i) : 0;
      }
      block.sync();
#pragma unroll
      for (int j = 0; j < items; ++j) {
        const int i = first + 32 * j;
        if (i - lane() >= count) break;  // the whole warp
        rank[j] = rank_of(cut.digit(own[j]), i < count, table);
      }
      block.sync();
      int32_t all = 0;
#pragma unroll
      for (int w = 0; w < kSortWarps; ++w) all += tables[w * kDigits + thread];
      int32_t before = sum_before(block, all, sums);
      offsets[thread] = start - before;
      start += all;
#pragma unroll
      for (int w = 0; w < kSortWarps; ++w) {
        const int32_t of_warp = tables[w * kDigits + thread];
        tables[w * kDigits + thread] = before;
        before += of_warp;
      }
      block.sync();
#pragma unroll
      for (int j = 0; j < items; ++j) {
        const int i = first + 32 * j;
        if (i >= count) continue;
        const int32_t at = table[cut.digit(own[j])] + rank[j];
        keys[at] = own[j];
        places[at] = args.source.place(row, begin + i);
      }
      block.sync();
      for (int i = thread; i < count; i += kSortThreads) {
        args.sink.put(row, offsets[cut.digit(keys[i])] + i, keys[i], places[i]);
      }
    }
  }
};

template <class Source, class Sink>
void queue_pass(const Source& source, const Sink& sink, const SortCut& cut, const void* to) {
  using Count = CountDigits<Source>;
  using Move = MoveByDigit<Source, Sink>;
  const int64_t blocks = cut.rows * cut.spans;
  queue<Count>({source, cut}, {blocks, kSortThreads, Count::shared_bytes}, to);
  queue<AddCounts>(cut, {cut.rows * AddCounts::groups, kSortThreads, AddCounts::shared_bytes}, to);
  queue<Move>({source, sink, cut}, {blocks, kSortThreads, Move::shared_bytes}, to);
}

// What is sorted at a time, and where: passes write one half of the scratch memory and the other by
// turns.
template <class Bits>
struct Sorting {
  int64_t all_rows, together;
  Pairs<Bits> half[2];
  SortCut cut;

  Sorting(int64_t rows, int64_t n, void* scratch)
      : all_rows(rows), together(rows_together(rows, n)) {
    constexpr int64_t tile = sort_tile(sizeof(Bits));
    const int64_t keys = (together * n + 3) / 4 * 4, tiles = (n + tile - 1) / tile;
    const int64_t wanted = 2 * room().blocks < kMostSpans ? 2 * room().blocks : kMostSpans;
    const int64_t span = (tiles + wanted - 1) / wanted * tile;
    auto* first = static_cast<Bits*>(scratch);
    auto* places = reinterpret_cast<int32_t*>(first + 2 * keys);
    for (int i = 0; i < 2; ++i) half[i] = {first + i * keys, places + i * keys, n, 0};
    int32_t* totals = places + 2 * keys;
    cut = {0, together, n, span, (n + span - 1) / span, 0, totals + together * kDigits, totals};
  }
  void go_to(int64_t row) {
    cut.first_row = half[0].first_row = half[1].first_row = row;
    cut.rows = all_rows - row < together ? all_rows - row : together;
  }
};

// Sorts the present rows by the lowest `bits`, more than none; returns where they are then.
template <class Source, class Bits>
Pairs<Bits> sort_pairs(const Source& source, Sorting<Bits>& it, int bits, const void* to) {
  it.cut.shift = 0;
  queue_pass(source, it.half[0], it.cut, to);
  int at = 0;
  for (it.cut.shift = 8; it.cut.shift < bits; it.cut.shift += 8, at = 1 - at) {
    queue_pass(it.half[at], it.half[1 - at], it.cut, to);
  }
  return it.half[at];
}

// Sorts rows by all bits of the keys; the last pass fills the sink. `scratch` has sort_bytes().
template <class Source, class Sink>
void sort_rows(const Source& source, const Sink& sink, int64_t rows, int64_t n, void* scratch,
               const void* to) {
  using Bits = typename Source::Bits;
  constexpr int low = 8 * sizeof(Bits) - 8;
  Sorting<Bits> it(rows, n, scratch);
  for (int64_t row = 0; row < rows; row += it.together) {
    it.go_to(row);
    const Pairs<Bits> sorted = sort_pairs(source, it, low, to);
    it.cut.shift = low;
    queue_pass(sorted, sink, it.cut, to);
  }
}

}  // namespace
}  // namespace mark1::gpu

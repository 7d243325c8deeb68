// argsort and sort on a device: a block of threads for each row that fits into shared memory, which
// it sorts by key and place. No two are equal then, so any network gives the stable order;
// Batcher's bitonic one (K. E. Batcher: Sorting networks and their applications, 1968) has equal
// steps. Longer rows are sorted digit by digit.
#include "cuda/radix_sort.h"
#include "ops/sort/keys.h"

namespace mark1::cuda {

extern const SortKernels sort_kernels;

namespace {

constexpr int kMostSorters = 512;

template <class T>
struct SortRow {
  static constexpr bool alone = false;
  using Bits = typename Key<T>::type;
  struct Args {
    SortArgs sort;
    int size;  // the power of two that the row is filled up to
    bool places;
  };
  static int64_t shared_bytes(int size) {
    return size * static_cast<int64_t>(sizeof(Bits) + sizeof(int32_t));
  }

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const SortArgs& a = args.sort;
    const T* x = static_cast<const T*>(a.x) + block.index() * a.n;
    Bits* keys = block.shared<Bits>();
    auto* places = reinterpret_cast<int32_t*>(keys + args.size);
    const int n = static_cast<int>(a.n);
    for (int i = block.thread(); i < args.size; i += block.threads()) {
      keys[i] = i < n ? key_of(x[i], a.descending) : ~Bits(0);
      places[i] = i;  // what fills up comes after all that is equal
    }
    for (int run = 2; run <= args.size; run *= 2) {
      for (int step = run / 2; step > 0; step /= 2) {
        block.sync();
        for (int e = block.thread(); e < args.size / 2; e += block.threads()) {
          const int i = 2 * e - (e & (step - 1)), j = i + step;
          const bool ascending = (i & run) == 0;
          const bool greater = keys[i] > keys[j] || (keys[i] == keys[j] && places[i] > places[j]);
          if (greater != ascending) continue;
          const Bits key = keys[i];
          const int32_t place = places[i];
          keys[i] = keys[j];
          places[i] = places[j];
          keys[j] = key;
          places[j] = place;
        }
      }
    }
    block.sync();
    if (args.places) {
      auto* out = static_cast<int32_t*>(a.out) + block.index() * a.k;
      for (int64_t i = block.thread(); i < a.k; i += block.threads()) out[i] = places[i];
    } else {
      T* out = static_cast<T*>(a.out) + block.index() * a.n;
      for (int i = block.thread(); i < n; i += block.threads()) out[i] = x[places[i]];
    }
  }
};

// A long row's elements as keys.
template <class T>
struct Elements {
  using Bits = typename Key<T>::type;
  const T* x;
  int64_t n;
  bool descending;

  MARK1_DEVICE Bits key(int64_t row, int64_t i) const { return key_of(x[row * n + i], descending); }
  MARK1_DEVICE int32_t place(int64_t, int64_t i) const { return static_cast<int32_t>(i); }
};

// What becomes of the places in order: the first k of them, or the elements there as they are.
template <class Bits>
struct Sorted {
  const Bits* x;  // null: places are wanted
  void* out;
  int64_t n, k;

  MARK1_DEVICE void put(int64_t row, int64_t i, Bits, int32_t place) const {
    if (x) {
      static_cast<Bits*>(out)[row * n + i] = x[row * n + place];
    } else if (i < k) {
      static_cast<int32_t*>(out)[row * k + i] = place;
    }
  }
};

template <class T>
void queue_sorting(const SortArgs& a, bool places, const void* to) {
  using Bits = typename Key<T>::type;
  if (a.n > kLongestInBlock) {
    const Sorted<Bits> sink = {places ? nullptr : static_cast<const Bits*>(a.x), a.out, a.n, a.k};
    gpu::sort_rows(Elements<T>{static_cast<const T*>(a.x), a.n, a.descending}, sink, a.rows, a.n,
                   a.scratch, to);
    return;
  }
  int size = 2;
  while (size < a.n) size *= 2;
  const int threads = size / 2 < 32 ? 32 : size / 2 < kMostSorters ? size / 2 : kMostSorters;
  gpu::queue<SortRow<T>>({a, size, places}, {a.rows, threads, SortRow<T>::shared_bytes(size)}, to);
}

template <class T>
void queue_argsort(const void* bytes, const Team& team) {
  queue_sorting<T>(*static_cast<const SortArgs*>(bytes), true, team.sync);
}
template <class T>
void queue_sort(const void* bytes, const Team& team) {
  queue_sorting<T>(*static_cast<const SortArgs*>(bytes), false, team.sync);
}

}  // namespace

const SortKernels sort_kernels = {
    .argsort = {{&queue_argsort<float>},
                {&queue_argsort<double>},
                {&queue_argsort<int32_t>},
                {&queue_argsort<int64_t>}},
    .sort = {{&queue_sort<float>},
             {&queue_sort<double>},
             {&queue_sort<int32_t>},
             {&queue_sort<int64_t>}},
};

}  // namespace mark1::cuda

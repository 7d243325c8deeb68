// argsort and sort on a device: a block of threads for each row that fits into shared memory, which
// it sorts by key and place. No two are equal then, so any network gives the stable order;
// Batcher's bitonic one (K. E. Batcher: Sorting networks and their applications, 1968) has equal
// steps.
#include "cuda/block.h"
#include "ops/sort/rows.h"

namespace mark1::cuda {

extern const SortKernels sort_kernels;

namespace {

constexpr int64_t kLongest = 4096;  // 48 KB with keys of 8 bytes
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

// Whether the row is one for a block.
template <class T>
bool queue_rows(const SortArgs& a, bool places, void* stream) {
  if (a.n > kLongest) return false;
  int size = 2;
  while (size < a.n) size *= 2;
  const int threads = size / 2 < 32 ? 32 : size / 2 < kMostSorters ? size / 2 : kMostSorters;
  gpu::queue<SortRow<T>>({a, size, places}, {a.rows, threads, SortRow<T>::shared_bytes(size)},
                         stream);
  return true;
}

template <class T>
void queue_argsort(const void* bytes, const Team& team) {
  if (queue_rows<T>(*static_cast<const SortArgs*>(bytes), true, team.sync)) return;
  queue_members<SortArgs, &argsort<T>>(bytes, team);
}
template <class T>
void queue_sort(const void* bytes, const Team& team) {
  if (queue_rows<T>(*static_cast<const SortArgs*>(bytes), false, team.sync)) return;
  queue_members<SortArgs, &sort<T>>(bytes, team);
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

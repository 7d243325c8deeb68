// argsort by the digits of the keys (radix sort), which is stable: no comparison, eight bits a
// pass. Short rows, and the few best of a row, by insertion.
#include "ops/sort/network.h"

namespace mark1 {
namespace MARK1_ISA {

extern const SortKernels sort_kernels;

namespace {

constexpr int64_t short_row = 48;  // insertion takes n^2 / 4 moves, a pass some 300 ns and n
constexpr int64_t few_rows_network = 256;
constexpr int64_t few = 16;  // so many best are kept sorted while a row is read

// Places of the k least keys among n, sorted: each key goes behind those that it is not less than.
template <class Bits, class Load>
void insert(Load key_at, int64_t n, Bits* keys, int32_t* places, int64_t k) {
  int64_t held = 0;
  for (int64_t i = 0; i < n; ++i) {
    const Bits key = key_at(i);
    if (held == k && key >= keys[k - 1]) continue;
    int64_t at = held < k ? held++ : k - 1;
    for (; at > 0 && key < keys[at - 1]; --at) {
      keys[at] = keys[at - 1];
      places[at] = places[at - 1];
    }
    keys[at] = key;
    places[at] = static_cast<int32_t>(i);
  }
}

// Sorts n keys and their places; the places end in what is returned.
template <class Bits>
int32_t* radix_sort(Bits* keys, Bits* other_keys, int32_t* places, int32_t* other_places,
                    int64_t n) {
  constexpr int digits = sizeof(Bits);
  int32_t counts[digits][256];
  __builtin_memset(counts, 0, sizeof(counts));
  for (int64_t i = 0; i < n; ++i) {
    for (int d = 0; d < digits; ++d) ++counts[d][keys[i] >> (8 * d) & 255];
  }
  for (int d = 0; d < digits; ++d) {
    // A digit that all keys share moves nothing.
    if (counts[d][keys[0] >> (8 * d) & 255] == n) continue;
    int32_t start[256];
    int32_t sum = 0;
    for (int b = 0; b < 256; ++b) {
      start[b] = sum;
      sum += counts[d][b];
    }
    for (int64_t i = 0; i < n; ++i) {
      const int32_t to = start[keys[i] >> (8 * d) & 255]++;
      other_keys[to] = keys[i];
      other_places[to] = places[i];
    }
    Bits* k = keys;
    keys = other_keys;
    other_keys = k;
    int32_t* p = places;
    places = other_places;
    other_places = p;
  }
  return places;
}

template <class T>
void argsort(const SortArgs& args, const Team& team) {
  using Bits = typename Key<T>::type;
  const int64_t n = args.n, k = args.k;
  const int64_t room = (n + 8) / 8 * 8;
  auto* keys = reinterpret_cast<Bits*>(args.scratch + team.rank * args.scratch_bytes);
  auto* places = reinterpret_cast<int32_t*>(keys + 2 * room);
  const Range rows = static_range(args.rows, 1, team);
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    const T* x = static_cast<const T*>(args.x) + row * n;
    const auto key_at = [&](int64_t i) { return key_of(x[i], args.descending); };
    const int32_t* sorted = places;
    if (k <= few || n <= short_row) {
      insert(key_at, n, keys, places, k);
    } else {
      for (int64_t i = 0; i < n; ++i) {
        keys[i] = key_at(i);
        places[i] = static_cast<int32_t>(i);
      }
      sorted = radix_sort(keys, keys + room, places, places + room, n);
    }
    __builtin_memcpy(static_cast<int32_t*>(args.out) + row * k, sorted,
                     static_cast<size_t>(k) * sizeof(int32_t));
  }
}

// One digit of keys alone.
template <int bits, class Bits>
void move_by_digit(const Bits* keys, Bits* to, int64_t n, int shift, const int32_t* counts) {
  int32_t start[1 << bits];
  int32_t sum = 0;
  for (int b = 0; b < 1 << bits; ++b) {
    start[b] = sum;
    sum += counts[b];
  }
  for (int64_t i = 0; i < n; ++i) to[start[keys[i] >> shift & ((1 << bits) - 1)]++] = keys[i];
}

// Sorts n keys without their places; returns where they end.
template <int bits, class Bits>
Bits* radix_sort_keys(Bits* keys, Bits* other, int64_t n) {
  constexpr int digits = (8 * sizeof(Bits) + bits - 1) / bits;
  int32_t counts[digits][1 << bits];
  __builtin_memset(counts, 0, sizeof(counts));
  for (int64_t i = 0; i < n; ++i) {
    for (int d = 0; d < digits; ++d) ++counts[d][keys[i] >> (bits * d) & ((1 << bits) - 1)];
  }
  for (int d = 0; d < digits; ++d) {
    if (counts[d][keys[0] >> (bits * d) & ((1 << bits) - 1)] == n) continue;
    move_by_digit<bits>(keys, other, n, bits * d, counts[d]);
    Bits* k = keys;
    keys = other;
    other = k;
  }
  return keys;
}

template <class T>
void sort_long_row(const T* x, int64_t n, char* scratch, T* out) {
  using Bits = typename Key<T>::type;
  auto* keys = reinterpret_cast<Bits*>(scratch);
  Bits* other = keys + (n + 8) / 8 * 8;
  bool zeros = false;
  for (int64_t i = 0; i < n; ++i) {
    keys[i] = key_of(x[i], false);
    zeros |= x[i] == 0;
  }
  // More digits a pass pay where a pass is longer than the count of their values.
  const Bits* sorted =
      n < 8192 ? radix_sort_keys<8>(keys, other, n) : radix_sort_keys<11>(keys, other, n);
  for (int64_t i = 0; i < n; ++i) out[i] = value_of<T>(sorted[i]);
  if (zeros && Network<T>::real) Network<T>::restore_zeros(x, n, out);
}

template <class T>
void sort(const SortArgs& args, const Team& team) {
  constexpr int width = Network<T>::width;
  const Range rows = static_range(args.rows, args.n > kNetworkElements ? 1 : width, team);
  char* scratch = args.scratch + team.rank * args.scratch_bytes;
  const int64_t n = args.n, count = rows.end - rows.begin;
  const T* x = static_cast<const T*>(args.x);
  T* out = static_cast<T*>(args.out);
  // With few rows most lanes are empty.
  if (n > kNetworkElements || (n > few_rows_network && count < width / 4)) {
    for (int64_t row = rows.begin; row < rows.end; ++row) {
      sort_long_row(x + row * n, n, scratch, out + row * n);
    }
    return;
  }
  Network<T> network(scratch, n);
  for (int64_t row = rows.begin; row < rows.end; row += width) {
    const int64_t left = rows.end - row;
    network.sort(x + row * n, static_cast<int>(left < width ? left : width), out + row * n);
  }
}

}  // namespace

const SortKernels sort_kernels = {
    .argsort = {make_kernel<SortArgs, &argsort<float>>(), make_kernel<SortArgs, &argsort<double>>(),
                make_kernel<SortArgs, &argsort<int32_t>>(),
                make_kernel<SortArgs, &argsort<int64_t>>()},
    .sort = {make_kernel<SortArgs, &sort<float>>(), make_kernel<SortArgs, &sort<double>>(),
             make_kernel<SortArgs, &sort<int32_t>>(), make_kernel<SortArgs, &sort<int64_t>>()},
};

}  // namespace MARK1_ISA
}  // namespace mark1

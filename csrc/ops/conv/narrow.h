// Groups of a few outputs each, such as depthwise convolutions: lanes run over the outputs of many
// groups, each of which reads channels of its own.
#pragma once

#include "ops/conv/patches.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// More outputs per group than this are worth a matrix product of their own.
inline constexpr int64_t kFewOutputs = 4;

inline bool is_narrow(const ConvWindows& w, int64_t outputs) {
  return w.groups > 1 && outputs <= kFewOutputs;
}

// One tap and channel of a group: where a window finds it.
struct Term {
  int64_t at[kConvAxes];  // positions from the window's first tap
  int64_t offset;         // elements
};

template <class T>
class Narrow {
 public:
  using V = Vec<T>;
  static constexpr int kVectors = 4;  // that are summed together

  Narrow(const ConvWindows& w, int64_t outputs)
      : w_(w), outputs_(outputs), pixel_(w.groups * w.channels) {}

  Term term(int64_t k) const {
    Term term;
    const int64_t tap = k / w_.channels;
    term.at[2] = tap % w_.axis[2].taps * w_.axis[2].tap;
    term.at[1] = tap / w_.axis[2].taps % w_.axis[1].taps * w_.axis[1].tap;
    term.at[0] = tap / w_.axis[2].taps / w_.axis[1].taps * w_.axis[0].tap;
    term.offset =
        ((term.at[0] * w_.axis[1].size + term.at[1]) * w_.axis[2].size + term.at[2]) * pixel_ +
        k % w_.channels;
    return term;
  }

  bool hits(const Place& place, const Term& term) const {
    if (place.inside) return true;
    const int64_t at0 = place.at[0] + term.at[0];
    const int64_t at1 = place.at[1] + term.at[1];
    const int64_t start = place.start + term.at[2] * pixel_;
    return at0 >= 0 && at0 < w_.axis[0].size && at1 >= 0 && at1 < w_.axis[1].size && start >= 0 &&
           start < w_.axis[2].size * pixel_;
  }

  // What the outputs from j on see of a term.
  [[gnu::always_inline]] inline V source(const Place& place, const Term& term, int64_t j,
                                         int lanes) const {
    const T* from = static_cast<const T*>(w_.source) + place.offset + term.offset;
    if (w_.channels == 1 && outputs_ == 1) return V::load(from + j, lanes);
    T spread[V::width];
    for (int i = 0; i < V::width; ++i) {
      spread[i] = i < lanes ? from[(j + i) / outputs_ * w_.channels] : T(0);
    }
    return V::load(spread);
  }

  // Chains of a window's terms for kVectors vectors of outputs from j on.
  void product(const Place& place, const Term* terms, int64_t count, const T* filter,
               int64_t columns, int64_t j, V (&chain)[kVectors]) const {
    for (int v = 0; v < kVectors; ++v) chain[v] = V(T(0));
    if (is_plain(j, columns)) {
      const T* from = static_cast<const T*>(w_.source) + place.offset + j;
      for (int64_t i = 0; i < count; ++i) {
        const bool hit = hits(place, terms[i]);
        const T* x = from + terms[i].offset;
        const T* w = filter + i * columns;
        for (int v = 0; v < kVectors; ++v) {
          const V value = hit ? V::load(x + v * V::width) : V(T(0));
          chain[v] = fma(value, V::load(w + v * V::width), chain[v]);
        }
      }
      return;
    }
    for (int64_t i = 0; i < count; ++i) {
      const bool hit = hits(place, terms[i]);
      for (int v = 0; v < kVectors && j + v * V::width < columns; ++v) {
        const int lanes = static_cast<int>(smaller(columns - j - v * V::width, V::width));
        const V x = hit ? source(place, terms[i], j + v * V::width, lanes) : V(T(0));
        chain[v] = fma(x, V::load(filter + i * columns + v * V::width, lanes), chain[v]);
      }
    }
  }

  // Chains of a term over windows.
  void filter(const Place* places, const Term& term, int64_t count, const T* dy, int64_t columns,
              int64_t j, V (&chain)[kVectors]) const {
    for (int v = 0; v < kVectors; ++v) chain[v] = V(T(0));
    if (is_plain(j, columns)) {
      const T* from = static_cast<const T*>(w_.source) + term.offset + j;
      for (int64_t i = 0; i < count; ++i) {
        const bool hit = hits(places[i], term);
        const T* x = from + places[i].offset;
        for (int v = 0; v < kVectors; ++v) {
          const V value = hit ? V::load(x + v * V::width) : V(T(0));
          chain[v] = fma(value, V::load(dy + i * columns + v * V::width), chain[v]);
        }
      }
      return;
    }
    for (int64_t i = 0; i < count; ++i) {
      const bool hit = hits(places[i], term);
      for (int v = 0; v < kVectors && j + v * V::width < columns; ++v) {
        const int lanes = static_cast<int>(smaller(columns - j - v * V::width, V::width));
        const V x = hit ? source(places[i], term, j + v * V::width, lanes) : V(T(0));
        chain[v] = fma(x, V::load(dy + i * columns + v * V::width, lanes), chain[v]);
      }
    }
  }

 private:
  // Whether all lanes are used, and outputs lie as their channels do.
  bool is_plain(int64_t j, int64_t columns) const {
    return w_.channels == 1 && outputs_ == 1 && j + kVectors * V::width <= columns;
  }

  const ConvWindows& w_;
  int64_t outputs_;
  int64_t pixel_;
};

// Windows whose places are found together.
inline constexpr int64_t kNarrowRows = 64;

// The filter as one row of all outputs per term.
template <class T>
int64_t narrow_product_bytes(const ConvArgs& a) {
  return count_terms(a.windows) * a.windows.groups * a.outputs * static_cast<int64_t>(sizeof(T));
}

template <class T>
void pack_narrow(const ConvArgs& a, const Team& team) {
  const ConvWindows& w = a.windows;
  const int64_t columns = w.groups * a.outputs;
  const Range own = static_range(count_terms(w), 1, team);
  for (int64_t k = own.begin; k < own.end; ++k) {
    const int64_t tap = k / w.channels;
    const T* from = static_cast<const T*>(a.w) + k % w.channels * a.w_channel +
                    tap % w.axis[2].taps * a.w_tap[2] +
                    tap / w.axis[2].taps % w.axis[1].taps * a.w_tap[1] +
                    tap / w.axis[2].taps / w.axis[1].taps * a.w_tap[0];
    T* to = static_cast<T*>(a.workspace) + k * columns;
    for (int64_t j = 0; j < columns; ++j) {
      to[j] = from[j / a.outputs * a.w_group + j % a.outputs * a.w_output];
    }
  }
}

template <class T>
void narrow_product(const ConvArgs& a, const Team& team) {
  using V = Vec<T>;
  constexpr int vectors = Narrow<T>::kVectors;
  const ConvWindows& w = a.windows;
  const Narrow<T> narrow(w, a.outputs);
  const Patches<T> patches(w);
  const int64_t columns = w.groups * a.outputs;
  const int64_t terms = count_terms(w);
  const T* filter = static_cast<const T*>(a.workspace);
  const T* bias = static_cast<const T*>(a.bias);
  pack_narrow<T>(a, team);
  team.barrier();
  const Range own = static_range(count_windows(w), 1, team);
  Place places[kNarrowRows];
  Term table[kGemmChunk];
  for (int64_t row = own.begin; row < own.end; ++row) {
    const int64_t at_row = (row - own.begin) % kNarrowRows;
    if (at_row == 0) {
      patches.places({row, smaller(row + kNarrowRows, own.end)}, a.y_window, a.y_batch, places);
    }
    const Place& place = places[at_row];
    T* y = static_cast<T*>(a.y) + place.y;
    for (int64_t j = 0; j < columns; j += vectors * V::width) {
      V group[vectors], total[vectors];
      for (int v = 0; v < vectors; ++v) group[v] = total[v] = V(T(0));
      int64_t k = 0;
      do {
        const int64_t end = smaller(k + kGemmChunk, terms);
        // One chunk of terms is the rule: then the table is filled once.
        if (terms > kGemmChunk || (row == own.begin && j == 0)) {
          for (int64_t i = k; i < end; ++i) table[i - k] = narrow.term(i);
        }
        V chain[vectors];
        narrow.product(place, table, end - k, filter + k * columns + j, columns, j, chain);
        const bool closes = end == terms || end % kGemmGroup == 0;
        for (int v = 0; v < vectors; ++v) {
          group[v] = k % kGemmGroup == 0 ? chain[v] : group[v] + chain[v];
          if (closes) total[v] = k < kGemmGroup ? group[v] : total[v] + group[v];
        }
        k = end;
      } while (k < terms);
      for (int v = 0; v < vectors && j + v * V::width < columns; ++v) {
        const int64_t at = j + v * V::width;
        const int lanes = static_cast<int>(smaller(columns - at, V::width));
        const V sum = bias ? total[v] + V::load(bias + at, lanes) : total[v];
        sum.store(y + at, lanes);
      }
    }
    if (a.activation) a.activation(y, columns, 1, columns, a.alpha);
  }
}

// Open group totals, one element per element of dw.
template <class T>
int64_t narrow_filter_bytes(const ConvFilterArgs& a) {
  if (count_windows(a.windows) <= kGemmGroup) return 0;
  return count_terms(a.windows) * a.windows.groups * a.outputs * static_cast<int64_t>(sizeof(T));
}

template <class T>
void narrow_filter(const ConvFilterArgs& a, const Team& team) {
  using V = Vec<T>;
  constexpr int vectors = Narrow<T>::kVectors;
  static constexpr int64_t kNowhere[kConvAxes] = {};
  const ConvWindows& w = a.windows;
  const Narrow<T> narrow(w, a.outputs);
  const Patches<T> patches(w);
  const int64_t columns = w.groups * a.outputs;
  const int64_t blocks = divide_up(columns, vectors * V::width);
  const int64_t windows = count_windows(w);
  const Range own = static_range(count_terms(w) * blocks, 1, team);
  int64_t k = 0;
  do {
    Place places[kGemmChunk];
    const int64_t depth = smaller(windows - k, kGemmChunk);
    patches.places({k, k + depth}, kNowhere, 0, places);
    const bool closes = k + depth == windows || (k + depth) % kGemmGroup == 0;
    for (int64_t item = own.begin; item < own.end; ++item) {
      const Term term = narrow.term(item / blocks);
      const int64_t j = item % blocks * vectors * V::width;
      const int used = static_cast<int>(
          smaller(vectors, divide_up(columns - j, static_cast<int64_t>(V::width))));
      V chain[vectors];
      const T* dy = static_cast<const T*>(a.dy) + k * columns + j;
      narrow.filter(places, term, depth, dy, columns, j, chain);
      T* dw = static_cast<T*>(a.dw) + item / blocks * columns + j;
      T* open = static_cast<T*>(a.workspace) + item / blocks * columns + j;
      for (int v = 0; v < used; ++v) {
        const int lanes = static_cast<int>(smaller(columns - j - v * V::width, V::width));
        T* y = dw + v * V::width;
        T* group = k < kGemmGroup ? y : open + v * V::width;
        V sum = chain[v];
        if (k % kGemmGroup != 0) sum = V::load(group, lanes) + sum;
        if (closes && k >= kGemmGroup) {
          (V::load(y, lanes) + sum).store(y, lanes);
        } else {
          sum.store(group, lanes);
        }
      }
    }
    k += depth;
  } while (k < windows);
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1

// Windows times filter for a handful of outputs, as in the gradient of an image: outputs would fill
// a fraction of a vector, so lanes run over windows. For these the source is turned over, line by
// line: one row per channel, along which the windows of neighbouring lines follow each other.
#pragma once

#include "ops/conv/product.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// Bytes of a block of such rows.
inline constexpr int64_t kNearTurned = 3 << 16;

struct ThinPlan {
  int vectors;     // of windows per tile; 0: not for this problem
  int64_t extent;  // positions from line to line
  int64_t lowest;  // first position of a line in the source
  int64_t lines;   // of windows per block
  int64_t pitch;   // elements from channel to channel
};

template <class T>
inline ThinPlan make_thin_plan(const ConvArgs& a) {
  const ConvWindows& w = a.windows;
  const ConvAxis& across = w.axis[1];
  const ConvAxis& along = w.axis[2];
  ThinPlan plan = {};
  const bool flat = w.axis[0].windows == 1 && w.axis[0].taps == 1 && w.axis[0].size == 1;
  if (w.groups != 1 || !flat || across.step != 1 || along.step != 1) return plan;
  if (across.taps == 0 || along.taps == 0 || 2 * a.outputs > Vec<T>::width) return plan;
  plan.extent = along.windows + span(along) - 1;
  plan.lowest = along.first + smaller(0, (along.taps - 1) * along.tap);
  constexpr int wide[] = {8, 4, 3};
  int vectors = 0;
  for (int v : wide) {
    if (kMaxRows[v] >= a.outputs && vectors == 0) vectors = v;
  }
  const int64_t slack = vectors * Vec<T>::width;
  for (int64_t lines = 1; lines <= across.windows; ++lines) {
    // An odd number of cache lines, so that channels do not meet in the same sets.
    constexpr int64_t line = 64 / sizeof(T);
    const int64_t elements = (lines + span(across) - 1) * plan.extent + slack;
    const int64_t pitch = round_up(elements, 2 * line) + line;
    if (pitch * w.channels * static_cast<int64_t>(sizeof(T)) > kNearTurned) break;
    plan.lines = lines;
    plan.pitch = pitch;
  }
  if (plan.lines > 0) plan.vectors = vectors;
  return plan;
}

template <class T>
struct ThinWorkspace {
  int64_t filter;
  int64_t rows;
  int64_t block;

  ThinWorkspace(const ConvArgs& a, const ThinPlan& plan) {
    filter = round_up(count_terms(a.windows) * a.outputs, 64);
    rows = round_up(plan.pitch * a.windows.channels, 64);
    block = round_up(a.outputs * plan.vectors * Vec<T>::width, 64);
  }
  int64_t elements(int members) const { return filter + members * (rows + 2 * block); }
};

template <class T>
class ThinProduct {
 public:
  ThinProduct(const ConvArgs& a, const ThinPlan& plan, const Team& team)
      : a_(a), w_(a.windows), plan_(plan), team_(team), terms_(count_terms(a.windows)) {
    const ThinWorkspace<T> sizes(a, plan);
    filter_ = static_cast<T*>(a.workspace);
    rows_ = filter_ + sizes.filter + team.rank * (sizes.rows + 2 * sizes.block);
    block_ = rows_ + sizes.rows;
    open_ = block_ + sizes.block;
    across_ = smaller(0, (w_.axis[1].taps - 1) * w_.axis[1].tap);
    along_ = smaller(0, (w_.axis[2].taps - 1) * w_.axis[2].tap);
  }

  void run() const {
    pack_filter();
    team_.barrier();
    const int64_t height = w_.axis[1].windows;
    const Range own = static_range(w_.batch * height, 1, team_);
    for (int64_t line = own.begin; line < own.end;) {
      // A block is of one image.
      const int64_t first = line % height;
      const int64_t count = smaller(smaller(plan_.lines, height - first), own.end - line);
      fill(line / height, first, count);
      run_block(line / height, first, count);
      line += count;
    }
  }

 private:
  // One row of terms per output.
  void pack_filter() const {
    const Range own = static_range(terms_, 16, team_);
    for (int64_t k = own.begin; k < own.end; ++k) {
      const int64_t tap = k / w_.channels;
      const T* from = static_cast<const T*>(a_.w) + k % w_.channels * a_.w_channel +
                      tap / w_.axis[2].taps * a_.w_tap[1] + tap % w_.axis[2].taps * a_.w_tap[2];
      for (int64_t o = 0; o < a_.outputs; ++o) filter_[o * terms_ + k] = from[o * a_.w_output];
    }
  }

  void fill(int64_t n, int64_t first, int64_t count) const {
    const ConvAxis& across = w_.axis[1];
    const ConvAxis& along = w_.axis[2];
    const int64_t begin = plan_.lowest > 0 ? plan_.lowest : 0;
    const int64_t end = smaller(plan_.lowest + plan_.extent, along.size);
    const int64_t low = smaller(begin - plan_.lowest, plan_.extent);
    for (int64_t i = 0; i < count + span(across) - 1; ++i) {
      const int64_t at = across.first + across_ + first + i;
      T* to = rows_ + i * plan_.extent;
      if (at < 0 || at >= across.size || end <= begin) {
        clear(to, plan_.extent);
        continue;
      }
      const T* line = static_cast<const T*>(w_.source) +
                      ((n * across.size + at) * along.size + begin) * w_.channels;
      turn(line, end - begin, to + low);
      clear(to, low);
      clear(to + low + end - begin, plan_.extent - low - (end - begin));
    }
  }

  void clear(T* to, int64_t count) const {
    for (int64_t c = 0; c < w_.channels; ++c) {
      for (int64_t i = 0; i < count; ++i) to[c * plan_.pitch + i] = 0;
    }
  }

  // Pixels with their channels side by side become channels with their pixels side by side.
  void turn(const T* from, int64_t pixels, T* to) const {
    using V = Vec<T>;
    constexpr int64_t together = 16 / sizeof(T);
    const int64_t whole = pixels >= V::width ? w_.channels / together * together : 0;
    for (int64_t i = 0; i < pixels && whole > 0; i += V::width) {
      // The last vector overlaps the one before.
      const int64_t at = smaller(i, pixels - V::width);
      for (int64_t c = 0; c < whole; c += together) {
        V columns[together];
        V::load_columns(from + at * w_.channels + c, w_.channels, columns);
        for (int64_t j = 0; j < together; ++j) columns[j].store(to + (c + j) * plan_.pitch + at);
      }
    }
    for (int64_t c = whole; c < w_.channels; ++c) {
      for (int64_t i = 0; i < pixels; ++i) to[c * plan_.pitch + i] = from[i * w_.channels + c];
    }
  }

  // Tiles of neighbouring positions; those beyond the ends of lines are computed and left.
  void run_block(int64_t n, int64_t first, int64_t count) const {
    using V = Vec<T>;
    const int64_t positions = (count - 1) * plan_.extent + w_.axis[2].windows;
    const int64_t width = plan_.vectors * V::width;
    T* y = static_cast<T*>(a_.y) + n * a_.y_batch + first * a_.y_window[1];
    for (int64_t q = 0; q < positions; q += width) {
      const int64_t left = smaller(positions - q, width);
      for (int64_t k = 0; k < terms_; k += kGemmChunk) {
        run_tile_at(q, static_cast<int>(divide_up(left, V::width)), k);
      }
      scatter(q, left, y);
    }
    if (!a_.activation) return;
    for (int64_t i = 0; i < count; ++i) {
      a_.activation(y + i * a_.y_window[1], a_.y_window[2], w_.axis[2].windows, a_.outputs,
                    a_.alpha);
    }
  }

  void run_tile_at(int64_t q, int vectors, int64_t k) const {
    Piece<T> pieces[kGemmChunk];
    int count = 0;
    const int64_t end = smaller(k + kGemmChunk, terms_);
    for (int64_t at = k; at < end; ++count) {
      const int64_t tap = at / w_.channels;
      const int64_t channel = at % w_.channels;
      const int64_t down = tap / w_.axis[2].taps * w_.axis[1].tap - across_;
      const int64_t right = tap % w_.axis[2].taps * w_.axis[2].tap - along_;
      const int64_t depth = smaller(w_.channels - channel, end - at);
      pieces[count] = {filter_ + at, channel * plan_.pitch + down * plan_.extent + right, depth};
      at += depth;
    }
    Tile<T> t;
    t.pieces = pieces;
    t.count = count;
    t.a_stride = terms_;
    t.b = rows_ + q;
    t.b_stride = plan_.pitch;
    t.b_lanes = t.y_lanes = Vec<T>::width;
    t.bias = nullptr;
    const int64_t width = plan_.vectors * Vec<T>::width;
    place_sums(t, {block_, width, open_, width}, k, terms_);
    run_columns(t, kByRow, static_cast<int>(a_.outputs), vectors);
  }

  void scatter(int64_t q, int64_t count, T* y) const {
    const T* bias = static_cast<const T*>(a_.bias);
    const int64_t width = plan_.vectors * Vec<T>::width;
    for (int64_t i = 0; i < count;) {
      const int64_t line = (q + i) / plan_.extent;
      const int64_t at = (q + i) % plan_.extent;
      const int64_t positions = smaller(plan_.extent - at, count - i);
      T* to = y + line * a_.y_window[1] + at * a_.y_window[2];
      const int64_t windows = smaller(positions, w_.axis[2].windows - at);
      for (int64_t o = 0; o < a_.outputs; ++o) {
        const T* from = block_ + o * width + i;
        for (int64_t p = 0; p < windows; ++p) {
          to[p * a_.y_window[2] + o] = bias ? from[p] + bias[o] : from[p];
        }
      }
      i += positions;
    }
  }

  const ConvArgs& a_;
  const ConvWindows& w_;
  const ThinPlan& plan_;
  const Team& team_;
  int64_t terms_;
  T* filter_;
  T* rows_;
  T* block_;
  T* open_;
  int64_t across_;  // the least distance of a tap across lines, and along them
  int64_t along_;
};

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1

// Groups of a few outputs each, such as depthwise convolutions. Lanes run over the outputs of many
// groups: lines hold, for every channel of a group, a block of columns in which each column has
// what its own group sees. A tap's channels are then terms like the taps of a depthwise
// convolution.
#pragma once

#include "ops/conv/lines.h"
#include "ops/gemm/tile_table.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// Positions between the first and the last tap of a line, all of which are held.
inline constexpr int64_t kMostSpan = 1 << 13;

// More outputs per group fill a vector of their own.
template <class T>
inline bool is_narrow(const ConvWindows& w, int64_t outputs) {
  return w.groups > 1 && 2 * outputs <= Vec<T>::width && span(w.axis[2]) <= kMostSpan;
}

// Bytes of a position, and of the lines held at a time.
inline constexpr int64_t kNearPixel = 512;
inline constexpr int64_t kNearNarrow = 3 << 15;

struct NarrowPlan {
  int64_t columns;  // of all groups
  int64_t outputs;  // of a group
  int64_t unit;     // the fewest that are whole vectors of whole groups
  int64_t block;    // columns at a time, of whole units
  int64_t blocks;
  int64_t terms;
  int64_t line_terms;  // under the taps of the last axis
  bool whole;          // lines are taken as one stretch of windows
  int64_t windows;     // of a line at a time
  int64_t lines;       // of windows at a time
};

// Columns [j, end), at most a block of them.
template <class T>
inline Pixel narrow_pixel(const ConvWindows& w, const NarrowPlan& plan, int64_t j, int64_t end) {
  const int64_t groups = smaller(plan.block, end - j) / plan.outputs;
  const bool plain = w.channels == 1 && plan.outputs == 1;
  Pixel pixel = {};
  pixel.pitch = w.groups * w.channels;
  pixel.first = j / plan.outputs * w.channels;
  pixel.taken = groups * w.channels;
  pixel.held = w.channels * plan.block;
  pixel.columns = plain ? 0 : plan.block;
  pixel.channels = w.channels;
  pixel.outputs = plan.outputs;
  pixel.as_is = plain && groups % Vec<T>::width == 0 && plan.blocks == 1 && plan.whole;
  return pixel;
}

template <class T>
inline NarrowPlan make_narrow_plan(const ConvWindows& w, int64_t outputs) {
  NarrowPlan plan;
  plan.columns = w.groups * outputs;
  plan.outputs = outputs;
  plan.unit = Vec<T>::width;
  while (plan.unit % outputs != 0) plan.unit += Vec<T>::width;
  const int64_t bytes = w.channels * static_cast<int64_t>(sizeof(T));
  const int64_t near = kNearPixel / bytes / plan.unit * plan.unit;
  plan.block = smaller(round_up(plan.columns, plan.unit), near > 0 ? near : plan.unit);
  plan.blocks = divide_up(plan.columns, plan.block);
  plan.terms = count_terms(w);
  plan.line_terms = w.axis[2].taps * w.channels;
  return plan;
}

// A stretch of the windows of each line.
inline ConvWindows stretch_of(const ConvWindows& w, int64_t begin, int64_t count) {
  ConvWindows part = w;
  part.axis[2].first += begin * w.axis[2].step;
  part.axis[2].windows = count;
  return part;
}

// Terms that lie evenly in a line: how many follow each other, and how far apart.
struct NarrowRun {
  int64_t length;
  int64_t distance;

  NarrowRun(const ConvWindows& w, const NarrowPlan& plan, int64_t pixel) {
    const bool by_tap = w.channels == 1;
    length = by_tap || w.axis[2].tap == 1 ? plan.line_terms : w.channels;
    distance = by_tap ? w.axis[2].tap * pixel : plan.block;
  }
};

// Where a term of a line lies.
inline int64_t narrow_offset(const ConvWindows& w, const NarrowPlan& plan, int64_t pixel,
                             int64_t term) {
  return term / w.channels * w.axis[2].tap * pixel + term % w.channels * plan.block;
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1

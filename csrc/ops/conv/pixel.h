// What lines hold of each position of the source.
#pragma once

#include "ops/conv/patches.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// What lines hold of each position: some of its channels as they are, or, for groups of few outputs
// (narrow.h), a block of columns for every channel of a group, each column with its own group's.
struct Pixel {
  int64_t pitch;     // elements of a position in the source
  int64_t first;     // of these the first that is taken
  int64_t taken;     // and how many are
  int64_t held;      // elements of a position in a copy
  int64_t columns;   // of a block; 0: channels as they are
  int64_t channels;  // of a group
  int64_t outputs;   // columns that see the same group
  bool as_is;        // the source itself would do
};

// The channels of a group.
inline Pixel pixel_of(const ConvWindows& w, int64_t group) {
  return {w.groups * w.channels, group * w.channels, w.channels, w.channels, 0, 0, 0, true};
}

template <class T>
void copy_exactly(const T* from, int64_t count, T* to) {
  using V = Vec<T>;
  int64_t i = 0;
  for (; i + V::width <= count; i += V::width) V::load(from + i).store(to + i);
  if (i < count) {
    const int left = static_cast<int>(count - i);
    V::load(from + i, left).store(to + i, left);
  }
}

// Channel c of every group as a row of columns. Columns beyond the last group hold anything.
template <class T>
void spread(const Pixel& pixel, const T* from, T* to) {
  using V = Vec<T>;
  const int64_t channels = pixel.channels;
  const int64_t groups = pixel.taken / channels;
  constexpr int64_t together = 16 / sizeof(T);
  int64_t c = 0;
  if (pixel.outputs == 1 && groups % V::width == 0) {
    for (; c + together <= channels; c += together) {
      for (int64_t g = 0; g < groups; g += V::width) {
        V rows[together];
        V::load_columns(from + g * channels + c, channels, rows);
        for (int64_t j = 0; j < together; ++j) rows[j].store(to + (c + j) * pixel.columns + g);
      }
    }
  }
  for (; c < channels; ++c) {
    T* row = to + c * pixel.columns;
    if (pixel.outputs == 1) {
      for (int64_t g = 0; g < groups; ++g) row[g] = from[g * channels + c];
      continue;
    }
    // What one store writes too much, the next ones write over.
    for (int64_t g = 0; g < groups; ++g) {
      V(from[g * channels + c]).store(row + g * pixel.outputs);
    }
  }
}

// Copies what is held of positions that follow each other.
template <class T>
void take_pixels(const Pixel& pixel, const T* from, int64_t positions, T* to) {
  if (pixel.columns > 0) {
    for (int64_t i = 0; i < positions; ++i)
      spread(pixel, from + i * pixel.pitch, to + i * pixel.held);
  } else if (pixel.taken == pixel.pitch && pixel.held == pixel.pitch) {
    copy_exactly(from, positions * pixel.pitch, to);
  } else {
    for (int64_t i = 0; i < positions; ++i) {
      copy_exactly(from + i * pixel.pitch, pixel.taken, to + i * pixel.held);
    }
  }
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1

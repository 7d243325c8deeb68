// Rows of a segment table handed to a device's kernel by value: the table lies in memory of the
// host, which is far from every block that would look for its row.
#pragma once

#include "core/segment.h"
#include "cuda/block.h"

namespace mark1 {
namespace cuda {
namespace {

// What fits a kernel's 4 KB of arguments with room for an optimizer's numbers.
inline constexpr int kRowsAtOnce = 32;

// Some rows, and where the blocks (or other parts) of each begin.
struct RowBatch {
  Segment rows[kRowsAtOnce];
  int64_t first[kRowsAtOnce];
  int64_t number[kRowsAtOnce];  // of the row in the table
  int count = 0;
  int64_t parts = 0;

  void add(const Segment& row, int64_t row_number, int64_t row_parts) {
    rows[count] = row;
    number[count] = row_number;
    first[count++] = parts;
    parts += row_parts;
  }
  // The row that a part belongs to.
  MARK1_DEVICE int find(int64_t part) const {
    int found = 0;
#pragma unroll
    for (int half = kRowsAtOnce / 2; half > 0; half /= 2) {
      if (found + half < count && first[found + half] <= part) found += half;
    }
    return found;
  }
};

}  // namespace
}  // namespace cuda
}  // namespace mark1

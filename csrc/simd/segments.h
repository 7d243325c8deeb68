// A thread's share of a segment table: equal numbers of elements, whatever the rows.
#pragma once

#include "core/segment.h"
#include "simd/for_each.h"

namespace mark1::MARK1_ISA {
namespace {

// Calls update(segment, range, T()) with a range of the segment's own elements.
template <class Update>
MARK1_DEVICE inline void walk_segments(const Segment* rows, int64_t count, const Team& team,
                                       Update update) {
  if (count == 0) return;
  const Range share = static_range(rows[count - 1].end, 64, team);
  for (const Segment* row = rows; row < rows + count && row->begin < share.end; ++row) {
    if (row->end <= share.begin) continue;
    const int64_t begin = share.begin > row->begin ? share.begin : row->begin;
    const int64_t end = share.end < row->end ? share.end : row->end;
    const Range range{begin - row->begin, end - row->begin};
    if (row->precision == 0) {
      update(*row, range, float());
    } else {
      update(*row, range, double());
    }
  }
}

}  // namespace
}  // namespace mark1::MARK1_ISA

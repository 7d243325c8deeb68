// The loops of gather and scatter_add; compilers vectorise them for each instruction set.
#pragma once

#include "ops/gather/gather.h"
#include "simd/indices.h"

namespace mark1 {
namespace MARK1_ISA {

extern const GatherKernels gather_kernels;

namespace {

// One member looks at all indices: a fraction of a nanosecond each.
template <class Index>
MARK1_DEVICE void find_wrong(const GatherArgs& args, const Team& team) {
  if (team.rank != 0 || !args.wrong) return;
  *args.wrong = first_outside(static_cast<const Index*>(args.indices), args.count, args.rows);
}

// Asks for the lines of a row that will be copied soon. Rows lie anywhere, so the processor cannot
// guess; 64 lines are as many as it can have under way.
MARK1_DEVICE inline void fetch(const char* row, int64_t bytes) {
  constexpr int64_t line = 64, most = 64 * line;
  for (int64_t i = 0; i < bytes && i < most; i += line) fetch_ahead(row + i);
}

template <class Index>
MARK1_DEVICE void gather(const GatherArgs& args, const Team& team) {
  find_wrong<Index>(args, team);
  const auto* x = static_cast<const char*>(args.x);
  const auto* indices = static_cast<const Index*>(args.indices);
  auto* out = static_cast<char*>(args.out);
  const auto size = static_cast<size_t>(args.row_size);
  const Range range = static_range(args.count, 1, team);
  // One wide row ahead, or some narrow ones.
  const int64_t ahead = args.row_size >= 1024 ? 1 : 8;
  for (int64_t i = range.begin; i < range.end; ++i) {
    const int64_t row = indices[i];
    if (i + ahead < range.end) {
      const int64_t later = indices[i + ahead];
      if (inside(later, args.rows)) fetch(x + later * args.row_size, args.row_size);
    }
    if (!inside(row, args.rows)) {
      __builtin_memset(out + i * args.row_size, 0, size);
    } else if (size == 4) {
      __builtin_memcpy(out + i * 4, x + row * 4, 4);
    } else {
      __builtin_memcpy(out + i * args.row_size, x + row * args.row_size, size);
    }
  }
}

// Members own columns of wide rows, or else target rows: each element has one writer, who adds by
// ascending position.
template <class Index, class T>
MARK1_DEVICE void scatter_add(const GatherArgs& args, const Team& team) {
  find_wrong<Index>(args, team);
  const auto* dy = static_cast<const T*>(args.x);
  const auto* indices = static_cast<const Index*>(args.indices);
  auto* out = static_cast<T*>(args.out);
  const int64_t size = args.row_size;
  Range rows = {0, args.rows};
  Range columns = {0, size};
  if (size >= 64 * team.size) {
    columns = static_range(size, 16, team);
  } else {
    rows = static_range(args.rows, 1, team);
  }
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    for (int64_t c = columns.begin; c < columns.end; ++c) out[row * size + c] = 0;
  }
  for (int64_t i = 0; i < args.count; ++i) {
    const int64_t row = indices[i];
    if (row < rows.begin || row >= rows.end) continue;
    const T* __restrict__ from = dy + i * size;
    T* __restrict__ to = out + row * size;
    for (int64_t c = columns.begin; c < columns.end; ++c) to[c] += from[c];
  }
}

template <class Index>
constexpr Kernel<GatherArgs> gather_kernel() {
  return make_kernel<GatherArgs, &gather<Index>>();
}
template <class Index, class T>
constexpr Kernel<GatherArgs> scatter_kernel() {
  return make_kernel<GatherArgs, &scatter_add<Index, T>>();
}

}  // namespace

const GatherKernels gather_kernels = {
    .gather = {gather_kernel<int32_t>(), gather_kernel<int64_t>()},
    .scatter_add = {{scatter_kernel<int32_t, float>(), scatter_kernel<int32_t, double>()},
                    {scatter_kernel<int64_t, float>(), scatter_kernel<int64_t, double>()}},
};

}  // namespace MARK1_ISA
}  // namespace mark1

// A matrix product on matrix units (cuda/matrix_units.h), for the precisions that have a name: the
// order of its sums is the unit's, not that of numerics.md.
//
// A block makes a tile of the result, a warp a part of it in registers. Operands come to shared
// memory as words of 32 bits, line after line with words along k side by side, 16 words at a time,
// while those before are multiplied; 4 spare words per line keep ldmatrix free of bank conflicts.
// Per 8 words a warp of the large tile loads 4 + 2 times 512 bytes and multiplies 16 times.
#pragma once

#include "ops/activation/epilogue.h"
#include "ops/gemm/narrow_formats.cuh"
#include "ops/gemm/narrow_parts.cuh"
#include "ops/gemm/narrow_plan.h"

namespace mark1::cuda {
namespace {

inline constexpr int kStageWords = 16, kLineWords = kStageWords + 4;

// An operand: `lines` are rows of a or columns of b, from the tile's first.
template <class Format>
struct WordOperand {
  using Number = typename Format::Number;
  const Number* first;
  int64_t line_step, k_step, lines, depth;

  // Whether four words may be loaded at once, wherever they are whole.
  MARK1_DEVICE bool aligned() const {
    const int64_t bytes = sizeof(Number), other = k_step == 1 ? line_step : k_step;
    const int64_t unit = k_step == 1 ? 16 : 4 * bytes;
    return (k_step == 1 || line_step == 1) && other * bytes % unit == 0 &&
           static_cast<int64_t>(reinterpret_cast<uintptr_t>(first)) % unit == 0;
  }
  MARK1_DEVICE Number at(int64_t line, int64_t k) const {
    return line < lines && k < depth ? first[line * line_step + k * k_step] : Number{};
  }
  MARK1_DEVICE uint32_t word(int64_t line, int64_t k) const {
    return Format::word(at(line, k), at(line, k + Format::per_word - 1));
  }
};

// Four words of a part of an operand: of one line, or of four lines. Neighbouring threads read what
// lies side by side; across lines, eight words of four times four lines, so that they do not all
// store to the same banks.
struct QuadPlace {
  int line, word;
};
MARK1_DEVICE inline QuadPlace quad_place(int quad, bool along_k) {
  if (along_k) return {quad / (kStageWords / 4), quad % (kStageWords / 4) * 4};
  return {(quad / 8 % 4 + quad / 64 * 4) * 4, quad % 8 + quad / 32 % 2 * 8};
}

template <class Format>
MARK1_DEVICE inline Quad fetch_quad(const WordOperand<Format>& x, bool aligned, QuadPlace p,
                                    int64_t k) {
  constexpr int per = Format::per_word;
  const int64_t line = p.line;
  k += p.word * per;
  Quad quad;
  if (x.k_step == 1) {
    if (aligned && line < x.lines && k + 4 * per <= x.depth) {
      quad = *reinterpret_cast<const Quad*>(x.first + line * x.line_step + k);
      if constexpr (per == 1) {
        for (uint32_t& w : quad.words) w = Format::word(__builtin_bit_cast(float, w), 0.0f);
      }
      return quad;
    }
    for (int i = 0; i < 4; ++i) quad.words[i] = x.word(line, k + i * per);
    return quad;
  }
  if (aligned && line + 4 <= x.lines && k + per <= x.depth) {
    const auto* from = x.first + line + k * x.k_step;
    if constexpr (per == 1) {
      quad = *reinterpret_cast<const Quad*>(from);
      for (uint32_t& w : quad.words) w = Format::word(__builtin_bit_cast(float, w), 0.0f);
    } else {
      const Pair low = *reinterpret_cast<const Pair*>(from);
      const Pair high = *reinterpret_cast<const Pair*>(from + x.k_step);
      for (int i = 0; i < 2; ++i) {
        quad.words[2 * i] = (low.words[i] & 0xffffu) | high.words[i] << 16;
        quad.words[2 * i + 1] = low.words[i] >> 16 | (high.words[i] & 0xffff0000u);
      }
    }
    return quad;
  }
  for (int i = 0; i < 4; ++i) quad.words[i] = x.word(line + i, k);
  return quad;
}

MARK1_DEVICE inline void put_quad(uint32_t* part, const Quad& quad, QuadPlace p, bool along_k) {
  uint32_t* to = part + p.line * kLineWords + p.word;
  if (along_k) {
    *reinterpret_cast<Quad*>(to) = quad;
  } else {
    for (int i = 0; i < 4; ++i) to[i * kLineWords] = quad.words[i];
  }
}

// Tiles of rows x columns by warps of m x n pieces of 16 x 8.
template <class TileFormat, int kRows, int kColumns, int kM, int kN>
struct UnitShape {
  using Format = TileFormat;
  static constexpr int rows = kRows, columns = kColumns, m = kM, n = kN;
  static constexpr int across = columns / (8 * n), warps = rows / (16 * m) * across;
  static constexpr int threads = 32 * warps;
  static constexpr int a_words = rows * kLineWords, b_words = columns * kLineWords;
  static constexpr int a_quads = rows * kStageWords / 4 / threads;
  static constexpr int b_quads = columns * kStageWords / 4 / threads;
  static_assert(n % 2 == 0 && rows % 16 == 0 && columns % 16 == 0);
  static_assert(rows * kStageWords % (4 * threads) == 0);
  static_assert(columns * kStageWords % (4 * threads) == 0);
  static constexpr int sum_stride = columns + 8;
  static constexpr int64_t operand_bytes = 2 * (a_words + b_words) * int64_t{sizeof(uint32_t)};
  static constexpr int64_t sum_bytes = rows * sum_stride * int64_t{sizeof(float)};
  static constexpr int64_t shared_bytes = operand_bytes > sum_bytes ? operand_bytes : sum_bytes;
};

template <class Shape>
class UnitTile {
  using Format = typename Shape::Format;
  using Operand = WordOperand<Format>;

 public:
  MARK1_DEVICE UnitTile(const gpu::Block& block, const Operand& a, const Operand& b)
      : block_(block),
        a_(a),
        b_(b),
        a_aligned_(a.aligned()),
        b_aligned_(b.aligned()),
        words_(block.shared<uint32_t>()),
        row_(block.thread() / 32 / Shape::across * 16 * Shape::m),
        column_(block.thread() / 32 % Shape::across * 8 * Shape::n) {}

  // Adds up all terms; the sums are then in shared memory, Shape::sum_stride apart.
  MARK1_DEVICE const float* run() {
    for (auto& row : sums_) {
      for (auto& piece : row) {
        for (float& sum : piece) sum = 0;
      }
    }
    constexpr int64_t depth = kStageWords * Format::per_word;
    fetch(0);
    put(0);
    block_.sync();
    int buffer = 0;
    for (int64_t k = 0; k < a_.depth; k += depth) {
      const bool more = k + depth < a_.depth;
      if (more) fetch(k + depth);
      multiply(buffer);
      buffer ^= 1;
      if (more) put(buffer);
      block_.sync();
    }
    return leave_sums();
  }

 private:
  MARK1_DEVICE uint32_t* a_part(int buffer) const { return words_ + buffer * Shape::a_words; }
  MARK1_DEVICE uint32_t* b_part(int buffer) const {
    return words_ + 2 * Shape::a_words + buffer * Shape::b_words;
  }
  MARK1_DEVICE QuadPlace place(int i, bool along_k) const {
    return quad_place(block_.thread() + i * Shape::threads, along_k);
  }

  MARK1_DEVICE void fetch(int64_t k) {
#pragma unroll
    for (int i = 0; i < Shape::a_quads; ++i) {
      a_next_[i] = fetch_quad(a_, a_aligned_, place(i, a_.k_step == 1), k);
    }
#pragma unroll
    for (int i = 0; i < Shape::b_quads; ++i) {
      b_next_[i] = fetch_quad(b_, b_aligned_, place(i, b_.k_step == 1), k);
    }
  }
  MARK1_DEVICE void put(int buffer) {
#pragma unroll
    for (int i = 0; i < Shape::a_quads; ++i) {
      put_quad(a_part(buffer), a_next_[i], place(i, a_.k_step == 1), a_.k_step == 1);
    }
#pragma unroll
    for (int i = 0; i < Shape::b_quads; ++i) {
      put_quad(b_part(buffer), b_next_[i], place(i, b_.k_step == 1), b_.k_step == 1);
    }
  }

  MARK1_DEVICE void multiply(int buffer) {
    const int lane = gpu::lane();
    // Which line of 16, and which half of 8 words, a lane names to ldmatrix.
    const uint32_t* a = a_part(buffer) + (row_ + lane % 16) * kLineWords + lane / 16 * 4;
    const uint32_t* b =
        b_part(buffer) + (column_ + lane / 16 * 8 + lane % 8) * kLineWords + lane / 8 % 2 * 4;
#pragma unroll
    for (int step = 0; step < kStageWords; step += 8) {
      uint32_t left[Shape::m][4], right[Shape::n / 2][4];
#pragma unroll
      for (int i = 0; i < Shape::m; ++i) {
        gpu::load_matrices(left[i], a + i * 16 * kLineWords + step);
      }
#pragma unroll
      for (int j = 0; j < Shape::n / 2; ++j) {
        gpu::load_matrices(right[j], b + j * 16 * kLineWords + step);
      }
#pragma unroll
      for (int i = 0; i < Shape::m; ++i) {
#pragma unroll
        for (int j = 0; j < Shape::n; ++j) {
          Format::multiply(sums_[i][j], left[i], right[j / 2] + j % 2 * 2);
        }
      }
    }
  }

  MARK1_DEVICE const float* leave_sums() {
    auto* sums = reinterpret_cast<float*>(words_);
    const int g = gpu::lane() / 4, t = gpu::lane() % 4;
#pragma unroll
    for (int i = 0; i < Shape::m; ++i) {
#pragma unroll
      for (int j = 0; j < Shape::n; ++j) {
        float* to = sums + (row_ + 16 * i + g) * Shape::sum_stride + column_ + 8 * j + 2 * t;
        to[0] = sums_[i][j][0];
        to[1] = sums_[i][j][1];
        to[8 * Shape::sum_stride] = sums_[i][j][2];
        to[8 * Shape::sum_stride + 1] = sums_[i][j][3];
      }
    }
    block_.sync();
    return sums;
  }

  const gpu::Block& block_;
  const Operand a_, b_;
  const bool a_aligned_, b_aligned_;
  uint32_t* words_;
  const int row_, column_;  // of the warp, in the tile
  float sums_[Shape::m][Shape::n][4];
  Quad a_next_[Shape::a_quads], b_next_[Shape::b_quads];
};

struct UnitArgs {
  NarrowGemmArgs product;
  int64_t tile_rows, tile_columns;  // how many tiles there are
  int64_t parts, terms;             // of k, and of each but the last
  bool added;                       // by another grid
};

template <class Shape>
struct UnitProduct {
  static constexpr bool alone = false;
  static constexpr int most_threads = Shape::threads;
  using Args = UnitArgs;
  using Format = typename Shape::Format;
  using Number = typename Format::Number;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const GemmArgs& g = args.product.gemm;
    const int64_t tiles = args.tile_rows * args.tile_columns, tile = block.index() % tiles;
    const int64_t matrix = block.index() / tiles % g.batch.count;
    const int64_t part = block.index() / tiles / g.batch.count;
    const GemmPlace place = place_of(g.batch, matrix);
    const int64_t row = tile % args.tile_rows * Shape::rows;
    const int64_t column = tile / args.tile_rows * Shape::columns;
    const int64_t k = part * args.terms, terms = args.terms < g.k - k ? args.terms : g.k - k;
    const Number* a = static_cast<const Number*>(g.a) + place.a + row * g.a_row + k * g.a_col;
    const Number* b = static_cast<const Number*>(g.b) + place.b + column * g.b_col + k * g.b_row;
    UnitTile<Shape> sums(block, {a, g.a_row, g.a_col, g.m - row, terms},
                         {b, g.b_col, g.b_row, g.n - column, terms});
    const float* made = sums.run();
    const int64_t first = place.y + row * g.y_row + column;
    float* parts = static_cast<float*>(g.workspace) +
                   ((part * g.batch.count + matrix) * g.m + row) * g.n + column;
    for (int e = block.thread(); e < Shape::rows * Shape::columns; e += Shape::threads) {
      const int i = e / Shape::columns, j = e % Shape::columns;
      if (row + i >= g.m || column + j >= g.n) continue;
      float value = made[i * Shape::sum_stride + j];
      if (args.added) {
        parts[i * g.n + j] = value;
        continue;
      }
      if (g.bias) value += static_cast<const float*>(g.bias)[column + j];
      finish_row<float>(g.activation, &value, 1, g.alpha);
      const int64_t to = first + i * g.y_row + j;
      if (args.product.narrow) {
        static_cast<Number*>(g.y)[to] = Format::rounded(value);
      } else {
        static_cast<float*>(g.y)[to] = value;
      }
    }
  }
};

template <class Shape>
void queue_units(const NarrowGemmArgs& args, const NarrowPlan& plan, const void* stream) {
  const GemmArgs& g = args.gemm;
  const int64_t rows = parts_of(g.m, Shape::rows), columns = parts_of(g.n, Shape::columns);
  const int64_t blocks = plan.parts * g.batch.count * rows * columns;
  gpu::queue<UnitProduct<Shape>>({args, rows, columns, plan.parts, plan.terms, plan.added},
                                 {blocks, Shape::threads, Shape::shared_bytes}, stream);
}

// Large tiles reuse most; small ones are for products that would not fill the device otherwise. The
// rates are guesses at what loads through registers leave of the units' 1,300 per cycle.
template <class Format>
struct UnitKernels {
  using Large = UnitShape<Format, 128, 128, 4, 4>;
  using Small = UnitShape<Format, 64, 64, 2, 4>;
  static constexpr int depth = kStageWords * Format::per_word;
  static constexpr TileCost large = {128, 128, depth, 2, 325.0 * Format::per_word, 800, 3000};
  static constexpr TileCost small = {64, 64, depth, 5, 200.0 * Format::per_word, 800, 2000};

  static NarrowPlan plan(const GemmArgs& g, bool warpgroups, int64_t most_bytes) {
    NarrowPlan best;
    const int64_t processors = gpu::tile_room().blocks;
    if (warpgroups && fits_warpgroups(g)) improve_by_warpgroups(best, g, most_bytes, processors);
    if (best.kernel != NarrowKernel::kNone && only_warpgroups()) return best;
    improve(best, NarrowKernel::kLarge, g, large, true, most_bytes, processors);
    improve(best, NarrowKernel::kSmall, g, small, true, most_bytes, processors);
    return best;
  }
};

template <class Format>
NarrowGemmWorkspace unit_workspace(const NarrowGemmArgs& args) {
  const GemmArgs& g = args.gemm;
  const int64_t most = most_part_bytes(g, sizeof(typename Format::Number));
  const bool warpgroups = Format::per_word == 2 && try_warpgroups();
  const NarrowPlan plan = UnitKernels<Format>::plan(g, warpgroups, most);
  return {plan.added ? plan.parts * part_bytes(g) : 0, 0};
}

template <class Format>
void queue_narrow(const void* bytes, const Team& team) {
  using Kernels = UnitKernels<Format>;
  const auto& args = *static_cast<const NarrowGemmArgs*>(bytes);
  const bool warpgroups = Format::per_word == 2 && warpgroups_passed();
  NarrowPlan plan = Kernels::plan(args.gemm, warpgroups, args.shared_bytes);
  constexpr auto kNumber =
      __is_same(Format, F16Format) ? NarrowNumber::kHalf : NarrowNumber::kBFloat16;
  if (plan.cluster > 0 && !queue_by_warpgroups(args, kNumber, plan, team.sync)) {
    plan.cluster = 0;
    plan.kernel = NarrowKernel::kLarge;
  }
  if (plan.cluster == 0) {
    plan.kernel == NarrowKernel::kLarge
        ? queue_units<typename Kernels::Large>(args, plan, team.sync)
        : queue_units<typename Kernels::Small>(args, plan, team.sync);
  }
  if (plan.added) queue_parts<Format>(args, plan.parts, team.sync);
}

}  // namespace
}  // namespace mark1::cuda

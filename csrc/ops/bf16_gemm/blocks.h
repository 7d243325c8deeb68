// Blocks for the caches around a Unit's tile, which has Unit::rows by Unit::columns sums:
//
//   Unit::tile(a, b, c, blocks)   c += blocks of 32 values of k; rows of c are Unit::columns apart
//
// The team packs b's panels together. Each member packs rows of its own, as many as the
// second-level cache holds, and takes one panel after the other to the end of k.
#pragma once

#include "ops/bf16_gemm/pack.h"
#include "simd/flush.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class Unit>
class Blocks {
 public:
  using Word = typename Unit::Word;
  static constexpr int64_t kRows = Unit::rows;
  static constexpr int64_t kColumns = Unit::columns;
  static constexpr int64_t kRowWords = kPieceBlocks * Unit::words;  // of one piece of k
  static constexpr int64_t kSharedBytes = int64_t{8} << 20;
  static constexpr int64_t kMemberBytes = int64_t{384} << 10;

  explicit Blocks(const NarrowGemmArgs& args)
      : args_(args), g_(args.gemm), pieces_(divide_up(g_.k, kPiece)) {
    const GemmArgs& g = g_;
    const int64_t panel = panel_words() * int64_t{sizeof(Word)};
    const int64_t most = panel > 0 ? kSharedBytes / panel : 1;
    panels_ = smaller(divide_up(g.n, kColumns), most > 1 ? most : 1);
    const int64_t tile = pieces_ * kRows * kRowWords * int64_t{sizeof(Word)};
    const int64_t fit = tile > 0 ? kMemberBytes / tile : 4;
    tiles_ = smaller(divide_up(g.m, kRows), fit > 4 ? fit : 4);
  }

  NarrowGemmWorkspace workspace() const {
    const int64_t rows = tiles_ * pieces_ * kRows * kRowWords * int64_t{sizeof(Word)};
    const int64_t sums = tiles_ * kRows * kColumns * int64_t{sizeof(float)};
    return {panels_ * panel_words() * int64_t{sizeof(Word)} + 64, rows + sums + 64};
  }

  // One product; `team` is who works on it, `rank` whose workspace this member's is.
  void run(const GemmPlace& place, const Team& team, int64_t b_rank, int64_t rank) {
    char* workspace = static_cast<char*>(g_.workspace);
    b_ = reinterpret_cast<Word*>(workspace + b_rank * args_.shared_bytes);
    const int64_t shared = g_.batch.count > 1 ? b_ranks_ : 1;
    char* own = workspace + shared * args_.shared_bytes + rank * g_.workspace_bytes;
    sums_ = reinterpret_cast<float*>(own);
    a_ = reinterpret_cast<Word*>(sums_ + tiles_ * kRows * kColumns);
    const int64_t all = divide_up(g_.n, kColumns);
    for (int64_t first = 0; first < all; first += panels_) {
      const int64_t count = smaller(all - first, panels_);
      const Range mine = static_range(count, 1, team);
      for (int64_t p = mine.begin; p < mine.end; ++p) {
        const int64_t j = (first + p) * kColumns;
        pack_columns<Unit>(b_of(place) + j * g_.b_col, g_.b_row, g_.b_col,
                           smaller(g_.n - j, kColumns), g_.k, b_ + p * panel_words());
      }
      team.barrier();
      // Members own rows, or panels where there are too few rows for all.
      const bool by_rows = g_.m >= 2 * kRows * team.size;
      const Range rows = by_rows ? static_range(g_.m, kRows, team) : Range{0, g_.m};
      const Range panels = by_rows ? Range{0, count} : mine;
      for (int64_t i = rows.begin; i < rows.end && panels.begin < panels.end; i += tiles_ * kRows) {
        const int64_t height = smaller(rows.end - i, tiles_ * kRows);
        pack_a(place, i, height);
        for (int64_t p = panels.begin; p < panels.end; ++p) {
          const unsigned word = begin_flushing();
          add_up(p, divide_up(height, kRows));
          end_flushing(word);
          finish(place, i, height, (first + p) * kColumns);
        }
      }
      team.barrier();
    }
  }

  void set_ranks(int64_t b_ranks) { b_ranks_ = b_ranks; }

 private:
  const BFloat16* a_of(const GemmPlace& place) const {
    return static_cast<const BFloat16*>(g_.a) + place.a;
  }
  const BFloat16* b_of(const GemmPlace& place) const {
    return static_cast<const BFloat16*>(g_.b) + place.b;
  }
  int64_t panel_words() const { return pieces_ * kRowWords * kColumns; }

  void pack_a(const GemmPlace& place, int64_t i, int64_t height) {
    const int64_t tiles = divide_up(height, kRows);
    for (int64_t piece = 0; piece < pieces_; ++piece) {
      const int64_t k = piece * kPiece;
      pack_rows<Unit>(a_of(place) + i * g_.a_row + k * g_.a_col, g_.a_row, g_.a_col, height,
                      tiles * kRows, smaller(g_.k - k, kPiece),
                      a_ + piece * tiles * kRows * kRowWords);
    }
  }

  [[gnu::noinline]] void add_up(int64_t panel, int64_t tiles) {
    for (int64_t i = 0; i < tiles * kRows * kColumns; ++i) sums_[i] = 0;
    for (int64_t piece = 0; piece < pieces_; ++piece) {
      const int64_t blocks = divide_up(smaller(g_.k - piece * kPiece, kPiece), kBf16Block);
      const Word* b = b_ + panel * panel_words() + piece * kRowWords * kColumns;
      const Word* a = a_ + piece * tiles * kRows * kRowWords;
      for (int64_t t = 0; t < tiles; ++t) {
        Unit::tile(a + t * kRows * kRowWords, b, sums_ + t * kRows * kColumns, blocks);
      }
    }
  }

  void finish(const GemmPlace& place, int64_t i, int64_t height, int64_t j) {
    const int64_t width = smaller(g_.n - j, kColumns);
    const auto* bias = static_cast<const float*>(g_.bias);
    for (int64_t r = 0; bias && r < height; ++r) {
      for (int64_t c = 0; c < width; ++c) sums_[r * kColumns + c] += bias[j + c];
    }
    if (g_.activation) g_.activation(sums_, kColumns, height, width, g_.alpha);
    for (int64_t r = 0; r < height; ++r) {
      const float* __restrict__ from = sums_ + r * kColumns;
      const int64_t to = place.y + (i + r) * g_.y_row + j;
      if (args_.narrow) {
        BFloat16* __restrict__ y = static_cast<BFloat16*>(g_.y) + to;
        for (int64_t c = 0; c < width; ++c) y[c] = to_bfloat16(from[c]);
      } else {
        float* __restrict__ y = static_cast<float*>(g_.y) + to;
        for (int64_t c = 0; c < width; ++c) y[c] = from[c];
      }
    }
  }

  const NarrowGemmArgs& args_;
  const GemmArgs& g_;
  const int64_t pieces_;
  int64_t panels_;  // of b that are packed at once
  int64_t tiles_;   // of rows that a member packs at once
  int64_t b_ranks_ = 1;
  Word* b_ = nullptr;
  Word* a_ = nullptr;
  float* sums_ = nullptr;
};

// One product is everybody's; of many, each is one member's.
template <class Unit>
void run_blocks(const NarrowGemmArgs& args, const Team& team) {
  const GemmArgs& g = args.gemm;
  Unit::enter();
  Blocks<Unit> blocks(args);
  if (g.batch.count == 1) {
    blocks.run(GemmPlace{}, team, 0, team.rank);
  } else {
    blocks.set_ranks(team.size);
    const Range mine = static_range(g.batch.count, 1, team);
    for (int64_t i = mine.begin; i < mine.end; ++i) {
      blocks.run(place_of(g.batch, i), Team{}, team.rank, team.rank);
    }
  }
  Unit::leave();
}

template <class Unit>
NarrowGemmWorkspace workspace_of(const NarrowGemmArgs& g) {
  return Blocks<Unit>(g).workspace();
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1

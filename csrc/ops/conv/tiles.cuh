// Tiles of the three products of a convolution, and the grids that add up those made in parts.
#pragma once

#include "ops/conv/patches.cuh"
#include "ops/conv/sums.h"
#include "ops/gemm/sums.cuh"

namespace mark1::cuda {
namespace {

// A product per group, and how it is divided among blocks.
struct Division {
  int64_t rows, columns, k, groups;
  int64_t tile_rows, tile_columns;
  int64_t slots, terms, share;  // as in a Plan
};
struct ProductArgs {
  ConvArgs conv;
  Patches patches;
  Division division;
  bool matrix;  // the filter is one
};
struct FilterArgs {
  ConvFilterArgs conv;
  Patches patches;
  Division division;
};

// What a block makes. Blocks that run at a time share windows.
template <class Shape>
struct BlockPlace {
  int64_t row, column, group, begin, end, group_terms;

  MARK1_DEVICE BlockPlace(const Division& d, int64_t block) {
    // Numbers of blocks have 31 bits.
    auto rest = static_cast<uint32_t>(block);
    const auto next = [&](int64_t count) {
      const uint32_t digit = rest % static_cast<uint32_t>(count);
      rest /= static_cast<uint32_t>(count);
      return int64_t{digit};
    };
    column = next(d.tile_columns) * Shape::columns;
    row = next(d.tile_rows) * Shape::rows;
    group = next(d.groups);
    const int64_t terms = d.slots ? d.share * d.terms : d.k;
    begin = rest * terms;
    end = begin + terms < d.k ? begin + terms : d.k;
    group_terms = d.slots ? d.terms : kGemmGroup;
  }
};

// The slots are matrices (group, row, column).
template <class Shape, class Tile>
MARK1_DEVICE inline void put_slot(const Division& d, void* workspace, const Tile& tile,
                                  const BlockPlace<Shape>& place, int64_t slot) {
  using T = typename Shape::T;
  const int64_t first = (slot * d.groups + place.group) * d.rows + place.row;
  T* totals = static_cast<T*>(workspace) + first * d.columns + place.column;
  put_totals<Shape>(tile, d.columns - place.column, Ending<T>{}, [&](int row) {
    return place.row + row < d.rows ? totals + row * d.columns : nullptr;
  });
}

template <class Shape>
struct Products {
  static constexpr bool alone = false;
  using Args = ProductArgs;
  using T = typename Shape::T;
  using A = WindowParts<typename Shape::A>;
  using B = FilterParts<typename Shape::B>;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const ConvArgs& a = args.conv;
    const Patches& p = args.patches;
    const Division& d = args.division;
    const BlockPlace<Shape> place(d, block.index());
    auto* spots = reinterpret_cast<Spot*>(block.shared<char>() + Shape::shared_bytes);
    put_spots(block, spots, Shape::rows, place.row, d.rows, [&](int64_t window) {
      const Walk walk(p.windows, window);
      Spot spot = p.window_spot(walk);
      spot.output = walk.digit[0] * a.y_batch;
      for (int i = 0; i < kConvAxes; ++i) spot.output += walk.digit[i + 1] * a.y_window[i];
      return spot;
    });
    const int thread = block.thread();
    typename Shape::template Tile<A, B> tile(
        block, {p, place.group * a.windows.channels, spots, thread, place.begin},
        {a, p, place.group, place.column, args.matrix, thread, place.begin});
    const int64_t column = place.group * a.outputs + place.column;
    T* y = static_cast<T*>(a.y) + column;
    tile.accumulate(place.begin, place.end, place.group_terms, [&](int64_t group) {
      if (d.slots) return put_slot<Shape>(d, a.workspace, tile, place, group);
      Ending<T> end = {group > 0};
      if ((group + 1) * kGemmGroup >= d.k) {
        end.bias = a.bias ? static_cast<const T*>(a.bias) + column : nullptr;
        end.activation = a.activation;
        end.alpha = a.alpha;
      }
      put_totals<Shape>(tile, d.columns - place.column, end, [&](int row) {
        return spots[row].output < 0 ? nullptr : y + spots[row].output;
      });
    });
  }
};

template <class Shape>
struct Filters {
  static constexpr bool alone = false;
  using Args = FilterArgs;
  using T = typename Shape::T;
  using A = TapParts<typename Shape::A>;
  using B = typename Shape::RightMatrix;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const ConvFilterArgs& a = args.conv;
    const Patches& p = args.patches;
    const Division& d = args.division;
    const BlockPlace<Shape> place(d, block.index());
    auto* spots = reinterpret_cast<Spot*>(block.shared<char>() + Shape::shared_bytes);
    put_spots(block, spots, Shape::rows, place.row, d.rows,
              [&](int64_t tap) { return p.tap_spot(Walk(p.taps, tap)); });
    const int64_t all = d.groups * d.columns, column = place.group * d.columns + place.column;
    const int thread = block.thread();
    const Operand<T> dy = {static_cast<const T*>(a.dy) + column, 1, all, d.columns - place.column};
    typename Shape::template Tile<A, B> tile(
        block, {p, place.group * a.windows.channels, spots, thread, place.begin},
        {dy, thread, place.begin});
    T* dw = static_cast<T*>(a.dw) + place.row * all + column;
    tile.accumulate(place.begin, place.end, place.group_terms, [&](int64_t group) {
      if (d.slots) return put_slot<Shape>(d, a.workspace, tile, place, group);
      put_totals<Shape>(tile, d.columns - place.column, Ending<T>{group > 0}, [&](int row) {
        return place.row + row < d.rows ? dw + row * all : nullptr;
      });
    });
  }
};

// What becomes of sums of slots.
template <class Number>
struct AddProducts {
  using T = Number;
  struct Args {
    ConvArgs conv;
    Slots slots;
  };

  static MARK1_DEVICE void put(const Args& args, int64_t at, T sum) {
    const ConvArgs& a = args.conv;
    const int64_t row = at / a.outputs, windows = count_windows(a.windows);
    const int64_t column = row / windows * a.outputs + at % a.outputs;
    T* y = outputs_at<T>(a, position_of(a.windows, row % windows)) + column;
    const Ending<T> end = {false, static_cast<const T*>(a.bias), a.activation, a.alpha};
    *y = end.of(sum, column, y);
    end.activate(y, 1);
  }
};
template <class Number>
struct AddFilters {
  using T = Number;
  struct Args {
    T* dw;
    int64_t rows, columns, groups;  // slots are (group, row, column)
    Slots slots;
  };

  static MARK1_DEVICE void put(const Args& args, int64_t at, T sum) {
    const int64_t column = at % args.columns, row = at / args.columns % args.rows;
    const int64_t group = at / args.columns / args.rows;
    args.dw[(row * args.groups + group) * args.columns + column] = sum;
  }
};

}  // namespace
}  // namespace mark1::cuda

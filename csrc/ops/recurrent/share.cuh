// A block's share of a recurrent layer: its weights in shared memory, the products of a step, and
// what blocks tell each other between steps.
#pragma once

#include "ops/recurrent/cell.cuh"
#include "ops/recurrent/multiply.cuh"

namespace mark1::cuda {
namespace {

struct ShareArgs {
  RecurrentArgs layer;
  Plan plan;
  KnownActivation activation, recurrent;
  int64_t first_row;   // of the grid
  void* exchange;      // two operands for each group of rows
  uint32_t* counters;  // one for each group of rows
};

template <class T>
class Share {
 public:
  MARK1_DEVICE Share(const ShareArgs& args, const gpu::Block& block)
      : a(args.layer),
        plan(args.plan),
        thread(block.thread()),
        threads(block.threads()),
        block_(block),
        weights_(block.shared<T>()),
        operand_(weights_ + plan.weights),
        sums_(operand_ + plan.buffers() * plan.operand),
        slots_(sums_ + plan.sums) {
    const int64_t rows = block.index() / plan.unit_groups;
    first_row = args.first_row + rows * plan.rows;
    const int64_t end = least(args.first_row + plan.batch, a.batch);
    first_unit = block.index() % plan.unit_groups * plan.units;
    rows_ = first_row < end ? static_cast<int>(least(plan.rows, end - first_row)) : 0;
    units_ = static_cast<int>(least(plan.units, a.units - first_unit));
    exchange_ = static_cast<T*>(args.exchange) + rows * 2 * plan.exchange;
    counter_ = args.counters + rows * kCounterStep;
  }

  // Calls f(i, row, unit, row and unit in the layer) for every pair that is this thread's.
  template <class F>
  MARK1_DEVICE void each(F f) const {
    for (int i = thread; i < rows_ * units_; i += threads) {
      const int row = i / units_, unit = i % units_;
      f(i, row, unit, first_row + row, first_unit + unit);
    }
  }
  // What is kept of pair i, by its thread alone.
  MARK1_DEVICE T& slot(int k, int i) const { return slots_[k * rows_ * units_ + i]; }

  // Weights of the block: of units k (forward, columns by gate and unit), or of gates and units k
  // (backward, columns by unit).
  MARK1_DEVICE void load_weights(int gates, bool backward) const {
    const auto width = static_cast<int>(gates * a.units), own = plan.units;
    const T* u = static_cast<const T*>(a.u);
    const int columns = backward ? own : gates * own;
    const int rows = backward ? width : static_cast<int>(a.units);
    for (int e = thread; e < rows * columns; e += threads) {
      // Neighbours read what lies side by side.
      const int k = backward ? e % rows : e / columns, column = backward ? e / rows : e % columns;
      const int unit = column % own, gate = column / own;
      T value = 0;
      if (unit < units_) {
        const int64_t j = first_unit + unit;
        value = backward ? u[j * width + k] : u[int64_t{k} * width + gate * a.units + j];
      }
      weights_[k * columns + column] = value;
    }
  }

  // Term k of a row in the operand of the product that comes next, p.
  MARK1_DEVICE T& next_operand(const Product& p, int64_t k, int row) const {
    const auto term = static_cast<int>(k);
    return plan.alone()
               ? operand_[turn_ * plan.operand + term * plan.padded_rows() + row]
               : exchange_[turn_ * plan.exchange + p.place(term) * plan.padded_rows() + row];
  }
  // All blocks of these rows have written their part of it; meanwhile `load` is called.
  template <class Load>
  MARK1_DEVICE void meet(Load load) {
    if (plan.alone()) {
      load();
      block_.sync();
    } else {
      block_.come(counter_);
      load();
      met_ += plan.unit_groups;
      block_.await(counter_, met_);
    }
  }

  // The sums of a row and a column of the last product.
  MARK1_DEVICE T sum(const Product& p, int row, int column) const {
    const T* chunk = sums_ + column * plan.sum_step() + row;
    const int step = p.columns * plan.sum_step(), chunks = p.chunks();
    T total = *chunk;
    for (int i = 1; i < chunks; ++i) total = total + chunk[i * step];
    return total;
  }
  MARK1_DEVICE void multiply(const Product& p, int weight_columns) {
    const Multiply<T> work = {
        .weights = weights_ + p.first_column + p.first * weight_columns,
        .operand = operand_ + (plan.alone() ? turn_ * plan.operand : 0),
        .exchange = plan.alone() ? nullptr : exchange_ + turn_ * plan.exchange,
        .sums = sums_,
        .product = p,
        .weight_columns = weight_columns,
        .rows = plan.padded_rows(),
        .sum_step = plan.sum_step(),
        .buffer = plan.operand,
    };
    if (plan.tile == 1) {
      multiply_tiles<T, 1>(work, block_);
    } else if (plan.tile == 2) {
      multiply_tiles<T, 2>(work, block_);
    } else {
      multiply_tiles<T, 4>(work, block_);
    }
    turn_ ^= 1;
    block_.sync();
  }

  const RecurrentArgs& a;
  const Plan& plan;
  const int thread, threads;
  int64_t first_row, first_unit;

 private:
  static MARK1_DEVICE int64_t least(int64_t x, int64_t y) { return x < y ? x : y; }

  const gpu::Block& block_;
  T *weights_, *operand_, *sums_, *slots_;
  T* exchange_;
  uint32_t* counter_;
  int rows_, units_;
  int turn_ = 0;
  uint32_t met_ = 0;
};

}  // namespace
}  // namespace mark1::cuda

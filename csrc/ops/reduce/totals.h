// How totals of pieces become a sum or a product, for kernels of plain numbers.
#pragma once

#include "ops/reduce/loops.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

struct Sum {
  static constexpr int identity = 0;
  template <class T>
  static MARK1_DEVICE T of(T a, T b) {
    return a + b;
  }
};
struct Product {
  static constexpr int identity = 1;
  template <class T>
  static MARK1_DEVICE T of(T a, T b) {
    return a * b;
  }
};

// Combines totals ascending in groups, group totals ascending; the first total starts a result.
template <class Op, class T>
struct Grouped {
  T group = 0;
  T all = 0;
  int64_t count = 0;

  MARK1_DEVICE void add(T total) {
    if (count > 0 && count % kReduceGroup == 0) close();
    group = count % kReduceGroup == 0 ? total : Op::of(group, total);
    ++count;
  }
  MARK1_DEVICE void close() { all = count <= kReduceGroup ? group : Op::of(all, group); }
  MARK1_DEVICE T result() {
    if (count == 0) return Op::identity;
    close();
    return all;
  }
};

template <class T>
MARK1_DEVICE T finish(const ReduceArgs& args, T sum) {
  return args.mean ? sum / static_cast<T>(args.n) : sum;
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1

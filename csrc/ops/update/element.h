// One element of a step with options, over vectors of any width.
#pragma once

#include "ops/update/step.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// What a step reads and writes of an element; see args.h.
template <class T>
struct Element {
  Vec<T> p = T(0), g = T(0), accumulator = T(0), average = T(0);
  Vec<T> s[kMaxSlots] = {};
};

template <class T, class Formula>
MARK1_DEVICE inline void step_element(const Options<T>& options, const Formula& formula,
                                      Element<T>& e) {
  const Vec<T> g = options.gathered(e.g, e.accumulator);
  if (options.accumulates) e.accumulator = options.updates ? Vec<T>(T(0)) : g;
  if (options.updates) {
    e.p = options.decayed(e.p);
    formula(options.clipped(g), e.p, e.s);
  }
  if (options.averages) {
    e.average = options.averaged(e.average, e.p);
    if (options.overwrites) e.p = e.average;
  }
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1

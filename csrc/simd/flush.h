// Denormals as zeros, in and out, between two calls: what matrix units do. The arithmetic that is
// meant must be in a function of its own that is not inlined, or compilers may move it out.
#pragma once

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace mark1::MARK1_ISA {
namespace {

// Not an object that restores the word by itself: destructors make per-ISA files refer to the
// handling of exceptions.
#if defined(__x86_64__)
inline unsigned begin_flushing() {
  const unsigned word = _mm_getcsr();
  _mm_setcsr(word | 0x8040u);
  return word;
}
inline void end_flushing(unsigned word) {
  _mm_setcsr(word);
}
#else
// Elsewhere the promise of op `bf16_gemm` does not hold for denormals.
inline unsigned begin_flushing() {
  return 0;
}
inline void end_flushing(unsigned) {}
#endif

}  // namespace
}  // namespace mark1::MARK1_ISA

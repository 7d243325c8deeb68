// The floating-point control word. Some libraries set flush-to-zero for the whole process when they
// are loaded; results would then differ. Each launch checks the word, and writes it only if needed.
#pragma once

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace mark1 {

#if defined(__x86_64__)

// All exceptions masked, round to nearest even, denormals kept; the status bits do not count.
inline constexpr unsigned kDefaultControl = 0x1f80;
inline constexpr unsigned kStatusBits = 0x3f;

inline void set_default_fp_environment() {
  if ((_mm_getcsr() & ~kStatusBits) != kDefaultControl) _mm_setcsr(kDefaultControl);
}

class FpEnvironment {
 public:
  FpEnvironment() : saved_(_mm_getcsr()) {
    if ((saved_ & ~kStatusBits) != kDefaultControl) _mm_setcsr(kDefaultControl);
  }
  ~FpEnvironment() {
    if ((saved_ & ~kStatusBits) != kDefaultControl) _mm_setcsr(saved_);
  }
  FpEnvironment(const FpEnvironment&) = delete;
  FpEnvironment& operator=(const FpEnvironment&) = delete;

 private:
  unsigned saved_;
};

#else

inline void set_default_fp_environment() {}
struct FpEnvironment {};

#endif

}  // namespace mark1

// Numbers side by side that are read and written at once, in 16 bytes where they fill so many.
#pragma once

namespace mark1::cuda {
namespace {

template <class T, int n>
struct alignas(n * sizeof(T) < 16 ? n * sizeof(T) : 16) Numbers {
  T at[n];
};

}  // namespace
}  // namespace mark1::cuda

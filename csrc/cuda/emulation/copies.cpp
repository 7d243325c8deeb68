// Copies ahead of the emulation: they happen when they are awaited, not a moment before.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "cuda/emulation/fibers.h"
#include "cuda/emulation/races.h"

namespace mark1::gpu {
namespace {

bool aligned(const void* address, int size) {
  return reinterpret_cast<uintptr_t>(address) % static_cast<uintptr_t>(size) == 0;
}

}  // namespace

void copy_ahead(void* target, const void* source, int bytes, int size) {
  if (bytes < 0 || bytes > size || !aligned(target, size) || !aligned(source, size)) {
    std::fprintf(stderr, "emulated grid: a copy of %d of %d bytes from %p to %p\n", bytes, size,
                 source, target);
    std::abort();
  }
  watch_read(source, static_cast<size_t>(bytes));
  watch_write(target, static_cast<size_t>(size));
  std::memset(target, 0xff, static_cast<size_t>(size));
  CopiesAhead& copies = Fibers::running().copies();
  copies.open.push_back(
      {target, source, static_cast<size_t>(bytes), static_cast<size_t>(size), copies.groups});
}

void close_copies() {
  ++Fibers::running().copies().groups;
}

void await_copies(int open) {
  CopiesAhead& copies = Fibers::running().copies();
  size_t waiting = 0;
  for (const CopiesAhead::One& one : copies.open) {
    if (one.group + static_cast<uint64_t>(open) >= copies.groups) {
      copies.open[waiting++] = one;
      continue;
    }
    watch_read(one.source, one.bytes);
    watch_write(one.target, one.size);
    std::memcpy(one.target, one.source, one.bytes);
    std::memset(static_cast<char*>(one.target) + one.bytes, 0, one.size - one.bytes);
  }
  copies.open.resize(waiting);
}

}  // namespace mark1::gpu

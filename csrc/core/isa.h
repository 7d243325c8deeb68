// The instruction set in force and the choice of a kernel table by it.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "core/device.h"

namespace mark1 {

enum class Isa { kReference, kAvx2, kAvx512 };
inline constexpr int kIsas = 3;

const char* name(Isa isa);

// The best this machine has, or what MARK1_ISA asks for; a ValueError if that cannot be had.
Isa isa();
// Forces one from now on; a ValueError if this machine or build lacks it.
void set_isa(const std::string& name);
std::vector<std::string> available_isas();

// One op's kernel tables, one per instruction set, and the name of that on a device.
template <class Table>
struct Variants {
  const Table* tables[kIsas];
  const char* table;
  mutable std::atomic<const void*> on_devices{nullptr};

  const Table& current() const {
    if (works_on_device()) [[unlikely]] {
      return *static_cast<const Table*>(device_kernels(table, sizeof(Table), on_devices));
    }
    return *tables[static_cast<int>(isa())];
  }
};

// Declares the tables that reference.cpp and simd.cpp of an op define; used in its .cpp.
#if defined(__x86_64__)
#define MARK1_VARIANTS(Table, table)                          \
  namespace reference {                                       \
  extern const Table table;                                   \
  }                                                           \
  namespace avx2 {                                            \
  extern const Table table;                                   \
  }                                                           \
  namespace avx512 {                                          \
  extern const Table table;                                   \
  }                                                           \
  static constinit const Variants<Table> table##_variants = { \
      {&reference::table, &avx2::table, &avx512::table}, #table}
#else
#define MARK1_VARIANTS(Table, table)                          \
  namespace reference {                                       \
  extern const Table table;                                   \
  }                                                           \
  static constinit const Variants<Table> table##_variants = { \
      {&reference::table, &reference::table, &reference::table}, #table}
#endif

}  // namespace mark1

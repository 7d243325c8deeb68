#include "core/isa.h"

#include <atomic>
#include <cstdlib>

#include "core/error.h"

namespace mark1 {
namespace {

constexpr const char* kNames[kIsas] = {"reference", "avx2", "avx512"};

bool supported(Isa isa) {
#if defined(__x86_64__)
  switch (isa) {
    case Isa::kReference:
      return true;
    case Isa::kAvx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case Isa::kAvx512:
      return supported(Isa::kAvx2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512bw");
  }
  return false;
#else
  return isa == Isa::kReference;
#endif
}

Isa from_name(const std::string& text, const char* origin) {
  for (int i = 0; i < kIsas; ++i) {
    if (text != kNames[i]) continue;
    if (!supported(static_cast<Isa>(i))) {
      fail<ValueError>("isa", origin, text, ": this machine has no ", text);
    }
    return static_cast<Isa>(i);
  }
  fail<ValueError>("isa", origin, text,
                   ": unknown instruction set; known: reference, avx2, avx512");
}

Isa initial() {
  const char* forced = std::getenv("MARK1_ISA");
  if (forced && *forced) return from_name(forced, "MARK1_ISA=");
  for (int i = kIsas - 1; i > 0; --i) {
    if (supported(static_cast<Isa>(i))) return static_cast<Isa>(i);
  }
  return Isa::kReference;
}

std::atomic<int> current{-1};

}  // namespace

const char* name(Isa isa) {
  return kNames[static_cast<int>(isa)];
}

Isa isa() {
  int index = current.load(std::memory_order_relaxed);
  if (index < 0) {
    index = static_cast<int>(initial());
    current.store(index, std::memory_order_relaxed);
  }
  return static_cast<Isa>(index);
}

void set_isa(const std::string& name) {
  current.store(static_cast<int>(from_name(name, "")), std::memory_order_relaxed);
}

std::vector<std::string> available_isas() {
  std::vector<std::string> names;
  for (int i = 0; i < kIsas; ++i) {
    if (supported(static_cast<Isa>(i))) names.emplace_back(kNames[i]);
  }
  return names;
}

}  // namespace mark1

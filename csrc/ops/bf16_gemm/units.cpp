#include "ops/bf16_gemm/units.h"

#include <atomic>
#include <cstdint>
#include <cstring>

#include "core/device.h"
#include "core/fp_environment.h"
#include "core/isa.h"

#if defined(MARK1_HAS_AMX)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace mark1 {

MARK1_VARIANTS(NarrowGemmKernels, bf16_gemm_kernels);
namespace avx512_bf16 {
extern const NarrowGemmKernels bf16_gemm_kernels;
}
namespace amx {
extern const NarrowGemmKernels bf16_gemm_kernels;
}

namespace {

struct Unit {
  const char* name;
  const NarrowGemmKernels* kernels;
};

// Every sort of value that may come apart: ordinary ones, products about the smallest normal
// number, denormals, zeros of both signs, infinities and NaN.
uint16_t test_value(uint32_t& state) {
  state = state * 1664525u + 1013904223u;
  const uint32_t bits = state >> 8;
  const auto mantissa = static_cast<uint16_t>(bits & 0x807fu);
  const auto exponent = [&](uint32_t low, uint32_t count) {
    return static_cast<uint16_t>(mantissa | (low + (bits >> 16) % count) << 7);
  };
  switch ((state >> 4) % 16) {
    case 0:
      return mantissa;  // denormal
    case 1:
      return static_cast<uint16_t>(bits & 0x8000u);
    case 2:
    case 3:
    case 4:
      return exponent(60, 8);  // the product of two is near 2^-126
    case 5:
      return (bits & 0xf00u) == 0 ? exponent(254, 2) : exponent(1, 3);
    default:
      return exponent(120, 14);
  }
}

struct alignas(64) Line {
  char bytes[64];
};

// Rows, columns and depth that leave something over of every tile and block.
constexpr int64_t kRows = 35, kColumns = 41, kDepth = 301;

std::vector<float> test_product(const NarrowGemmKernels& kernels) {
  std::vector<BFloat16> a(kRows * kDepth), b(kDepth * kColumns);
  uint32_t state = 1;
  for (BFloat16& x : a) x.bits = test_value(state);
  for (BFloat16& x : b) x.bits = test_value(state);
  std::vector<float> y(kRows * kColumns);
  NarrowGemmArgs args = {};
  GemmArgs& g = args.gemm;
  g.a = a.data();
  g.a_row = kDepth;
  g.a_col = 1;
  g.b = b.data();
  g.b_row = kColumns;
  g.b_col = 1;
  g.y = y.data();
  g.y_row = kColumns;
  g.m = kRows;
  g.n = kColumns;
  g.k = kDepth;
  g.batch.count = 1;
  const NarrowGemmWorkspace sizes = kernels.workspace(args);
  args.shared_bytes = sizes.shared;
  g.workspace_bytes = sizes.member;
  // Not a tensor: this may run while a program is recorded, whose memory has to be the same again.
  const auto bytes = static_cast<size_t>(sizes.shared + sizes.member);
  std::vector<Line> workspace(bytes / sizeof(Line) + 1);
  g.workspace = workspace.data();
  const FpEnvironment environment;
  kernels.run.run(&args, Team{});
  return y;
}

bool same_bits(const std::vector<float>& x, const std::vector<float>& y) {
  for (size_t i = 0; i < x.size(); ++i) {
    if (x[i] != x[i] && y[i] != y[i]) continue;
    if (std::memcmp(&x[i], &y[i], sizeof(float)) != 0) return false;
  }
  return true;
}

#if defined(MARK1_HAS_AMX)
// The processor has tiles for bfloat16, and the system saves them for this process: Linux wants to
// be asked (Documentation/arch/x86/xstate.rst).
bool has_tiles() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
  constexpr unsigned kBf16AndTiles = 1u << 22 | 1u << 24;
  if ((d & kBf16AndTiles) != kBf16AndTiles) return false;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & 1u << 27)) return false;
  unsigned low = 0, high = 0;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  constexpr unsigned kTileState = 3u << 17;
  constexpr long kRequest = 0x1023, kTileData = 18;
  return (low & kTileState) == kTileState && syscall(SYS_arch_prctl, kRequest, kTileData) == 0;
}
#endif

std::vector<Unit> find_units() {
  std::vector<Unit> found = {{"fma", bf16_gemm_kernels_variants.tables[kIsas - 1]}};
  const std::vector<float> expected = test_product(*found[0].kernels);
  const auto add = [&](const char* name, const NarrowGemmKernels& kernels) {
    if (same_bits(test_product(kernels), expected)) found.push_back({name, &kernels});
  };
#if defined(MARK1_HAS_AVX512_BF16)
  if (__builtin_cpu_supports("avx512bf16")) add("dot", avx512_bf16::bf16_gemm_kernels);
#endif
#if defined(MARK1_HAS_AMX)
  if (has_tiles()) add("tile", amx::bf16_gemm_kernels);
#endif
  (void)add;
  return found;
}

bool has_avx512() {
  static const bool has = [] {
    for (const std::string& name : available_isas()) {
      if (name == "avx512") return true;
    }
    return false;
  }();
  return has;
}

const std::vector<Unit>& units() {
  static const std::vector<Unit> found = has_avx512() ? find_units() : std::vector<Unit>{};
  return found;
}

std::atomic<int> forced{-1};

}  // namespace

const NarrowGemmKernels& bf16_gemm_kernels() {
  if (works_on_device()) return bf16_gemm_kernels_variants.current();
  if (isa() != Isa::kAvx512) return bf16_gemm_kernels_variants.current();
  const int index = forced.load(std::memory_order_relaxed);
  return *(index < 0 ? units().back() : units()[static_cast<size_t>(index)]).kernels;
}

std::vector<std::string> bf16_units() {
  std::vector<std::string> names;
  for (const Unit& unit : units()) names.emplace_back(unit.name);
  return names;
}

void set_bf16_unit(const std::string& name) {
  const std::vector<std::string> names = bf16_units();
  int index = -1;
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) index = static_cast<int>(i);
  }
  if (index < 0 && !name.empty()) {
    fail<ValueError>("bf16_gemm", "there is no unit ", name, " here");
  }
  forced.store(index, std::memory_order_relaxed);
}

}  // namespace mark1

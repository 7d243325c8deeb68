// The trial of the kernels of ops/gemm/wgmma.cuh: before a device uses them they make products of
// small integers, which are exact whatever the order of a sum, in all formats and layouts, alone
// and in clusters. If one result differs the device goes on with the kernel of all devices.
#include "ops/gemm/wgmma.h"

#if defined(MARK1_WGMMA) || defined(MARK1_EMULATION)

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <vector>

#include "cuda/trial.h"
#include "ops/gemm/sums.cuh"

namespace mark1::cuda {
namespace {

// Two tiles down and two across, the last of each cut off; more steps than a block has stages.
constexpr int64_t kRows = 192, kColumns = 264, kTerms = 136;

enum class Verdict { kNone, kPassed, kDiffers, kWaits, kFails };

// -1, 0 and 1 without a pattern.
std::vector<int> small_integers(int64_t count, uint32_t seed) {
  std::vector<int> numbers(static_cast<size_t>(count));
  for (int& number : numbers) {
    seed = seed * 1664525u + 1013904223u;
    number = static_cast<int>((seed >> 16) % 3) - 1;
  }
  return numbers;
}

uint16_t bits_of(int one, NarrowNumber number) {
  const uint16_t unit = number == NarrowNumber::kBFloat16 ? 0x3f80 : 0x3c00;
  return one == 0 ? uint16_t{0} : static_cast<uint16_t>(unit | (one < 0 ? 0x8000 : 0));
}

// Of an integer, or of none that a product may have.
float value_of(uint16_t bits, NarrowNumber number) {
  const int fraction = number == NarrowNumber::kBFloat16 ? 7 : 10;
  const int bias = number == NarrowNumber::kBFloat16 ? 127 : 15;
  const int power = (bits & 0x7fff) >> fraction;
  if (power == 0) return (bits & 0x7fff) == 0 ? 0.0f : 0.5f;
  if (power > bias + 12) return 0.5f;
  float value = static_cast<float>((1 << fraction) | (bits & ((1 << fraction) - 1)));
  for (int p = bias + fraction; p > power; --p) value /= 2;
  for (int p = bias + fraction; p < power; ++p) value *= 2;
  return bits & 0x8000 ? -value : value;
}

struct Problem {
  std::vector<int> a, b, bias, sums;
};

Problem problem() {
  Problem p = {small_integers(kRows * kTerms, 1), small_integers(kTerms * kColumns, 2),
               small_integers(kColumns, 3), std::vector<int>(kRows * kColumns)};
  for (int64_t i = 0; i < kRows; ++i) {
    for (int64_t k = 0; k < kTerms; ++k) {
      const int left = p.a[static_cast<size_t>(i * kTerms + k)];
      for (int64_t j = 0; left != 0 && j < kColumns; ++j) {
        p.sums[static_cast<size_t>(i * kColumns + j)] +=
            left * p.b[static_cast<size_t>(k * kColumns + j)];
      }
    }
  }
  return p;
}

// A matrix of that format, or its transpose.
std::vector<uint16_t> laid_out(const std::vector<int>& x, int64_t rows, int64_t columns,
                               bool transposed, NarrowNumber number) {
  std::vector<uint16_t> bits(x.size());
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) {
      const int64_t at = transposed ? j * rows + i : i * columns + j;
      bits[static_cast<size_t>(at)] = bits_of(x[static_cast<size_t>(i * columns + j)], number);
    }
  }
  return bits;
}

// Plain sums in float32 by clusters, or with bias and relu in 16 bits by single blocks.
struct Case {
  NarrowNumber number;
  bool a_transposed, b_transposed, whole;
};

Verdict verdict_of(const Case& c, const Problem& p, gpu::Trial& trial) {
  constexpr int64_t kPlace = 1 << 18;  // bytes for each of the matrices
  auto* memory = static_cast<unsigned char*>(trial.memory());
  void *a = memory, *b = memory + kPlace, *y = memory + 2 * kPlace;
  void *bias = memory + 3 * kPlace, *flag = memory + 4 * kPlace;
  const auto left = laid_out(p.a, kRows, kTerms, c.a_transposed, c.number);
  const auto right = laid_out(p.b, kTerms, kColumns, c.b_transposed, c.number);
  const std::vector<float> offset(p.bias.begin(), p.bias.end());
  std::vector<unsigned char> result(static_cast<size_t>(kRows * kColumns) * (c.whole ? 4 : 2),
                                    0xff);
  uint32_t gave_up = 0;
  WarpgroupProduct job = {};
  GemmArgs& g = job.product.gemm;
  g.a = a;
  g.a_row = c.a_transposed ? 1 : kTerms;
  g.a_col = c.a_transposed ? kRows : 1;
  g.b = b;
  g.b_row = c.b_transposed ? 1 : kColumns;
  g.b_col = c.b_transposed ? kTerms : 1;
  g.y = y;
  g.y_row = kColumns;
  g.m = kRows;
  g.n = kColumns;
  g.k = kTerms;
  g.batch.count = 1;
  if (!c.whole) {
    g.bias = bias;
    g.activation = reinterpret_cast<GemmActivation>(intptr_t{relu_place() + 1});
    job.product.narrow = true;
  }
  job.number = c.number;
  job.parts = 1;
  job.terms = kTerms;
  job.cluster = c.whole ? 2 : 1;
  job.blocks = job.cluster;
  job.gave_up = static_cast<uint32_t*>(flag);
  if (!trial.put(a, left.data(), left.size() * 2) ||
      !trial.put(b, right.data(), right.size() * 2) ||
      !trial.put(bias, offset.data(), offset.size() * 4) ||
      !trial.put(y, result.data(), result.size()) || !trial.put(flag, &gave_up, 4) ||
      !fits_warpgroups(g) || !queue_warpgroups(job, trial.queue()) ||
      !trial.get(result.data(), y, result.size()) || !trial.get(&gave_up, flag, 4)) {
    return Verdict::kFails;
  }
  if (gave_up) return Verdict::kWaits;
  for (size_t i = 0; i < p.sums.size(); ++i) {
    const int ended = p.sums[i] + p.bias[i % kColumns];
    float value;
    uint16_t bits;
    if (c.whole) {
      std::memcpy(&value, result.data() + i * 4, 4);
    } else {
      std::memcpy(&bits, result.data() + i * 2, 2);
      value = value_of(bits, c.number);
    }
    if (value != static_cast<float>(c.whole ? p.sums[i] : ended > 0 ? ended : 0)) {
      return Verdict::kDiffers;
    }
  }
  return Verdict::kPassed;
}

Verdict tried() {
  gpu::Trial trial(5 << 18);
  if (!trial.good()) return Verdict::kFails;
  const Problem p = problem();
  for (int i = 0; i < 16; ++i) {
    const Case c = {i & 1 ? NarrowNumber::kHalf : NarrowNumber::kBFloat16, (i & 2) != 0,
                    (i & 4) != 0, (i & 8) == 0};
    if (const Verdict verdict = verdict_of(c, p, trial); verdict != Verdict::kPassed) {
      return verdict;
    }
  }
  return Verdict::kPassed;
}

constexpr int kDevices = 64;
std::atomic<Verdict> verdicts[kDevices] = {};
std::mutex trials;

bool chosen(const char* units) {
  const char* wanted = std::getenv("MARK1_MATRIX_UNITS");
  return wanted && std::strcmp(wanted, units) == 0;
}

std::atomic<Verdict>* verdict_here() {
  const int device = gpu::device_in_use();
  return device >= 0 && device < kDevices && gpu::has_warpgroups() ? verdicts + device : nullptr;
}

}  // namespace

bool try_warpgroups() {
  if (chosen("mma")) return false;
  std::atomic<Verdict>* verdict = verdict_here();
  if (!verdict) return false;
  if (verdict->load(std::memory_order_acquire) == Verdict::kNone) {
    const std::lock_guard lock(trials);
    if (verdict->load(std::memory_order_relaxed) == Verdict::kNone) {
      verdict->store(tried(), std::memory_order_release);
    }
  }
  return *verdict == Verdict::kPassed;
}

bool warpgroups_passed() {
  const int device = gpu::device_in_use();
  return device >= 0 && device < kDevices && verdicts[device] == Verdict::kPassed && !chosen("mma");
}

bool only_warpgroups() {
  return chosen("wgmma");
}

const char* warpgroups_state(int device) {
  switch (device >= 0 && device < kDevices ? verdicts[device].load() : Verdict::kNone) {
    case Verdict::kNone:
      return "";
    case Verdict::kPassed:
      return ", products of 16 bits by wgmma";
    case Verdict::kDiffers:
      return ", wgmma left out: wrong sums in its trial";
    case Verdict::kWaits:
      return ", wgmma left out: its trial waited in vain";
    case Verdict::kFails:
      return ", wgmma left out: its trial could not run";
  }
  return "";
}

}  // namespace mark1::cuda

#else

namespace mark1::cuda {

// Built for no device that has such units.
bool fits_warpgroups(const GemmArgs&) {
  return false;
}
bool ends_in_warpgroups(GemmActivation) {
  return false;
}
bool queue_warpgroups(const WarpgroupProduct&, const void*) {
  return false;
}
bool try_warpgroups() {
  return false;
}
bool warpgroups_passed() {
  return false;
}
bool only_warpgroups() {
  return false;
}
const char* warpgroups_state(int) {
  return "";
}

}  // namespace mark1::cuda

#endif

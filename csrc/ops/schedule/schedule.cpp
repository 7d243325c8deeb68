#include "ops/schedule/schedule.h"

#include <cstring>

#include "core/isa.h"
#include "core/launch.h"
#include "ops/cast/cast.h"

namespace mark1 {

MARK1_VARIANTS(ScheduleKernels, schedule_kernels);

namespace {

struct Named {
  const char* name;
  size_t numbers;  // 0: an odd number of them
};

constexpr Named kNames[kScheduleKinds] = {
    {"exponential", 4}, {"inverse_time", 4},    {"polynomial", 5},
    {"cosine", 5},      {"cosine_restarts", 5}, {"piecewise", 0},
};

int kind_from_name(const std::string& name) {
  for (int k = 0; k < kScheduleKinds; ++k) {
    if (name == kNames[k].name) return k;
  }
  fail<ValueError>("schedule", "unknown kind '", name, "'");
}

}  // namespace

Tensor schedule(const std::string& kind, const Tensor& step, const std::vector<double>& numbers) {
  const int k = kind_from_name(kind);
  const size_t want = kNames[k].numbers;
  if (want ? numbers.size() != want : numbers.size() % 2 == 0) {
    fail<ValueError>("schedule", kind, " takes ", want ? std::to_string(want) : "an odd number of",
                     " numbers, got ", numbers.size());
  }
  const Tensor steps =
      step.dtype() == DType::kI64 || step.dtype() == DType::kF64 ? step : cast(step, DType::kF64);
  const Tensor constants = host_tensor(Shape{static_cast<int64_t>(numbers.size())}, DType::kF64);
  std::memcpy(constants.data(), numbers.data(), constants.bytes());
  const Tensor rates(step.shape(), DType::kF32);
  ScheduleArgs args = {};
  args.numbers = constants.as<double>();
  args.count = constants.numel();
  args.steps = steps.data();
  args.rates = rates.as<float>();
  args.n = rates.numel();
  const bool real = steps.dtype() == DType::kF64;
  launch("schedule", schedule_kernels_variants.current().evaluate[k][real], args,
         30.0 * static_cast<double>(args.n), {&steps, &constants}, {&rates});
  return rates;
}

}  // namespace mark1

// Recurrent layers on a device: one grid for all steps. A block owns rows of the batch and units,
// keeps their weights in shared memory, and either has all units or meets the other blocks of its
// rows after every product. Layers whose weights do not fit have a thread per row.
#include "ops/recurrent/backward.cuh"
#include "ops/recurrent/forward.cuh"

namespace mark1::cuda {
namespace {

struct ClearCounters {
  static constexpr bool alone = true;
  struct Args {
    uint32_t* counters;
    int64_t count;
  };
  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t i = block.index() * block.threads() + block.thread();
    if (i < args.count) args.counters[i] = 0;
  }
};

int64_t counter_bytes(const Plan& plan) {
  return int64_t{4} * kCounterStep * plan.row_groups;
}

template <class Steps, class T, Cell cell, bool backward>
bool queue_steps(const RecurrentArgs& layer, void* stream) {
  const Plan plan = make_plan(layer, cell, backward, sizeof(T));
  if (!plan.fits) return false;
  auto* counters = static_cast<uint32_t*>(layer.scratch);
  void* exchange = static_cast<char*>(layer.scratch) + counter_bytes(plan);
  const KnownActivation activation = known_activation(layer.activation);
  const KnownActivation recurrent = known_activation(layer.recurrent);
  for (int64_t row = 0; row < layer.batch; row += plan.batch) {
    if (!plan.alone()) {
      const int64_t count = int64_t{kCounterStep} * plan.row_groups;
      gpu::queue<ClearCounters>({counters, count}, threads_for(count), stream);
    }
    gpu::queue<Steps>({layer, plan, activation, recurrent, row, exchange, counters},
                      {plan.blocks(), plan.threads, plan.shared_bytes, !plan.alone()}, stream);
  }
  return true;
}

template <class T, Cell cell>
void queue_forward(const void* bytes, const Team& team) {
  const auto& layer = *static_cast<const RecurrentArgs*>(bytes);
  if (queue_steps<Forward<T, cell>, T, cell, false>(layer, team.sync)) return;
  queue_members<RecurrentArgs, &forward_rows<T, cell>>(bytes, team);
}

template <class T, Cell cell>
void queue_backward(const void* bytes, const Team& team) {
  const auto& layer = *static_cast<const RecurrentArgs*>(bytes);
  if (queue_steps<Backward<T, cell>, T, cell, true>(layer, team.sync)) return;
  queue_members<RecurrentArgs, &backward_rows<T, cell>>(bytes, team);
}

int64_t scratch_bytes(const RecurrentArgs& layer, Cell cell, bool backward, int64_t item) {
  const Plan plan = make_plan(layer, cell, backward, static_cast<int>(item));
  if (!plan.fits) return row_scratch_bytes(layer, item);
  return counter_bytes(plan) + 2 * plan.row_groups * plan.exchange * item;
}

#define MARK1_CELL(f, cell)    \
  {                            \
    {&f<float, Cell::cell>}, { \
      &f<double, Cell::cell>   \
    }                          \
  }
#define MARK1_CELLS(f) \
  {MARK1_CELL(f, kSimple), MARK1_CELL(f, kLstm), MARK1_CELL(f, kGru), MARK1_CELL(f, kGruBefore)}

}  // namespace

extern const RecurrentKernels recurrent_kernels;
const RecurrentKernels recurrent_kernels = {
    MARK1_CELLS(queue_forward),
    MARK1_CELLS(queue_backward),
    MARK1_CELLS(queue_forward),
    MARK1_CELLS(queue_backward),
    &scratch_bytes,
};

}  // namespace mark1::cuda

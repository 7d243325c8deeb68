#include "ops/adam/adam.h"

#include "core/isa.h"
#include "core/launch.h"
#include "core/segment_table.h"
#include "ops/adam/update.h"

namespace mark1 {

MARK1_VARIANTS(AdamKernels, adam_kernels);

void adam_update(const std::vector<Variable*>& variables, const std::vector<Tensor>& gradients,
                 const std::vector<Variable*>& momenta, const std::vector<Variable*>& velocities,
                 const Variable& learning_rate, Variable& iterations, double beta1, double beta2,
                 double epsilon) {
  const char* op = "adam";
  check_schedule(op, learning_rate, iterations);
  if (!(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1) || !(epsilon >= 0)) {
    fail<ValueError>(op, "needs 0 <= beta < 1 and epsilon >= 0, got beta_1=", beta1,
                     ", beta_2=", beta2, ", epsilon=", epsilon);
  }
  SegmentTable table = make_segment_table(op, variables, gradients, {momenta, velocities});
  const Tensor rate = learning_rate.value();
  const Tensor& steps = iterations.writable();
  table.reads.push_back(&table.rows);
  table.reads.push_back(&rate);
  table.writes.push_back(&steps);
  const AdamArgs args{table.data(), table.count, rate.as<float>(), steps.as<int64_t>(),
                      beta1,        beta2,       epsilon};
  // 0.32 ns per float32 element in cache, on one thread: one root and one division.
  launch(op, adam_kernels_variants.current().update, args, 0.08 * table.bytes, table.reads,
         table.writes, {.keep_interpreter = true});
}

}  // namespace mark1

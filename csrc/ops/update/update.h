// What Python hands over for a step of any optimizer, and its launches.
#pragma once

#include <vector>

#include "core/launch.h"
#include "core/segment_table.h"
#include "ops/update/args.h"

namespace mark1 {

// Chosen once per optimizer; the meaning of each is in args.h.
struct UpdateOptions {
  double weight_decay = 0;
  double clip_norm = 0, global_clip_norm = 0, clip_value = 0;  // at most one of them; 0: none
  double loss_scale = 1;
  int64_t accumulated = 1;
  bool averages = false;
  double average_momentum = 0;
  int64_t overwrite_every = 0;
  std::vector<int64_t> undecayed;  // ids of variables
  // A loss scale that finds itself, and the number of finite steps since it changed; or null.
  Variable* found_scale = nullptr;
  Variable* finite_steps = nullptr;
  int64_t growth_steps = 0;

  bool accumulates() const { return accumulated > 1; }
};

struct Update {
  const std::vector<Variable*>& variables;
  const std::vector<Tensor>& gradients;  // without storage: none, if there are averages
  // Variable after variable: what the formula keeps, then average, then accumulator.
  const std::vector<Variable*>& slots;
  const Tensor& learning_rate;
  Variable& iterations;
  const UpdateOptions* options;  // null: none
};

struct PreparedUpdate {
  SegmentTable table;
  UpdateArgs args = {};
  Tensor learning_rate, factors;
  const Tensor* steps = nullptr;  // made so far
  double options_work = 0;
  LossScaleArgs loss_scale = {};
  Tensor skips;
};

// Checks, makes the table, and launches what has to come before the update.
void prepare_update(const char* op, const Update& update, int slots, PreparedUpdate& prepared);

// Launches what comes after the step.
void finish_update(const Update& update, PreparedUpdate& prepared);

// `cost` is in nanoseconds per byte of float32 value in cache, on one thread; `carried` is what
// counting writes besides the number of steps.
template <class Args>
void launch_update(const char* op, const Update& update, int slots, Args args,
                   const UpdatePair<Args>& kernels, double cost, const Tensor* carried = nullptr) {
  PreparedUpdate prepared;  // in place: its lists point into it
  prepare_update(op, update, slots, prepared);
  args.update = prepared.args;
  SegmentTable& table = prepared.table;
  if (carried) table.reads.push_back(carried);
  const UpdateSteps<Args>& steps = update.options ? kernels.with_options : kernels.plain;
  launch(op, steps.update, args, cost * table.bytes + prepared.options_work, table.reads,
         table.writes, {.keep_interpreter = true});
  const Tensor* kept = carried ? carried : prepared.steps;
  std::vector<const Tensor*> counted = {&prepared.learning_rate, prepared.steps, kept};
  if (prepared.skips.storage()) counted.push_back(&prepared.skips);
  launch("count_step", steps.count, args, 0, counted, {prepared.steps, kept},
         {.keep_interpreter = true});
  finish_update(update, prepared);
}

}  // namespace mark1

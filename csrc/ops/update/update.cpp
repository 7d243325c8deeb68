#include "ops/update/update.h"

#include "core/isa.h"

namespace mark1 {

MARK1_VARIANTS(UpdateKernels, update_kernels);

namespace {

// Nanoseconds per byte of float32 gradient in cache, on one thread.
constexpr double kNormCost = 0.01;
constexpr double kOptionsCost = 0.03;
constexpr double kMarkCost = 0.005;

void check_options(const char* op, const UpdateOptions& options) {
  if (!(options.loss_scale > 0) || options.accumulated < 1 || options.overwrite_every < 0) {
    fail<ValueError>(op, "needs loss_scale > 0, accumulated >= 1 and overwrite_every >= 0, got ",
                     options.loss_scale, ", ", options.accumulated, " and ",
                     options.overwrite_every);
  }
}

void set_options(PreparedUpdate& prepared, const UpdateOptions& options, int slots) {
  UpdateArgs& args = prepared.args;
  args.average = options.averages ? slots : -1;
  args.accumulator = options.accumulates() ? slots + options.averages : -1;
  args.accumulated = options.accumulated;
  args.overwrite_every = options.averages ? options.overwrite_every : 0;
  args.loss_scale = options.loss_scale;
  args.clip_value = options.clip_value;
  args.weight_decay = options.weight_decay;
  args.average_momentum = options.average_momentum;
  prepared.options_work = kOptionsCost * prepared.table.bytes;
}

int64_t count_pieces(const SegmentTable& table, int64_t size) {
  int64_t pieces = 0;
  for (const Segment* row = table.data(); row < table.data() + table.count; ++row) {
    if (row->gradient) pieces += (row->end - row->begin + size - 1) / size;
  }
  return pieces;
}

void launch_norms(PreparedUpdate& prepared, const UpdateOptions& options) {
  const SegmentTable& table = prepared.table;
  if (table.count == 0) return;
  const bool global = options.global_clip_norm > 0;
  const int64_t pieces = count_pieces(table, kNormPiece);
  const Tensor scratch(Shape{pieces + table.count}, DType::kF64);
  prepared.factors = Tensor(Shape{global ? 1 : table.count}, DType::kF64);
  NormArgs args = {};
  args.update = prepared.args;
  args.totals = scratch.as<double>();
  args.sums = args.totals + pieces;
  args.factors = prepared.factors.as<double>();
  args.pieces = pieces;
  args.global = global;
  args.limit = global ? options.global_clip_norm : options.clip_norm;
  std::vector<const Tensor*> reads = table.reads;
  reads.insert(reads.end(), table.writes.begin(), table.writes.end());
  launch("clip_factors", update_kernels_variants.current().clip_factors, args,
         kNormCost * table.bytes, reads, {&scratch, &prepared.factors});
  prepared.args.factors = args.factors;
  prepared.args.factor_stride = global ? 0 : 1;
  prepared.table.reads.push_back(&prepared.factors);
}

// Asks whether the step is to be made at all.
void launch_judgement(PreparedUpdate& prepared, const UpdateOptions& options) {
  SegmentTable& table = prepared.table;
  LossScaleArgs& args = prepared.loss_scale;
  const Tensor& scale = options.found_scale->writable();
  const Tensor& steps = options.finite_steps->writable();
  const int64_t pieces = count_pieces(table, kScalePiece);
  const Tensor marks(Shape{pieces}, DType::kU8), votes(Shape{kMostVotes}, DType::kU8);
  prepared.skips = Tensor(Shape{}, DType::kU8);
  args.update = prepared.args;
  args.marks = marks.as<uint8_t>();
  args.votes = votes.as<uint8_t>();
  args.skips = prepared.skips.as<uint8_t>();
  args.scale = scale.as<float>();
  args.steps = steps.as<int64_t>();
  args.pieces = pieces;
  args.growth_steps = options.growth_steps;
  const UpdateKernels& kernels = update_kernels_variants.current();
  launch("mark_wild", kernels.mark_wild, args, kMarkCost * table.bytes, table.reads, {&marks});
  launch("judge", kernels.judge, args, 0, {&marks}, {&prepared.skips, &votes},
         {.most_members = static_cast<int>(kMostVotes)});
  prepared.args.found_scale = args.scale;
  prepared.args.skips = args.skips;
  table.reads.push_back(&prepared.skips);
  table.reads.push_back(&scale);
}

}  // namespace

void finish_update(const Update& update, PreparedUpdate& prepared) {
  if (!prepared.skips.storage()) return;
  const Tensor& scale = update.options->found_scale->writable();
  const Tensor& steps = update.options->finite_steps->writable();
  launch("rescale", update_kernels_variants.current().rescale, prepared.loss_scale, 0,
         {&prepared.skips, &scale, &steps}, {&scale, &steps}, {.keep_interpreter = true});
}

void prepare_update(const char* op, const Update& update, int slots, PreparedUpdate& prepared) {
  check_schedule(op, update.learning_rate, update.iterations);
  SegmentRules rules;
  rules.slots = slots;
  const UpdateOptions* options = update.options;
  const bool by_norm = options && (options->clip_norm > 0 || options->global_clip_norm > 0);
  if (options) {
    check_options(op, *options);
    rules.slots += options->averages + options->accumulates();
    rules.separate = by_norm;
    rules.gradients_may_miss = options->averages;
    rules.undecayed = &options->undecayed;
  }
  SegmentTable& table = prepared.table;
  table = make_segment_table(op, update.variables, update.gradients, update.slots, rules);
  prepared.learning_rate = update.learning_rate;
  const Tensor& steps = update.iterations.writable();
  table.reads.push_back(&table.rows);
  table.reads.push_back(&prepared.learning_rate);
  table.reads.push_back(&steps);
  prepared.steps = &steps;
  UpdateArgs& args = prepared.args;
  args.rows = table.data();
  args.count = table.count;
  args.learning_rate = prepared.learning_rate.as<float>();
  args.iterations = steps.as<int64_t>();
  if (options) set_options(prepared, *options, slots);
  if (options && options->found_scale) launch_judgement(prepared, *options);
  if (by_norm) launch_norms(prepared, *options);
}

}  // namespace mark1

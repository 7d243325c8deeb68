#include "core/recorder.h"

#include <cstring>

#include "core/cut.h"
#include "core/transfer.h"

namespace mark1 {
namespace {

thread_local Recorder* active_recorder = nullptr;
ObstacleHook obstacle_hook = nullptr;

std::string describe(const Launch& call) {
  std::string text;
  const auto append = [&text](const TensorList& tensors) {
    for (const Tensor* tensor : tensors) {
      if (!text.empty()) text += ' ';
      text += name(tensor->dtype()) + tensor->shape().str();
    }
  };
  append(call.inputs);
  text += text.empty() ? "->" : " ->";
  append(call.outputs);
  return text;
}

}  // namespace

Aside::Aside() : recorder_(active_recorder), pool_(BufferPool::current()) {
  active_recorder = nullptr;
  BufferPool::set_current(nullptr);
}

Aside::~Aside() {
  active_recorder = recorder_;
  BufferPool::set_current(pool_);
}

void set_obstacle_hook(ObstacleHook hook) {
  obstacle_hook = hook;
}

void reads_value(const Tensor& tensor, const char* how, Look look) {
  if (active_recorder) active_recorder->reads_value(tensor, how, look);
  tell_of_cut(how, {&tensor});
}

Recorder* Recorder::current() {
  return active_recorder;
}

Recorder::~Recorder() {
  if (active()) cancel();
}

std::vector<Tensor> Recorder::begin(const std::vector<Tensor>& inputs) {
  if (active_recorder) fail<ValueError>("record", "a step is being recorded on this thread");
  Program& program = *program_;
  last_entries_.swap(program.entries_);
  last_arguments_.swap(program.arguments_);
  last_operands_.swap(operands_);
  last_ops_.swap(program.ops_);
  last_variables_.swap(program.variables_);
  last_constants_.swap(program.constants_);
  program.entries_.clear();
  program.arguments_.clear();
  operands_.clear();
  program.ops_.clear();
  program.operands_.clear();
  program.variables_.clear();
  program.constants_.clear();
  program.inputs_.clear();
  program.input_specs_.clear();
  program.outputs_.clear();
  program.output_specs_.clear();
  program.moves_.clear();
  index_.clear();
  homes_.clear();
  variable_of_.clear();
  moved_to_.clear();
  held_.clear();
  differs_ = false;
  same_ = false;
  program.isa_ = isa();
  program.work_ = 0;
  // Queued kernels of the recording before may still read what the host wrote for them.
  synchronize(program.pool_.device());
  program.pool_.rewind();
  outer_ = current_device();
  const Device device = inputs.empty() ? outer_ : inputs[0].device();
  detail::choose_device(device);
  program.pool_.set_device(device);
  active_recorder = this;
  BufferPool::set_current(&program.pool_);
  std::vector<Tensor> own;
  for (const Tensor& input : inputs) {
    const size_t bytes = input.bytes() > 0 ? input.bytes() : 1;
    StoragePtr storage(program.pool_.take(bytes, BufferPool::Use::kInput));
    Tensor copy(std::move(storage), 0, input.shape(), input.dtype());
    put_contents(input, device, copy.data());
    program.inputs_.push_back(copy.data());
    program.input_specs_.push_back(copy.spec());
    own.push_back(copy);
  }
  return own;
}

std::vector<Tensor> Recorder::end(std::vector<Tensor> outputs) {
  Program& program = *program_;
  detail::choose_device(outer_);
  if (!active()) {  // dropped on the way
    program.pool_.let_go();
    homes_.clear();
    recorded_ = false;
    return outputs;
  }
  uint64_t hash = kEmptyHash;
  for (Tensor& output : outputs) {
    hold(output);
    program.outputs_.push_back(output.data());
    program.output_specs_.push_back(output.spec());
    hash = hash_operand(hash, output);
  }
  operands_.push_back(hash);
  compare_outputs();
  stop();
  // The step's own results may be old values of variables: their holder is given copies.
  std::unordered_map<const Storage*, int64_t> returned;
  for (Tensor& output : outputs) {
    if (!variable_of_.count(output.storage().get())) continue;
    ++returned[output.storage().get()];
    const DeviceScope scope(output.device());
    const Tensor copy(output.spec());
    copy_block_of(copy.device(), copy.data(), output.data(), output.bytes());
    output = copy;
  }
  if (disturbed(returned)) {
    homes_.clear();
    program.pool_.let_go();
    recorded_ = false;
    return outputs;
  }
  for (auto& [cell, home] : homes_) come_home(*cell, home);
  homes_.clear();
  program.pool_.copy_out();
  same_ = recorded_ && !differs_;
  recorded_ = true;
  program.seconds_.assign(program.entries_.size(), 0.0);
  return outputs;
}

void Recorder::cancel() {
  if (active()) stop();
  detail::choose_device(outer_);
  program_->pool_.let_go();
  program_->pool_.give_back();  // it may be for want of memory that the step has failed
  homes_.clear();
  recorded_ = false;
  same_ = false;
}

void Recorder::stop() {
  active_recorder = nullptr;
  BufferPool::set_current(nullptr);
}

void Recorder::drop(const std::string& reason) {
  if (!active()) return;
  stop();
  recorded_ = false;
  if (obstacle_hook) obstacle_hook(reason.c_str());
}

void Recorder::differs(const std::string& reason) {
  if (!recorded_ || differs_) return;
  differs_ = true;
  if (obstacle_hook) obstacle_hook(reason.c_str());
}

void Recorder::launched(const Launch& call) {
  Program& program = *program_;
  Program::Entry entry = {};
  entry.run = call.run;
  entry.args = static_cast<uint32_t>(program.arguments_.size() * sizeof(std::max_align_t));
  entry.size = static_cast<uint32_t>(call.args_size);
  entry.work = call.work;
  entry.most_members = call.limits.most_members;
  entry.team = 1;
  entry.kind = call.kind;
  for (const Tensor* tensor : call.outputs) {
    entry.elements += tensor->numel();
    entry.lasting |= outlives(*tensor);
  }
  const size_t units = (call.args_size + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t);
  program.arguments_.resize(program.arguments_.size() + units);
  char* bytes = reinterpret_cast<char*>(program.arguments_.data()) + entry.args;
  std::memcpy(bytes, call.args, call.args_size);
  call.clear_padding(bytes);
  for (const Tensor* tensor : call.inputs) hold(*tensor);
  for (const Tensor* tensor : call.outputs) hold(*tensor);
  uint64_t hash = kEmptyHash;
  for (const Tensor* tensor : call.inputs) hash = hash_operand(hash, *tensor);
  for (const Tensor* tensor : call.outputs) hash = hash_operand(hash, *tensor);
  operands_.push_back(hash);
  compare(call.op, entry);
  program.entries_.push_back(entry);
  program.ops_.push_back(call.op);
  program.operands_.push_back(describe(call));
  program.work_ += call.work;
}

bool Recorder::outlives(const Tensor& tensor) const {
  const Storage* storage = tensor.storage().get();
  return storage->pool != &program_->pool_ || moved_to_.count(storage) > 0;
}

void Recorder::hold(const Tensor& tensor) {
  const Storage* storage = tensor.storage().get();
  if (storage->pool == &program_->pool_ || variable_of_.count(storage) ||
      !held_.insert(storage).second) {
    return;
  }
  program_->constants_.push_back(tensor.storage());
}

void Recorder::uses(const std::shared_ptr<VariableCell>& cell, bool writing) {
  auto& variables = program_->variables_;
  const auto [found, fresh] = index_.emplace(cell.get(), variables.size());
  if (!fresh) {
    variables[found->second].written |= writing;
    return;
  }
  if (shared(*cell)) {
    // From here on the variable's place belongs to it alone, so that it can come home to it.
    const Aside aside;
    replace(*cell, true);
  }
  variables.push_back({cell, cell->value.data(), writing});
  variable_of_.emplace(cell->value.storage().get(), variables.size() - 1);
}

void Recorder::moved(const std::shared_ptr<VariableCell>& cell, const Tensor& before) {
  const Tensor& home = homes_.emplace(cell.get(), before).first->second;  // the first place
  moved_to_.insert(cell->value.storage().get());
  program_->moves_.push_back(
      {cell->value.data(), home.data(), home.bytes(), program_->entries_.size()});
}

// Whether somebody, another thread say, holds an old value of a variable or a pointer into the
// pool: neither may be written by a replay. This recording is lost then; another time he may be
// gone.
bool Recorder::disturbed(const std::unordered_map<const Storage*, int64_t>& returned) const {
  for (const auto& [cell, home] : homes_) {
    const Storage* place = home.storage().get();
    const auto results = returned.find(place);
    const int64_t expected = results == returned.end() ? 1 : 1 + results->second;
    if (place->references.load(std::memory_order_acquire) > expected) return true;
  }
  return program_->pool_.exported();
}

void Recorder::come_home(VariableCell& cell, Tensor& home) {
  const Tensor now = cell.value;
  StoragePtr place = home.storage();
  const size_t offset = home.byte_offset();
  home = Tensor();
  if (!place.unique()) {
    // The step's result is on its way out and will be replaced by a copy; nobody else can see it.
    auto* storage = new Storage;
    storage->data = place->data;
    storage->bytes = place->bytes;
    storage->device = place->device;
    place->data = take_block_of(place->device, place->bytes);
    copy_block_of(place->device, place->data, storage->data, place->bytes);
    place = StoragePtr(storage);
  }
  Tensor value(place, offset, now.shape(), now.dtype());
  copy_block_of(value.device(), value.data(), now.data(), now.bytes());
  value.set_id(cell.id);
  cell.value = value;
}

void Recorder::reads_value(const Tensor& tensor, const char* how, Look look) {
  const Storage* storage = tensor.storage().get();
  bool changes = false;
  if (storage->pool == &program_->pool_) {
    const bool constant = program_->pool_.keeps(storage) && !is_input(tensor);
    changes = !constant || look == Look::kPointer;
  } else {
    changes = variable_of_.count(storage) > 0;
  }
  if (changes) drop(std::string("reads a value (") + how + ")");
}

}  // namespace mark1

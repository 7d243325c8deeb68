#include "core/recorder.h"

#include <cstring>

namespace mark1 {
namespace {

thread_local Recorder* active_recorder = nullptr;
ObstacleHook obstacle_hook = nullptr;

// Allocates and launches as if nothing were recorded.
class Aside {
 public:
  Aside() : recorder_(active_recorder), pool_(BufferPool::current()) {
    active_recorder = nullptr;
    BufferPool::set_current(nullptr);
  }
  ~Aside() {
    active_recorder = recorder_;
    BufferPool::set_current(pool_);
  }
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;

 private:
  Recorder* recorder_;
  BufferPool* pool_;
};

// Fowler, Noll and Vo's hash over words; the tail over bytes.
uint64_t hash_bytes(uint64_t hash, const char* data, size_t size) {
  constexpr uint64_t kPrime = 0x100000001b3;
  size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    uint64_t word;
    std::memcpy(&word, data + i, 8);
    hash = (hash ^ word) * kPrime;
    hash ^= hash >> 29;
  }
  for (; i < size; ++i) hash = (hash ^ static_cast<unsigned char>(data[i])) * kPrime;
  return hash;
}

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

void set_obstacle_hook(ObstacleHook hook) {
  obstacle_hook = hook;
}

void reads_value(const Tensor& tensor, const char* how, Look look) {
  if (active_recorder) active_recorder->reads_value(tensor, how, look);
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
  last_contents_.swap(contents_);
  last_ops_.swap(program.ops_);
  program.entries_.clear();
  program.arguments_.clear();
  contents_.clear();
  program.ops_.clear();
  program.operands_.clear();
  program.variables_.clear();
  program.constants_.clear();
  program.inputs_.clear();
  program.input_specs_.clear();
  program.outputs_.clear();
  program.output_specs_.clear();
  program.returns_.clear();
  index_.clear();
  homes_.clear();
  known_.clear();
  differs_ = false;
  same_ = false;
  program.isa_ = isa();
  program.work_ = 0;
  program.pool_.rewind();
  active_recorder = this;
  BufferPool::set_current(&program.pool_);
  std::vector<Tensor> own;
  for (const Tensor& input : inputs) {
    Tensor copy = host_tensor(input.shape(), input.dtype());
    std::memcpy(copy.data(), input.data(), input.bytes());
    program.inputs_.push_back(copy.data());
    program.input_specs_.push_back(copy.spec());
    own.push_back(copy);
  }
  return own;
}

void Recorder::end(const std::vector<Tensor>& outputs) {
  Program& program = *program_;
  if (!active()) {  // dropped on the way
    program.pool_.let_go();
    homes_.clear();
    recorded_ = false;
    return;
  }
  for (const Tensor& output : outputs) {
    hold(output);
    program.outputs_.push_back(output.data());
    program.output_specs_.push_back(output.spec());
  }
  stop();
  for (auto& [cell, home] : homes_) come_home(*cell, home);
  homes_.clear();
  program.pool_.copy_out();
  if (program.entries_.size() < last_entries_.size()) {
    differs("runs " + std::to_string(program.entries_.size()) + " operations, the time before " +
            std::to_string(last_entries_.size()));
  }
  same_ = recorded_ && !differs_;
  recorded_ = true;
  program.seconds_.assign(program.entries_.size(), 0.0);
}

void Recorder::cancel() {
  if (active()) stop();
  program_->pool_.let_go();
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
  const size_t units = (call.args_size + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t);
  program.arguments_.resize(program.arguments_.size() + units);
  char* bytes = reinterpret_cast<char*>(program.arguments_.data()) + entry.args;
  std::memcpy(bytes, call.args, call.args_size);
  call.clear_padding(bytes);
  for (const Tensor* tensor : call.inputs) hold(*tensor);
  for (const Tensor* tensor : call.outputs) hold(*tensor);
  compare(call.op, entry, hash_constants(call.inputs));
  program.entries_.push_back(entry);
  program.ops_.push_back(call.op);
  program.operands_.push_back(describe(call));
  program.work_ += call.work;
}

void Recorder::compare(const char* name, const Program::Entry& entry, uint64_t contents) {
  const size_t index = program_->entries_.size();
  contents_.push_back(contents);
  if (!recorded_ || differs_) return;
  const std::string op = name;
  if (index >= last_entries_.size()) return differs("runs " + op + ", which it did not before");
  const Program::Entry& last = last_entries_[index];
  if (entry.run != last.run || entry.size != last.size || op != last_ops_[index]) {
    return differs("runs " + op + " where it ran " + last_ops_[index] + " before");
  }
  if (!same_arguments(entry, last)) {
    return differs("runs " + op + " with other shapes, numbers or tensors than before");
  }
  if (contents != last_contents_[index]) {
    differs("runs " + op + " with other constants than before");
  }
}

bool Recorder::same_arguments(const Program::Entry& now, const Program::Entry& then) const {
  const char* a = static_cast<const char*>(program_->arguments(now));
  const char* b = reinterpret_cast<const char*>(last_arguments_.data()) + then.args;
  if (std::memcmp(a, b, now.size) == 0) return true;
  // The garbage collector may have given blocks back at another time: that is no difference.
  for (size_t i = 0; i < now.size; i += sizeof(void*)) {
    const size_t size = now.size - i < sizeof(void*) ? now.size - i : sizeof(void*);
    if (std::memcmp(a + i, b + i, size) == 0) continue;
    if (size < sizeof(void*)) return false;
    const void *p, *q;
    std::memcpy(&p, a + i, size);
    std::memcpy(&q, b + i, size);
    if (!program_->pool_.owns(p) || !program_->pool_.owns(q)) return false;
  }
  return true;
}

bool Recorder::is_input(const Tensor& tensor) const {
  for (const void* input : program_->inputs_) {
    if (tensor.storage()->data == input) return true;
  }
  return false;
}

uint64_t Recorder::hash_constants(const TensorList& tensors) const {
  uint64_t hash = 0xcbf29ce484222325;
  for (const Tensor* tensor : tensors) {
    if (!program_->pool_.keeps(tensor->storage().get()) || is_input(*tensor)) continue;
    hash = hash_bytes(hash, static_cast<const char*>(tensor->data()), tensor->bytes());
  }
  return hash;
}

void Recorder::hold(const Tensor& tensor) {
  const Storage* storage = tensor.storage().get();
  if (storage->pool == &program_->pool_ || !known_.insert(storage).second) return;
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
  known_.insert(cell->value.storage().get());
}

void Recorder::moved(const std::shared_ptr<VariableCell>& cell, const Tensor& before) {
  homes_.emplace(cell.get(), before);  // the first place is home
}

void Recorder::come_home(VariableCell& cell, Tensor& home) {
  const Tensor now = cell.value;
  program_->returns_.push_back({now.data(), home.data(), now.bytes()});
  StoragePtr place = home.storage();
  home = Tensor();
  if (!place.unique()) {
    // Somebody kept the old value: he gets a copy elsewhere, and the variable this place.
    auto* storage = new Storage;
    storage->data = place->data;
    storage->bytes = place->bytes;
    place->data = take_block(place->bytes);
    std::memcpy(place->data, storage->data, place->bytes);
    place = StoragePtr(storage);
  }
  const size_t offset = static_cast<size_t>(static_cast<char*>(program_->returns_.back().to) -
                                            static_cast<char*>(place->data));
  Tensor value(place, offset, now.shape(), now.dtype());
  std::memcpy(value.data(), now.data(), now.bytes());
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
    for (const auto& variable : program_->variables_) {
      changes = changes || variable.cell->value.storage().get() == storage;
    }
  }
  if (changes) drop(std::string("reads a value (") + how + ")");
}

}  // namespace mark1

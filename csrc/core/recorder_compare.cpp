// Whether two recordings of a step are the same.
#include <cstring>

#include "core/recorder.h"

namespace mark1 {
namespace {

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

}  // namespace

void Recorder::compare(const char* name, const Program::Entry& entry) {
  const size_t index = program_->entries_.size();
  if (!recorded_ || differs_) return;
  const std::string op = name;
  if (index >= last_entries_.size()) return differs("runs " + op + ", which it did not before");
  const Program::Entry& last = last_entries_[index];
  if (op != last_ops_[index]) {
    // Another thread held a variable's value at one of the two times: chance, and no obstacle.
    if (op == kCopyOnWrite || last_ops_[index] == kCopyOnWrite) {
      differs_ = true;
      return;
    }
    return differs("runs " + op + " where it ran " + last_ops_[index] + " before");
  }
  if (entry.run != last.run || entry.size != last.size || !same_arguments(entry, last)) {
    return differs("runs " + op + " with other shapes, numbers or tensors than before");
  }
  if (operands_[index] != last_operands_[index]) {
    differs("runs " + op + " with other tensors or constants than before");
  }
}

void Recorder::compare_outputs() {
  const size_t now = program_->entries_.size(), then = last_entries_.size();
  if (now < then) {
    differs("runs " + std::to_string(now) + " operations, the time before " + std::to_string(then));
  } else if (recorded_ && !differs_ && operands_.back() != last_operands_.back()) {
    differs("returns other tensors or constants than before");
  }
}

bool Recorder::same_arguments(const Program::Entry& now, const Program::Entry& then) const {
  const char* a = static_cast<const char*>(program_->arguments(now));
  const char* b = reinterpret_cast<const char*>(last_arguments_.data()) + then.args;
  if (std::memcmp(a, b, now.size) == 0) return true;
  for (size_t i = 0; i < now.size; i += sizeof(void*)) {
    const size_t size = now.size - i < sizeof(void*) ? now.size - i : sizeof(void*);
    if (std::memcmp(a + i, b + i, size) == 0) continue;
    if (size < sizeof(void*)) return false;
    const void *p, *q;
    std::memcpy(&p, a + i, size);
    std::memcpy(&q, b + i, size);
    if (!same_place(p, q)) return false;
  }
  return true;
}

// The garbage collector may have given blocks back at another time, and a variable whose value was
// held has another home: these are no differences. Which tensors they are is compared apart.
bool Recorder::same_place(const void* now, const void* then) const {
  if (program_->pool_.owns(now) && program_->pool_.owns(then)) return true;
  const auto& variables = program_->variables_;
  for (size_t i = 0; i < variables.size() && i < last_variables_.size(); ++i) {
    const auto offset = [&](const void* place, const Program::Bound& variable) {
      return static_cast<size_t>(static_cast<const char*>(place) -
                                 static_cast<const char*>(variable.home));
    };
    const size_t bytes = variables[i].cell->value.bytes();
    const size_t a = offset(now, variables[i]), b = offset(then, last_variables_[i]);
    if (a == b && a < bytes && variables[i].cell == last_variables_[i].cell) return true;
  }
  return false;
}

bool Recorder::is_input(const Tensor& tensor) const {
  for (const void* input : program_->inputs_) {
    if (tensor.storage()->data == input) return true;
  }
  return false;
}

uint64_t Recorder::hash_operand(uint64_t hash, const Tensor& tensor) const {
  const Storage* storage = tensor.storage().get();
  const BufferPool& pool = program_->pool_;
  uint64_t place[3] = {0, 0, tensor.byte_offset()};  // kind, which, where in it
  if (storage->pool == &pool) {
    place[1] = pool.number(storage);
  } else if (const auto found = variable_of_.find(storage); found != variable_of_.end()) {
    place[0] = 1;
    place[1] = found->second;
  } else {
    place[0] = 2;
    place[1] = reinterpret_cast<uint64_t>(storage->data);
  }
  hash = hash_bytes(hash, reinterpret_cast<const char*>(place), sizeof(place));
  const bool constant = storage->pool == &pool && pool.keeps(storage) && !is_input(tensor);
  return constant ? hash_constant(hash, tensor) : hash;
}

// An optimizer's table holds addresses, which may differ as those in arguments may.
uint64_t Recorder::hash_constant(uint64_t hash, const Tensor& tensor) const {
  const char* data = static_cast<const char*>(tensor.data());
  const size_t size = tensor.bytes();
  size_t i = 0;
  for (; i + sizeof(uint64_t) <= size; i += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, data + i, sizeof(word));
    if (is_address(word)) word = 0;
    hash = hash_bytes(hash, reinterpret_cast<const char*>(&word), sizeof(word));
  }
  return hash_bytes(hash, data + i, size - i);
}

// Whether a word is an address of a block of the pool or of a variable: few numbers look like it.
bool Recorder::is_address(uint64_t word) const {
  if (word >> 47 != 0 || word >> 32 == 0) return false;
  const auto* place = reinterpret_cast<const char*>(word);
  if (program_->pool_.owns(place)) return true;
  for (const Program::Bound& variable : program_->variables_) {
    const auto* home = static_cast<const char*>(variable.home);
    if (place >= home && place < home + variable.cell->value.bytes()) return true;
  }
  return false;
}

}  // namespace mark1

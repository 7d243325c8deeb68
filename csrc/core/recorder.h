// Makes a Program of a step that runs on this thread: every launch is executed and written down.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/launch.h"
#include "core/program.h"
#include "core/variable.h"

namespace mark1 {

class Recorder;

// A stretch of this thread's work that allocates and launches as if nothing were recorded.
class Aside {
 public:
  Aside();
  ~Aside();
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;

 private:
  Recorder* recorder_;
  BufferPool* pool_;
};

// Told once per recording, where it happens, why the recording cannot be replayed.
using ObstacleHook = void (*)(const char* reason);
void set_obstacle_hook(ObstacleHook hook);

// What host code reports before it looks at contents. With a pointer to them it may do so later.
enum class Look { kOnce, kPointer };
void reads_value(const Tensor& tensor, const char* how, Look look = Look::kOnce);

// A step is recorded at least twice before it is replayed: if two recordings in succession differ,
// its launches depend on something besides its inputs.
class Recorder {
 public:
  ~Recorder();

  // The recorder of this thread, or null when nothing is being recorded.
  static Recorder* current();

  // Begins to record on this thread, which works where the inputs lie meanwhile. Returns the
  // program's own tensors with the inputs' contents, for the step to work with.
  std::vector<Tensor> begin(const std::vector<Tensor>& inputs);
  // Ends with the step's results. Whatever else is alive gets memory outside the program. Returns
  // the results, with copies in place of values of variables: held by the caller, those would keep
  // the program from writing the variables.
  std::vector<Tensor> end(std::vector<Tensor> outputs);
  // Ends without a program: the step has failed.
  void cancel();

  // The program, if the last two recordings were the same; null before.
  std::shared_ptr<Program> program() const { return same_ ? program_ : nullptr; }

  // What launches, variables and readers of values report.
  void launched(const Launch& call);
  void uses(const std::shared_ptr<VariableCell>& cell, bool writing);
  void moved(const std::shared_ptr<VariableCell>& cell, const Tensor& before);
  void reads_value(const Tensor& tensor, const char* how, Look look);
  // Gives the recording up; the step goes on as if there had been none.
  void drop(const std::string& reason);

 private:
  bool active() const { return current() == this; }
  bool is_input(const Tensor& tensor) const;
  void compare(const char* op, const Program::Entry& entry);
  void compare_outputs();
  bool same_arguments(const Program::Entry& now, const Program::Entry& then) const;
  bool same_place(const void* now, const void* then) const;
  void differs(const std::string& reason);
  static constexpr uint64_t kEmptyHash = 0xcbf29ce484222325;
  uint64_t hash_operand(uint64_t hash, const Tensor& tensor) const;
  uint64_t hash_constant(uint64_t hash, const Tensor& tensor) const;
  bool is_address(uint64_t word) const;
  void hold(const Tensor& tensor);
  bool outlives(const Tensor& tensor) const;
  bool disturbed(const std::unordered_map<const Storage*, int64_t>& returned) const;
  void come_home(VariableCell& cell, Tensor& home);
  void stop();

  Device outer_;  // the thread's before
  std::shared_ptr<Program> program_ = std::make_shared<Program>();
  bool recorded_ = false;  // the program holds a complete recording
  bool differs_ = false;   // from the one before
  bool same_ = false;      // as the one before

  // Per launch, and for the outputs, which tensors these are, and what constants are.
  std::vector<uint64_t> operands_;
  // The recording before, to compare with. Its constants live on, so that equal addresses are equal
  // tensors.
  std::vector<Program::Entry> last_entries_;
  std::vector<std::max_align_t> last_arguments_;
  std::vector<uint64_t> last_operands_;
  std::vector<std::string> last_ops_;
  std::vector<Program::Bound> last_variables_;
  std::vector<StoragePtr> last_constants_;

  std::unordered_map<const VariableCell*, size_t> index_;   // into the program's variables
  std::unordered_map<VariableCell*, Tensor> homes_;         // of those that moved
  std::unordered_map<const Storage*, size_t> variable_of_;  // where they lay, into the same
  std::unordered_set<const Storage*> moved_to_;             // where they lie in the pool
  std::unordered_set<const Storage*> held_;                 // constants
};

}  // namespace mark1

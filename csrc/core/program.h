// A recorded step: its launches with their arguments, which can be run again and again without
// Python. Made by a Recorder.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "core/alarm.h"
#include "core/buffer_pool.h"
#include "core/device_graph.h"
#include "core/device_mark.h"
#include "core/feed.h"
#include "core/fork.h"
#include "core/isa.h"
#include "core/kernel.h"
#include "core/launch.h"
#include "core/tensor.h"
#include "core/variable.h"

namespace mark1 {

// Fills the buffer of one input on the current device, where the data lie: `count` rows from
// `begin` of the data, or those that order names, which may lie anywhere.
using LoadRows = void (*)(const Tensor& data, const Tensor& order, int64_t begin, int64_t count,
                          void* target);

// One run over many steps. Step i takes rows [(begin + i) n, (begin + i + 1) n) of all data, n
// being the rows that the program was recorded with.
struct Run {
  std::vector<Tensor> data;  // one per input, rows along the first axis
  Tensor order;              // int64, of all rows; without storage: as they lie
  int64_t begin = 0;         // in steps
  int64_t steps = 1;
  double seconds = 0;          // end early after so long; 0: never
  bool host_results = true;    // results go to memory of the host, wherever the program runs
  std::vector<char*> results;  // per output, where step after step goes; null: nowhere
  bool whole = false;          // the data are the inputs themselves, not rows of more
  // Whether a device has done the work, and has refused no value, when the run returns. Otherwise
  // the caller settles the program before anything else works on its variables. Results in memory
  // of the host are always awaited.
  bool awaited = true;
  LoadRows load = nullptr;
};

// Where the time of an entry went, from the steps that were timed. The first is the loading of the
// inputs.
struct EntryTime {
  std::string op;
  std::string operands;
  double microseconds;  // per step
};

class Program {
 public:
  // Whether the variables still lie where they lay, and the instruction set is the same.
  bool fits() const;

  // Runs steps and returns how many were made: none if the program does not fit or is busy. Throws
  // what a check throws: variables are as they were before the rest of its step. Others may use the
  // interpreter meanwhile if the work is long.
  int64_t run(const Run& run);

  // Waits for what runs have left to a device, and throws what a check throws.
  void settle();

  // Whether another thread runs it at present.
  bool busy() const { return busy_.load(std::memory_order_acquire) == fork_generation(); }

  Device device() const { return pool_.device(); }
  size_t launches() const { return entries_.size(); }
  size_t bytes() const { return pool_.bytes(); }
  int64_t steps() const { return steps_; }
  int64_t timed() const { return timed_; }
  const std::vector<Spec>& outputs() const { return output_specs_; }
  const std::vector<Spec>& inputs() const { return input_specs_; }
  std::vector<EntryTime> times() const;

 private:
  friend class Recorder;

  struct Entry {
    void (*run)(const void* args, const Team& team);
    uint32_t args, size;  // in arguments_
    double work;
    int most_members;
    int team;  // members, for the present number of threads
    LaunchKind kind;
    bool lasting;      // writes what outlives the step
    int64_t elements;  // of the results
  };

  // A variable and where it lay when the step began.
  struct Bound {
    std::shared_ptr<VariableCell> cell;
    const void* home;
    bool written;
  };

  // A variable whose value went to another place, to which it comes back at the end of the step.
  struct Move {
    const void* now;
    void* home;
    size_t bytes;
    size_t since;  // entries that had run
  };

  // The order of rows, where the program runs and for data that the host picks from.
  struct Orders {
    Tensor here, on_host;
  };

  class Turn;

  bool on_cpu() const { return device().type == DeviceType::kCpu; }
  void wait_for_gates() const;
  void choose_teams();
  void prepare_device(const Run& run);
  bool is_timed() const;
  int64_t stride() const;
  void run_entry(size_t number);
  void load(const Run& run, const Orders& orders, int64_t step);
  void load_on_device(const Run& run, const Orders& orders, int64_t step);
  void step();
  void step_on_device();
  void refuse();
  void timed_step(const Run& run, const Orders& orders, int64_t step);
  void finish(const Run& run, int64_t step);
  void come_home(size_t ran);
  const void* arguments(const Entry& entry) const {
    return reinterpret_cast<const char*>(arguments_.data()) + entry.args;
  }

  BufferPool pool_;
  std::vector<Entry> entries_;
  std::vector<std::max_align_t> arguments_;
  std::vector<std::string> ops_, operands_;  // per entry, for people
  std::vector<Bound> variables_;
  std::vector<StoragePtr> constants_;  // that lay outside the pool
  std::vector<void*> inputs_;
  std::vector<Spec> input_specs_;
  std::vector<const void*> outputs_;
  std::vector<Spec> output_specs_;
  std::vector<Move> moves_;
  DeviceGraph graph_;
  std::unique_ptr<Alarm> alarm_;  // of checks on a device
  std::unique_ptr<Pace> pace_;    // on a device
  std::unique_ptr<Feed> feed_;    // from the host to a device
  Isa isa_ = Isa::kReference;
  double work_ = 0;

  std::atomic<uint32_t> busy_{0};  // the generation of the process in which a thread runs it
  int64_t steps_ = 0;
  int64_t timed_ = 0;
  std::vector<double> seconds_;  // per entry, over the timed steps
  double load_seconds_ = 0;
};

}  // namespace mark1

#include "core/program.h"

#include <chrono>
#include <cstring>

#include "core/fp_environment.h"
#include "core/interpreter.h"
#include "core/launch.h"
#include "core/thread_pool.h"

namespace mark1 {
namespace {

// Every so many steps one is timed kernel by kernel: 25 ns each, of some 100 ns and more.
constexpr int64_t kTimedEvery = 64;
constexpr int64_t kFirstTimed = 2;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

bool Program::fits() const {
  if (isa_ != isa()) return false;
  for (const Bound& variable : variables_) {
    const VariableCell& cell = *variable.cell;
    if (cell.value.data() != variable.home) return false;
    if (variable.written && shared(cell)) return false;
  }
  return true;
}

// A program's time on its variables: taken and ended with the interpreter's lock.
class Program::Turn {
 public:
  Turn(Program& program, bool unblocked) : program_(program), unblocked_(unblocked) {
    program_.busy_.store(fork_generation(), std::memory_order_release);
    if (!unblocked_) return;
    for (Bound& variable : program_.variables_) variable.cell->gate.take(variable.written);
  }
  ~Turn() {
    if (unblocked_) {
      for (Bound& variable : program_.variables_) variable.cell->gate.leave(variable.written);
    }
    program_.busy_.store(0, std::memory_order_release);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Program& program_;
  bool unblocked_;
};

int64_t Program::run(const Run& run) {
  choose_teams();
  const bool unblocked = work_ * static_cast<double>(run.steps) >= kBlockingWork;
  if (unblocked && Gate::awaited()) Gate::yield_turn();
  wait_for_gates();
  // Others may have had the interpreter's lock up to here, but not from here on.
  if (busy() || !fits()) return 0;
  const Turn turn(*this, unblocked);
  const Unblocked others(unblocked);
  const Stretch stretch(unblocked);
  const FpEnvironment environment;
  const Clock::time_point start = run.seconds > 0 ? Clock::now() : Clock::time_point();
  int64_t done = 0;
  while (done < run.steps) {
    if (steps_ % kTimedEvery == kFirstTimed) {
      timed_step(run, run.begin + done);
    } else {
      load(run, run.begin + done);
      step();
    }
    finish(run, done);
    ++steps_;
    ++done;
    if (unblocked && Gate::awaited()) break;
    if (run.seconds > 0 && seconds_since(start) >= run.seconds) break;
  }
  return done;
}

// Also for short work, which is done without taking the gates: another program may be at it.
void Program::wait_for_gates() const {
  for (size_t i = 0; i < variables_.size(); ++i) {
    const Gate& gate = variables_[i].cell->gate;
    if (gate.free_for(variables_[i].written)) continue;
    if (variables_[i].written) {
      gate.wait_for_writing();
    } else {
      gate.wait_for_reading();
    }
    i = static_cast<size_t>(-1);  // the interpreter's lock was given away: look at all again
  }
}

void Program::choose_teams() {
  for (Entry& entry : entries_) {
    const int size = team_size(entry.work);
    const int most = entry.most_members;
    entry.team = most > 0 && size > most ? most : size;
  }
}

void Program::load(const Run& run, int64_t step) {
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const Tensor& data = run.data[i];
    if (run.whole) {
      std::memcpy(inputs_[i], data.data(), data.bytes());
      continue;
    }
    const int64_t rows = input_specs_[i].shape[0];
    const int64_t* order = run.order.storage() ? run.order.as<int64_t>() : nullptr;
    run.load(data, order, step * rows, rows, inputs_[i]);
  }
}

void Program::step() {
  size_t ran = 0;
  try {
    for (const Entry& entry : entries_) {
      if (entry.team == 1) {
        entry.run(arguments(entry), Team{});
      } else {
        run_team(entry.team, entry.run, arguments(entry));
      }
      ++ran;
    }
  } catch (...) {
    come_home(ran);
    throw;
  }
}

void Program::timed_step(const Run& run, int64_t step) {
  const Clock::time_point start = Clock::now();
  load(run, step);
  Clock::time_point before = Clock::now();
  load_seconds_ += std::chrono::duration<double>(before - start).count();
  size_t ran = 0;
  try {
    for (; ran < entries_.size(); ++ran) {
      run_team(entries_[ran].team, entries_[ran].run, arguments(entries_[ran]));
      const Clock::time_point after = Clock::now();
      seconds_[ran] += std::chrono::duration<double>(after - before).count();
      before = after;
    }
  } catch (...) {
    come_home(ran);
    throw;
  }
  ++timed_;
}

void Program::finish(const Run& run, int64_t step) {
  for (size_t i = 0; i < run.results.size(); ++i) {
    if (!run.results[i]) continue;
    const Spec& spec = output_specs_[i];
    const size_t bytes = static_cast<size_t>(spec.shape.numel()) * item_size(spec.dtype);
    std::memcpy(run.results[i] + static_cast<size_t>(step) * bytes, outputs_[i], bytes);
  }
  come_home(entries_.size() + 1);
}

// A variable that moved several times was last where it moved last.
void Program::come_home(size_t ran) {
  for (const Move& move : moves_) {
    if (move.since < ran) std::memcpy(move.home, move.now, move.bytes);
  }
}

std::vector<EntryTime> Program::times() const {
  std::vector<EntryTime> out;
  const double scale = timed_ > 0 ? 1e6 / static_cast<double>(timed_) : 0;
  out.push_back({"load", "inputs of the step", load_seconds_ * scale});
  for (size_t i = 0; i < entries_.size(); ++i) {
    out.push_back({ops_[i], operands_[i], seconds_[i] * scale});
  }
  return out;
}

}  // namespace mark1

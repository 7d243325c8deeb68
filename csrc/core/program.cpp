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

int64_t Program::run(const Run& run) {
  busy_.store(true, std::memory_order_release);
  choose_teams();
  const bool unblocked = work_ * static_cast<double>(run.steps) >= kBlockingWork;
  if (unblocked) {
    if (Gate::awaited()) Gate::yield_turn();
    take_gates();
  }
  int64_t done = 0;
  const auto stop = [&] {
    if (unblocked) leave_gates();
    busy_.store(false, std::memory_order_release);
  };
  try {
    const Unblocked others(unblocked);
    const FpEnvironment environment;
    const Clock::time_point start = run.seconds > 0 ? Clock::now() : Clock::time_point();
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
    if (unblocked) leave_gates();
  } catch (...) {
    stop();
    throw;
  }
  busy_.store(false, std::memory_order_release);
  return done;
}

void Program::take_gates() {
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
  for (Bound& variable : variables_) variable.cell->gate.take(variable.written);
}

void Program::leave_gates() {
  for (Bound& variable : variables_) variable.cell->gate.leave(variable.written);
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
  for (const Entry& entry : entries_) {
    if (entry.team == 1) {
      entry.run(arguments(entry), Team{});
    } else {
      run_team(entry.team, entry.run, arguments(entry));
    }
  }
}

void Program::timed_step(const Run& run, int64_t step) {
  const Clock::time_point start = Clock::now();
  load(run, step);
  Clock::time_point before = Clock::now();
  load_seconds_ += std::chrono::duration<double>(before - start).count();
  for (size_t i = 0; i < entries_.size(); ++i) {
    run_team(entries_[i].team, entries_[i].run, arguments(entries_[i]));
    const Clock::time_point after = Clock::now();
    seconds_[i] += std::chrono::duration<double>(after - before).count();
    before = after;
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
  for (const Copy& copy : returns_) std::memcpy(copy.to, copy.from, copy.bytes);
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

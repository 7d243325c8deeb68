#include "core/program.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "core/device_launch.h"
#include "core/fp_environment.h"
#include "core/interpreter.h"
#include "core/launch.h"
#include "core/thread_pool.h"
#include "core/transfer.h"

namespace mark1 {
namespace {

// Every so many steps one is timed kernel by kernel: 25 ns each, of some 100 ns and more.
constexpr int64_t kTimedEvery = 64;
constexpr int64_t kFirstTimed = 2;
// On a device that stops the queue at every kernel: two of the first steps have to do.
constexpr int64_t kTimedOnDevice = 2;
// Half of what a device may lag behind, in seconds as far as they are known, and in steps: it never
// runs dry, and whoever waits for its end does not wait for long.
constexpr double kStrideSeconds = 0.04;
constexpr int64_t kMostInStride = 64;

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
  const bool unblocked = !on_cpu() || work_ * static_cast<double>(run.steps) >= kBlockingWork;
  if (unblocked && Gate::awaited()) Gate::yield_turn();
  wait_for_gates();
  // Others may have had the interpreter's lock up to here, but not from here on.
  if (busy() || !fits()) return 0;
  const Turn turn(*this, unblocked);
  const Unblocked others(unblocked);
  const Stretch stretch(unblocked);
  const FpEnvironment environment;
  const DeviceScope scope(device());
  if (!on_cpu()) prepare_device(run);
  Orders orders;
  for (const Tensor& data : run.data) {
    if (!run.order.storage()) break;
    const bool here = data.device() == device();
    Tensor& order = here ? orders.here : orders.on_host;
    if (!order.storage()) order = here ? moved(run.order, device()) : on_host(run.order);
  }
  const Clock::time_point start = run.seconds > 0 ? Clock::now() : Clock::time_point();
  int64_t done = 0;
  while (done < run.steps) {
    if (is_timed()) {
      timed_step(run, orders, run.begin + done);
    } else {
      load(run, orders, run.begin + done);
      step();
    }
    finish(run, done);
    ++steps_;
    ++done;
    if (pace_) pace_->step(stride());
    if (alarm_ && alarm_->raised()) break;
    if (unblocked && Gate::awaited()) break;
    if (run.seconds > 0 && seconds_since(start) >= run.seconds) break;
  }
  const bool fetched = run.host_results && !run.results.empty();
  if (alarm_ && (run.awaited || fetched || alarm_->raised())) settle();
  return done;
}

void Program::settle() {
  if (on_cpu()) return;
  synchronize(device());
  if (alarm_) refuse();
}

void Program::refuse() {
  alarm_->answer([this](int64_t entry) -> const Check& {
    return *static_cast<const Check*>(arguments(entries_[static_cast<size_t>(entry)]));
  });
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
  if (!on_cpu()) return;
  for (Entry& entry : entries_) {
    const int size = team_size(entry.work);
    const int most = entry.most_members;
    entry.team = most > 0 && size > most ? most : size;
  }
}

void Program::load(const Run& run, const Orders& orders, int64_t step) {
  if (!on_cpu()) return load_on_device(run, orders, step);
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const Tensor& data = run.data[i];
    if (run.whole || data.device() != device()) {
      put_contents(data, device(), inputs_[i]);
    } else {
      const int64_t rows = input_specs_[i].shape[0];
      run.load(data, orders.here, step * rows, rows, inputs_[i]);
    }
  }
}

// Without waiting, whatever lies where: the host picks the rows of a batch and they go over
// together.
void Program::load_on_device(const Run& run, const Orders& orders, int64_t step) {
  if (feed_) feed_->begin();
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const Tensor& data = run.data[i];
    const bool here = data.device() == device();
    const int64_t rows = run.whole ? 0 : input_specs_[i].shape[0];
    if (here && run.whole) {
      queue_copy("load", inputs_[i], data.data(), data.bytes());
    } else if (here) {
      run.load(data, orders.here, step * rows, rows, inputs_[i]);
    } else if (run.whole) {
      const Tensor on_cpu = on_host(data);
      if (data.bytes() > 0) std::memcpy(feed_->place(i), on_cpu.data(), data.bytes());
    } else {
      const DeviceScope host(kCpu);
      run.load(data, orders.on_host, step * rows, rows, feed_->place(i));
    }
  }
  if (feed_) feed_->send();
}

void Program::prepare_device(const Run& run) {
  const auto is_check = [](const Entry& entry) { return entry.kind == LaunchKind::kCheck; };
  if (!alarm_ && std::any_of(entries_.begin(), entries_.end(), is_check)) {
    alarm_ = std::make_unique<Alarm>(device());
  }
  for (const Bound& variable : variables_) {
    if (variable.written) wait_for_readers(*variable.cell->value.storage().get());
  }
  if (!pace_) pace_ = std::make_unique<Pace>(device());
  const auto is_away = [this](const Tensor& data) { return !(data.device() == device()); };
  if (!feed_ && std::any_of(run.data.begin(), run.data.end(), is_away)) {
    std::vector<Feed::Target> targets;
    for (size_t i = 0; i < inputs_.size(); ++i) {
      const Spec& spec = input_specs_[i];
      const size_t size = item_size(spec.dtype);
      targets.push_back({inputs_[i], static_cast<size_t>(spec.shape.numel()) * size});
    }
    feed_ = std::make_unique<Feed>(device(), targets);
  }
}

bool Program::is_timed() const {
  if (on_cpu()) return steps_ % kTimedEvery == kFirstTimed;
  return steps_ >= kFirstTimed && steps_ < kFirstTimed + kTimedOnDevice;
}

int64_t Program::stride() const {
  double seconds = load_seconds_;
  for (const double of_entry : seconds_) seconds += of_entry;
  const double most = static_cast<double>(kMostInStride);
  const double steps = kStrideSeconds * static_cast<double>(timed_) / std::max(seconds, 1e-9);
  return static_cast<int64_t>(std::clamp(steps, 1.0, most));
}

void Program::run_entry(size_t number) {
  const Entry& entry = entries_[number];
  const char* op = ops_[number].c_str();
  if (on_cpu()) {
    run_team(entry.team, entry.run, arguments(entry));
  } else if (entry.kind == LaunchKind::kCheck) {
    const auto& check = *static_cast<const Check*>(arguments(entry));
    alarm_->queue(op, check, static_cast<int64_t>(number));
  } else {
    const Guard guard = alarm_ && entry.lasting ? alarm_->guard() : Guard();
    queue_kernel(op, entry.run, arguments(entry), entry.elements, entry.most_members, guard);
  }
}

// As a graph from the second time on: then all that a kernel does at its first start has been done.
// Nothing has run if a graph cannot be made.
void Program::step_on_device() {
  size_t queued = 0;
  const auto queue = [&] {
    for (queued = 0; queued < entries_.size(); ++queued) run_entry(queued);
  };
  if (steps_ > 0) return graph_.run(device(), queue);
  try {
    queue();
  } catch (...) {
    come_home(queued);
    throw;
  }
}

void Program::step() {
  if (!on_cpu()) return step_on_device();
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

void Program::timed_step(const Run& run, const Orders& orders, int64_t step) {
  const Clock::time_point start = Clock::now();
  load(run, orders, step);
  Clock::time_point before = Clock::now();
  load_seconds_ += std::chrono::duration<double>(before - start).count();
  size_t ran = 0;
  try {
    for (; ran < entries_.size(); ++ran) {
      run_entry(ran);
      synchronize(device());
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
    char* target = run.results[i] + static_cast<size_t>(step) * bytes;
    if (run.host_results && !on_cpu() && bytes > 0) {
      copy_to_host(device(), target, outputs_[i], bytes);
    } else {
      copy_block_of(device(), target, outputs_[i], bytes);
    }
  }
  come_home(entries_.size() + 1);
}

// A variable that moved several times was last where it moved last.
void Program::come_home(size_t ran) {
  for (const Move& move : moves_) {
    if (move.since >= ran) continue;
    if (on_cpu()) {
      copy_block_of(device(), move.home, move.now, move.bytes);
    } else {
      const Guard guard = alarm_ ? alarm_->guard(static_cast<int64_t>(move.since)) : Guard();
      queue_copy("program", move.home, move.now, move.bytes, guard);
    }
  }
  if (alarm_ && !moves_.empty()) alarm_->end_step();
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

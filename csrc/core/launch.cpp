#include "core/launch.h"
#include "core/narrow.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/cut.h"
#include "core/device_launch.h"
#include "core/fp_environment.h"
#include "core/interpreter.h"
#include "core/recorder.h"
#include "core/thread_pool.h"

namespace mark1 {
namespace {

// A team costs 1 to 2 us to gather; a member should have several times that to do.
constexpr double kWorkPerMember = 6'000;
std::atomic<double> work_per_member{kWorkPerMember};
CutHook cut_hook = nullptr;

bool verbose() {
  static const bool enabled = [] {
    const char* text = std::getenv("MARK1_VERBOSE");
    return text && *text && std::string(text) != "0";
  }();
  return enabled;
}

void run(const Launch& call) {
  if (has_devices()) [[unlikely]] {
    check_places(call);
    if (works_on_device()) return run_on_device(call);
  }
  const FpEnvironment environment;
  int size = team_size(call.work);
  const int most = call.limits.most_members;
  if (most > 0 && size > most) size = most;
  if (size == 1) {
    call.run(call.args, Team{});
  } else {
    run_team(size, call.run, call.args);
  }
}

void run_verbose(const Launch& call) {
  const auto start = std::chrono::steady_clock::now();
  run(call);
  const std::chrono::duration<double, std::micro> elapsed =
      std::chrono::steady_clock::now() - start;
  std::string line = std::string("mark1: ") + call.op;
  const auto append = [&line](TensorList tensors) {
    for (const Tensor* tensor : tensors) {
      line += std::string(" ") + name(tensor->dtype()) + tensor->shape().str();
    }
  };
  append(call.inputs);
  line += " ->";
  append(call.outputs);
  if (works_on_device()) {
    std::fprintf(stderr, "%s  %s, queued in %.1f us\n", line.c_str(),
                 name(current_device()).c_str(), elapsed.count());
    return;
  }
  std::fprintf(stderr, "%s  %s, %d threads, %.1f us\n", line.c_str(), name(isa()),
               team_size(call.work), elapsed.count());
}

bool any_float(const TensorList& tensors) {
  for (const Tensor* tensor : tensors) {
    if (is_real(tensor->dtype())) return true;
  }
  return false;
}

}  // namespace

void set_cut_hook(CutHook hook) {
  cut_hook = hook;
}

void tell_of_cut(const char* what, TensorList inputs) {
  if (cut_hook && any_float(inputs)) cut_hook(what, inputs);
}

int team_size(double work) {
  const double share = work_per_member.load(std::memory_order_relaxed);
  if (works_on_device()) return 1;  // kernels there ask for scratch of their own
  if (work < 2 * share) return 1;
  const double members = work / share;
  const int threads = num_threads();
  return members < threads ? static_cast<int>(members) : threads;
}

void run_check(const void* args, const Team&) {
  const auto& check = *static_cast<const Check*>(args);
  const int64_t place = *check.wrong;
  if (place < 0) return;
  check.refuse(args, place, static_cast<const char*>(check.values) + place * check.value_size);
}

void launch(const Launch& call) {
  try {
    const Unblocked unblocked(call.work >= kBlockingWork && !call.limits.keep_interpreter &&
                              !works_on_device());
    if (verbose()) {
      run_verbose(call);
    } else {
      run(call);
    }
  } catch (...) {
    // Should the step catch it, it goes on as its values demand.
    if (Recorder* recorder = Recorder::current()) {
      recorder->drop(std::string("goes on after ") + call.op + " has refused its values");
    }
    throw;
  }
  if (Recorder* recorder = Recorder::current()) recorder->launched(call);
  if (call.outputs.size() > 0 && !any_float(call.outputs)) tell_of_cut(call.op, call.inputs);
}

void set_work_per_member(double nanoseconds) {
  work_per_member.store(nanoseconds > 0 ? nanoseconds : kWorkPerMember, std::memory_order_relaxed);
}

}  // namespace mark1

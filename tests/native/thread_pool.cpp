// Hammers the thread pool from several threads: every launch must cover each item exactly once,
// whatever the team size, nesting and competition. Built for the thread sanitizer, too.
#include "core/thread_pool.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace {

using mark1::Team;

constexpr int kItems = 1000;
constexpr int kPhases = 3;

struct Problem {
  std::vector<int> items = std::vector<int>(kItems, 0);
  std::vector<int> order = std::vector<int>(kItems, 0);
};

// Each phase reads what another member wrote in the one before: only a barrier makes that right.
void body(const void* context, const Team& team) {
  auto& problem = *static_cast<Problem*>(const_cast<void*>(context));
  const auto share = mark1::static_range(kItems, 7, team);
  for (int phase = 0; phase < kPhases; ++phase) {
    for (int64_t i = share.begin; i < share.end; ++i) {
      problem.items[i] = problem.order[kItems - 1 - i] + 1;
    }
    team.barrier();
    for (int64_t i = share.begin; i < share.end; ++i) problem.order[i] = problem.items[i];
    team.barrier();
  }
}

void nested(const void* context, const Team&) {
  mark1::run_team(4, body, context);  // runs inline: one call per member
}

void hammer(int rounds, std::atomic<int>& failures) {
  for (int round = 0; round < rounds; ++round) {
    Problem problem;
    mark1::run_team(1 + round % 9, body, &problem);
    for (int value : problem.items) failures += value != kPhases;
    Problem inner;
    mark1::run_team(1, nested, &inner);
    for (int value : inner.items) failures += value != kPhases;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 300;
  std::atomic<int> failures{0};
  for (int threads : {1, 2, 3, 7}) {
    mark1::set_num_threads(threads);
    std::vector<std::thread> callers;
    for (int i = 0; i < 3; ++i) callers.emplace_back(hammer, rounds, std::ref(failures));
    for (std::thread& caller : callers) caller.join();
  }
  std::printf("thread pool: %d failures\n", failures.load());
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#include "core/thread_pool.h"

#include <pthread.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "core/cpu_limit.h"
#include "core/error.h"
#include "core/fp_environment.h"

namespace mark1 {
namespace {

// 20 to 60 us of pause instructions (Zen 4: 65 ns each): longer than the gap between two
// launches of a training step, short enough not to be seen in a process that is done computing.
constexpr int kSpins = 1 << 10;
// From here on the processor is offered to others now and then: on a busy machine the thread waited
// for may be queued behind this one.
constexpr int kPoliteSpins = 1 << 6;
constexpr int kMaxThreads = 1024;

inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

// Waits until the counter differs from `seen`: spinning first, where every thread has a processor.
void wait_change(const std::atomic<uint32_t>& counter, uint32_t seen, bool spin) {
  for (int i = 0; spin && i < kSpins; ++i) {
    if (counter.load(std::memory_order_acquire) != seen) return;
    if (i >= kPoliteSpins && i % 8 == 0) {
      std::this_thread::yield();
    } else {
      relax();
    }
  }
  while (counter.load(std::memory_order_acquire) == seen)
    counter.wait(seen, std::memory_order_acquire);
}

struct Sync {
  alignas(64) std::atomic<uint32_t> arrived{0};
  alignas(64) std::atomic<uint32_t> generation{0};
  bool spin = true;
};

// A worker and the shares of work that were offered to it, by number.
struct alignas(64) Worker {
  std::atomic<uint32_t> offered{0};
  std::atomic<uint32_t> taken{0};
  std::thread thread;

  // True for one of those who ask: the worker, or the caller once its own share is done. On a busy
  // machine a worker may get a processor only milliseconds later, and finds nothing left to do.
  bool take(uint32_t number) {
    uint32_t before = number - 1;
    return taken.compare_exchange_strong(before, number, std::memory_order_acq_rel);
  }
};

thread_local bool inside_team = false;

class Pool {
 public:
  explicit Pool(int threads) : workers_(threads - 1) {
    spin_ = threads <= available_cpus();
    sync_.spin = spin_;
    try {
      for (int i = 0; i < threads - 1; ++i) {
        workers_[i] = std::make_unique<Worker>();
        workers_[i]->thread = std::thread([this, i] { work(*workers_[i], i + 1); });
      }
    } catch (...) {
      stop();
      throw;
    }
  }

  ~Pool() { stop(); }

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  void run(int size, void (*body)(const void*, const Team&), const void* context) {
    body_ = body;
    context_ = context;
    size_ = size;
    pending_.store(static_cast<uint32_t>(size - 1), std::memory_order_relaxed);
    for (int i = 0; i < size - 1; ++i) wake(*workers_[i]);
    inside_team = true;
    body(context, Team{0, size, &sync_});
    // Where the kernel waits at barriers every share has been taken by now.
    for (int i = size - 2; i >= 0; --i) {
      if (!workers_[i]->take(workers_[i]->offered.load(std::memory_order_relaxed))) continue;
      body(context, Team{i + 1, size, &sync_});
      pending_.fetch_sub(1, std::memory_order_relaxed);
    }
    inside_team = false;
    for (uint32_t left; (left = pending_.load(std::memory_order_acquire)) != 0;) {
      wait_change(pending_, left, spin_);
    }
  }

 private:
  // Also for a pool that could not be completed: its last workers have no thread.
  void stop() {
    stop_ = true;
    for (auto& worker : workers_) {
      if (!worker || !worker->thread.joinable()) continue;
      wake(*worker);
      worker->thread.join();
    }
  }

  static void wake(Worker& worker) {
    worker.offered.fetch_add(1, std::memory_order_release);
    worker.offered.notify_one();
  }

  void work(Worker& self, int rank) {
    inside_team = true;
    for (uint32_t seen = 0;;) {
      wait_change(self.offered, seen, spin_);
      if (stop_) return;
      seen = self.offered.load(std::memory_order_acquire);
      if (!self.take(seen)) continue;
      set_default_fp_environment();
      body_(context_, Team{rank, size_, &sync_});
      pending_.fetch_sub(1, std::memory_order_acq_rel);
      pending_.notify_one();
    }
  }

  std::vector<std::unique_ptr<Worker>> workers_;
  Sync sync_;
  bool spin_ = true;
  std::atomic<bool> stop_{false};
  alignas(64) std::atomic<uint32_t> pending_{0};
  void (*body_)(const void*, const Team&) = nullptr;
  const void* context_ = nullptr;
  int size_ = 1;
};

// All of the process's threading state, leaked on purpose: workers outlive static destructors.
struct State {
  std::mutex mutex;
  Pool* pool = nullptr;
  std::atomic<int> threads{0};
};

std::atomic<State*> state{nullptr};

// The child of a fork has only the forking thread: the old pool and its locks are abandoned.
void forget_after_fork() {
  State* old = state.load();
  if (!old) return;
  auto* fresh = new State;
  fresh->threads = old->threads.load();
  state.store(fresh);
  inside_team = false;
}

State& current() {
  State* instance = state.load(std::memory_order_acquire);
  if (instance) return *instance;
  static const bool registered = [] {
    state.store(new State, std::memory_order_release);
    pthread_atfork(nullptr, nullptr, forget_after_fork);
    return true;
  }();
  (void)registered;
  return *state.load(std::memory_order_acquire);
}

Pool* make_pool(int threads) {
  try {
    return new Pool(threads);
  } catch (const std::system_error&) {
    fail<ValueError>("threads", "the system does not allow ", threads,
                     " threads: set_num_threads or MARK1_NUM_THREADS with fewer");
  }
}

int initial_threads() {
  const char* text = std::getenv("MARK1_NUM_THREADS");
  if (!text || !*text) return available_cpus();
  char* end = nullptr;
  const long threads = std::strtol(text, &end, 10);
  if (*end != '\0' || threads < 1 || threads > kMaxThreads) {
    fail<ValueError>("threads", "MARK1_NUM_THREADS=", text, " is not a number from 1 to ",
                     kMaxThreads);
  }
  return static_cast<int>(threads);
}

}  // namespace

void Team::barrier() const {
  if (size == 1) return;
  auto& shared = *static_cast<Sync*>(sync);
  const uint32_t generation = shared.generation.load(std::memory_order_relaxed);
  if (shared.arrived.fetch_add(1, std::memory_order_acq_rel) + 1 == static_cast<uint32_t>(size)) {
    shared.arrived.store(0, std::memory_order_relaxed);
    shared.generation.fetch_add(1, std::memory_order_release);
    shared.generation.notify_all();
  } else {
    wait_change(shared.generation, generation, shared.spin);
  }
}

void run_team(int size, void (*body)(const void*, const Team&), const void* context) {
  if (size > 1 && !inside_team) {
    State& shared = current();
    std::unique_lock lock(shared.mutex, std::try_to_lock);
    if (lock) {
      const int threads = num_threads();
      if (!shared.pool || shared.pool->threads() != threads) {
        delete shared.pool;
        shared.pool = nullptr;
        shared.pool = make_pool(threads);
      }
      const int team = size < threads ? size : threads;
      if (team > 1) {
        shared.pool->run(team, body, context);
        return;
      }
    }
  }
  body(context, Team{});
}

int num_threads() {
  State& shared = current();
  int threads = shared.threads.load(std::memory_order_relaxed);
  if (threads == 0) {
    threads = initial_threads();
    shared.threads.store(threads, std::memory_order_relaxed);
  }
  return threads;
}

void set_num_threads(int threads) {
  if (threads < 1 || threads > kMaxThreads) {
    fail<ValueError>("threads", "the number of threads must be 1 to ", kMaxThreads, ", got ",
                     threads);
  }
  current().threads.store(threads, std::memory_order_relaxed);
}

}  // namespace mark1

#include "cuda/emulation/log.h"

#include <atomic>
#include <mutex>
#include <utility>

namespace mark1::gpu {
namespace {

std::atomic<bool> wanted{false};
std::mutex mutex;
std::vector<std::string> lines;

}  // namespace

bool logging() {
  return wanted.load(std::memory_order_relaxed);
}

void note(const std::string& line) {
  if (!logging()) return;
  const std::lock_guard lock(mutex);
  lines.push_back(line);
}

std::vector<std::string> take_log() {
  wanted.store(true, std::memory_order_relaxed);
  const std::lock_guard lock(mutex);
  return std::exchange(lines, {});
}

std::string kernel_name(const char* text) {
  const std::string all = text;
  const size_t begin = all.find("Body = ") + 7;
  return all.substr(begin, all.rfind(']') - begin);
}

}  // namespace mark1::gpu

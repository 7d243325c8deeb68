#include "core/feed.h"

#include <algorithm>

#include "core/device_launch.h"
#include "core/device_memory.h"
#include "core/error.h"

namespace mark1 {
namespace {

// One is written, one is on its way, one is read.
constexpr size_t kBuffers = 3;
// Parts of a buffer begin at multiples of this, as memory of the device does.
constexpr size_t kAlignment = 256;

}  // namespace

Feed::Feed(Device device, const std::vector<Target>& targets) : device_(device) {
  for (const Target& target : targets) {
    parts_.push_back({target, bytes_, false});
    bytes_ += (target.bytes + kAlignment - 1) / kAlignment * kAlignment;
  }
  bytes_ = std::max(bytes_, size_t{1});
  try {
    for (size_t i = 0; i < kBuffers; ++i) {
      ring_.push_back(std::make_unique<Buffer>(device));
      ring_.back()->on_host = static_cast<char*>(take_block_of(device, bytes_, true));
      ring_.back()->here = static_cast<char*>(take_block_of(device, bytes_));
      // Memory is the pool's again while work that was queued before still uses it.
      ring_.back()->used.set(MARK1_WORK);
    }
  } catch (...) {
    give_back();
    throw;
  }
}

Feed::~Feed() {
  give_back();
}

// Memory is given back in the order of the work, which has to wait for copies beside it.
void Feed::give_back() {
  for (const auto& buffer : ring_) {
    try {
      buffer->arrived.hold(MARK1_WORK);
    } catch (const DeviceError&) {  // the device is lost, and destructors throw nothing
    }
    if (buffer->here) give_block_of(device_, buffer->here, bytes_);
    if (buffer->on_host) give_block_of(device_, buffer->on_host, bytes_);
  }
}

void Feed::begin() {
  for (Part& part : parts_) part.written = false;
  writing_ = false;
}

void* Feed::place(size_t target) {
  Buffer& buffer = *ring_[next_];
  if (!writing_) buffer.arrived.await();
  writing_ = true;
  parts_[target].written = true;
  return buffer.on_host + parts_[target].offset;
}

void Feed::send() {
  if (!writing_) return;
  Buffer& buffer = *ring_[next_];
  next_ = (next_ + 1) % ring_.size();
  const auto written = [](const Part& part) { return part.written && part.target.bytes > 0; };
  const auto first = std::find_if(parts_.begin(), parts_.end(), written);
  if (first == parts_.end()) return;
  const auto last = std::find_if(parts_.rbegin(), parts_.rend(), written);
  const size_t bytes = last->offset + last->target.bytes - first->offset;
  buffer.used.hold(MARK1_COPIES);
  copy_aside(device_, buffer.here + first->offset, buffer.on_host + first->offset, bytes);
  buffer.arrived.set(MARK1_COPIES);
  buffer.arrived.hold(MARK1_WORK);
  for (const Part& part : parts_) {
    if (!written(part)) continue;
    queue_copy("load", part.target.data, buffer.here + part.offset, part.target.bytes);
  }
  buffer.used.set(MARK1_WORK);
}

}  // namespace mark1

// What happened to every byte that kernels touch: its last write, and two reads that nothing
// ordered. Three numbers of spans per byte, so that one is compared, for all bytes of an access at
// once, where a thread comes back to what it touched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>

namespace mark1::gpu {

struct ShadowPage {
  static constexpr uintptr_t kBytes = 4096;
  uint32_t write[kBytes], read[kBytes], other_read[kBytes];
};

class Shadow {
 public:
  ShadowPage& page(uintptr_t address) {
    const uintptr_t number = address / ShadowPage::kBytes;
    Known& known = known_[number % kKnown];
    if (known.number != number || !known.page) {
      known = {number, find(number)};
    }
    return *known.page;
  }
  void forget() {
    pages_.clear();
    for (Known& known : known_) known = {};
  }
  // What pages take is 12 times what kernels touch.
  bool large() const { return pages_.size() > 4096; }
  // All of it happened long ago.
  void forget(const void* memory, size_t bytes);

 private:
  static constexpr uintptr_t kKnown = 256;
  struct Known {
    uintptr_t number = 0;
    ShadowPage* page = nullptr;
  };

  ShadowPage* find(uintptr_t number) {
    std::unique_ptr<ShadowPage>& page = pages_[number];
    if (!page) page = std::make_unique<ShadowPage>();
    return page.get();
  }

  Known known_[kKnown];
  std::unordered_map<uintptr_t, std::unique_ptr<ShadowPage>> pages_;
};

}  // namespace mark1::gpu

// Contents of tensors for the host, some time later: the device goes on with what comes after.
#pragma once

#include <vector>

#include "core/device_mark.h"
#include "core/tensor.h"

namespace mark1 {

class Reading {
 public:
  // Of tensors on one device, as they are when the work so far is done.
  explicit Reading(const std::vector<Tensor>& tensors);

  // Whether the contents have come; does not wait.
  bool ready() const { return mark_.reached(); }
  // Copies of the tensors on the CPU, waiting for them if need be.
  std::vector<Tensor> values() const;

 private:
  struct Part {
    Spec spec;
    StoragePtr pinned;
  };
  std::vector<Part> parts_;
  DeviceMark mark_;
};

}  // namespace mark1

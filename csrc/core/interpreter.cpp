#include "core/interpreter.h"

namespace mark1 {
namespace {

BlockingHooks hooks;

}  // namespace

Unblocked::Unblocked(bool wanted) : token_(wanted && hooks.enter ? hooks.enter() : nullptr) {}

Unblocked::~Unblocked() {
  if (token_) hooks.leave(token_);
}

void set_blocking_hooks(BlockingHooks installed) {
  hooks = installed;
}

}  // namespace mark1

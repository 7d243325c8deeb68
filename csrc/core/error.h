// Errors that reach the user: "[op] rule, what came. hint".
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace mark1 {

struct ValueError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};
struct TypeError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct DeviceError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws Error with the text "[op] part part ...".
template <class Error, class... Parts>
[[noreturn]] void fail(const char* op, const Parts&... parts) {
  std::ostringstream text;
  text << '[' << op << "] ";
  (text << ... << parts);
  throw Error(text.str());
}

}  // namespace mark1

// What the emulated device was asked for, line by line, for tests of the order.
#pragma once

#include <string>
#include <vector>

namespace mark1::gpu {

bool logging();
void note(const std::string& line);
// The lines since the last call, and from the first call on there are any.
std::vector<std::string> take_log();

// The body's name in what the compiler calls a function that has it as parameter.
std::string kernel_name(const char* text);

}  // namespace mark1::gpu

// Whether what was compiled runs on a GPU.
#pragma once

namespace mark1::gpu {

// `list` is CMake's, as in "80-real,90-real,90-virtual"; `capability` is 86 for 8.6. Machine code
// runs on GPUs of its generation that are not older. The virtual kind, and a number alone, which
// stands for both, is translated by the driver for all that are not older. The letter f is for a
// family, GPUs of its generation that are not older; a is for one GPU alone. What names no number,
// as "native", is believed.
constexpr bool runs_on(const char* list, int capability) {
  bool numbers = false;
  for (const char* at = list; *at;) {
    int number = 0;
    for (; *at >= '0' && *at <= '9'; ++at) number = number * 10 + (*at - '0');
    const bool letter = (*at == 'a' || *at == 'f') && number > 0, family = letter && *at == 'f';
    if (letter) ++at;
    const bool real = at[0] == '-' && at[1] == 'r';
    if (number > 0) {
      numbers = true;
      const bool fits = letter && !family ? number == capability
                        : real || family  ? number / 10 == capability / 10 && number <= capability
                                          : number <= capability;
      if (fits) return true;
    }
    while (*at && *at != ',') ++at;
    if (*at == ',') ++at;
  }
  return !numbers;
}

static_assert(runs_on("80-real,90-real,90-virtual", 80) && runs_on("80-real,90-real", 86));
static_assert(runs_on("80-real,90-virtual", 120) && runs_on("80", 120));
static_assert(!runs_on("80-real,90-real", 75) && !runs_on("80-real,90-real", 100));
static_assert(!runs_on("90-real", 80) && !runs_on("90-virtual", 89));
static_assert(runs_on("80-real,90a-real", 90) && !runs_on("90a-real", 100));
static_assert(runs_on("100f-real", 103) && !runs_on("100f", 120) && !runs_on("103f", 100));
static_assert(runs_on("native", 90) && runs_on("", 90));

}  // namespace mark1::gpu

// The seam between the core and an accelerator's extension: a versioned C table, handed over in a
// Python capsule. No C++ types, exceptions or pybind11 objects cross it, so the two extensions may
// be built by different compilers, and either can be installed without the other.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MARK1_DEVICE_API_CAPSULE "mark1.device_api"
#define MARK1_DEVICE_API_VERSION 1

enum { MARK1_COPY_TO_DEVICE = 0, MARK1_COPY_TO_HOST = 1, MARK1_COPY_ON_DEVICE = 2 };

// Functions return 0, or a status that last_error() of the same thread puts into words.
typedef struct Mark1DeviceApi {
  uint32_t version;
  uint32_t size;  // of this struct: later versions only append

  int (*device_count)(int* count);
  // Writes name, memory and driver as one line of text.
  int (*describe)(int device, char* text, size_t capacity);
  int (*allocate)(int device, size_t bytes, void** data);
  int (*release)(int device, void* data);
  int (*copy)(int device, void* target, const void* source, size_t bytes, int direction);
  int (*synchronize)(int device);
  const char* (*last_error)(void);
} Mark1DeviceApi;

#ifdef __cplusplus
}
#endif

// Memory and device queries over the CUDA runtime.
#include <cuda_runtime.h>

#include <cstdio>

#include "cuda/runtime.h"

namespace {

thread_local char error_text[512];

int status(cudaError_t code, const char* doing) {
  if (code == cudaSuccess) return 0;
  std::snprintf(error_text, sizeof(error_text), "%s: %s (%s)", doing, cudaGetErrorString(code),
                cudaGetErrorName(code));
  cudaGetLastError();  // a failed call must not fail the next one
  return static_cast<int>(code);
}

int choose(int device) {
  return status(cudaSetDevice(device), "choosing a device");
}

int device_count(int* count) {
  *count = 0;
  return status(cudaGetDeviceCount(count), "counting devices");
}

int describe(int device, char* text, size_t capacity) {
  cudaDeviceProp properties;
  int driver = 0;
  int code = status(cudaGetDeviceProperties(&properties, device), "querying a device");
  if (code == 0) code = status(cudaDriverGetVersion(&driver), "querying the driver");
  if (code != 0) return code;
  std::snprintf(text, capacity, "%s, compute %d.%d, %.1f GiB, driver for CUDA %d.%d",
                properties.name, properties.major, properties.minor,
                static_cast<double>(properties.totalGlobalMem) / (1 << 30), driver / 1000,
                driver % 1000 / 10);
  return 0;
}

int allocate(int device, size_t bytes, void** data) {
  if (const int code = choose(device)) return code;
  char doing[64];
  std::snprintf(doing, sizeof(doing), "allocating %zu bytes", bytes);
  return status(cudaMallocAsync(data, bytes, nullptr), doing);
}

int release(int device, void* data) {
  if (const int code = choose(device)) return code;
  return status(cudaFreeAsync(data, nullptr), "freeing memory");
}

int copy(int device, void* target, const void* source, size_t bytes, int direction) {
  if (const int code = choose(device)) return code;
  const cudaMemcpyKind kind = direction == MARK1_COPY_TO_DEVICE ? cudaMemcpyHostToDevice
                              : direction == MARK1_COPY_TO_HOST ? cudaMemcpyDeviceToHost
                                                                : cudaMemcpyDeviceToDevice;
  return status(cudaMemcpy(target, source, bytes, kind), "copying");
}

int synchronize(int device) {
  if (const int code = choose(device)) return code;
  return status(cudaDeviceSynchronize(), "waiting for the device");
}

const char* last_error() {
  return error_text;
}

}  // namespace

extern "C" const Mark1DeviceApi* mark1_cuda_device_api(void) {
  static const Mark1DeviceApi api = {
      MARK1_DEVICE_API_VERSION,
      sizeof(Mark1DeviceApi),
      device_count,
      describe,
      allocate,
      release,
      copy,
      synchronize,
      last_error,
  };
  return &api;
}

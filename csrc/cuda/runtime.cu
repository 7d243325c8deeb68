// Memory, streams and graphs over the CUDA runtime.
#include <cuda_runtime.h>

#include <cstdio>
#include <cstring>
#include <mutex>
#include <utility>

#include "cuda/architectures.h"
#include "cuda/runtime.h"
#include "cuda/tables.h"
#include "ops/gemm/wgmma.h"

namespace {

constexpr int kDevices = 64;

thread_local char error_text[512];
// One per device, so that what any thread asks for happens in the order in which it was asked for:
// a tensor may be made in one thread and used in another. Never the legacy stream, for which all
// others wait.
cudaStream_t streams[kDevices] = {};
cudaStream_t copy_streams[kDevices] = {};
cudaMemPool_t pools[kDevices] = {};
std::mutex streams_mutex;
// Where this thread queues its work while it makes a graph. What is captured must be a stream that
// no other thread uses: their work would end up in the graph instead of being run.
thread_local cudaStream_t captured = nullptr;
// Held while a graph is made: until then nobody may wait for all of a device.
std::mutex captures;

// Whether a kernel has failed: then every call fails from now on.
bool lost(cudaError_t code) {
  switch (code) {
    case cudaErrorIllegalAddress:
    case cudaErrorLaunchFailure:
    case cudaErrorLaunchTimeout:
    case cudaErrorMisalignedAddress:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorIllegalInstruction:
    case cudaErrorHardwareStackError:
    case cudaErrorAssert:
    case cudaErrorECCUncorrectable:
    case cudaErrorNvlinkUncorrectable:
    case cudaErrorContained:
    case cudaErrorExternalDevice:
    case cudaErrorMpsClientTerminated:
    case cudaErrorUnknown:
      return true;
    default:
      return false;
  }
}

int status(cudaError_t code, const char* doing) {
  if (code == cudaSuccess) return 0;
  std::snprintf(error_text, sizeof(error_text), "%s: %s (%s)", doing, cudaGetErrorString(code),
                cudaGetErrorName(code));
  cudaGetLastError();  // a failed call must not fail the next one
  return lost(code) ? MARK1_DEVICE_LOST : static_cast<int>(code);
}

int choose(int device) {
  return status(cudaSetDevice(device), "choosing a device");
}

// A pool that keeps what is freed, instead of giving it back at every synchronization. The device's
// own is for others in the process as well.
int make_pool(int device) {
  cudaMemPoolProps properties = {};
  properties.allocType = cudaMemAllocationTypePinned;
  properties.location.type = cudaMemLocationTypeDevice;
  properties.location.id = device;
  cudaError_t code = cudaMemPoolCreate(&pools[device], &properties);
  uint64_t all = UINT64_MAX;
  if (code == cudaSuccess) {
    code = cudaMemPoolSetAttribute(pools[device], cudaMemPoolAttrReleaseThreshold, &all);
  }
  return status(code, "making a memory pool");
}

int stream_of(int device, cudaStream_t* stream) {
  if (const int code = choose(device)) return code;
  if (device >= kDevices) return status(cudaErrorInvalidDevice, "choosing a device");
  if (captured) {
    *stream = captured;
    return 0;
  }
  const std::lock_guard lock(streams_mutex);
  cudaStream_t& own = streams[device];
  if (!own) {
    if (const int code = pools[device] ? 0 : make_pool(device)) return code;
    cudaError_t made = cudaStreamCreateWithFlags(&copy_streams[device], cudaStreamNonBlocking);
    if (made == cudaSuccess) made = cudaStreamCreateWithFlags(&own, cudaStreamNonBlocking);
    if (const int code = status(made, "making a stream")) return code;
  }
  *stream = own;
  return 0;
}

int stream_of_queue(int device, int queue, cudaStream_t* stream) {
  const int code = stream_of(device, stream);
  if (code == 0 && queue == MARK1_COPIES) *stream = copy_streams[device];
  return code;
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
  std::snprintf(text, capacity, "%s, compute %d.%d, %.1f GiB, driver for CUDA %d.%d%s",
                properties.name, properties.major, properties.minor,
                static_cast<double>(properties.totalGlobalMem) / (1 << 30), driver / 1000,
                driver % 1000 / 10, mark1::cuda::warpgroups_state(device));
  if (!mark1::gpu::runs_on(MARK1_CUDA_ARCHITECTURES, properties.major * 10 + properties.minor)) {
    const size_t written = std::strlen(text);
    std::snprintf(text + written, capacity - written,
                  ", for which this build has no code (it has " MARK1_CUDA_ARCHITECTURES ")");
  }
  return 0;
}

// What the pool keeps is free as well, although the driver does not count it.
int memory(int device, size_t* free_bytes, size_t* total_bytes) {
  cudaStream_t stream;
  if (const int code = stream_of(device, &stream)) return code;
  uint64_t kept = 0, used = 0;
  cudaError_t code = cudaMemGetInfo(free_bytes, total_bytes);
  if (code == cudaSuccess) {
    code = cudaMemPoolGetAttribute(pools[device], cudaMemPoolAttrReservedMemCurrent, &kept);
  }
  if (code == cudaSuccess) {
    code = cudaMemPoolGetAttribute(pools[device], cudaMemPoolAttrUsedMemCurrent, &used);
  }
  *free_bytes += kept - used;
  return status(code, "asking for free memory");
}

int allocate(int device, size_t bytes, void** data) {
  cudaStream_t stream;
  if (const int code = stream_of(device, &stream)) return code;
  char doing[64];
  std::snprintf(doing, sizeof(doing), "allocating %zu bytes", bytes);
  return status(cudaMallocFromPoolAsync(data, bytes, pools[device], stream), doing);
}

int release(int device, void* data) {
  cudaStream_t stream;
  if (const int code = stream_of(device, &stream)) return code;
  return status(cudaFreeAsync(data, stream), "freeing memory");
}

int allocate_host(int device, size_t bytes, void** data) {
  if (const int code = choose(device)) return code;
  char doing[80];
  std::snprintf(doing, sizeof(doing), "allocating %zu bytes of the host", bytes);
  return status(cudaHostAlloc(data, bytes, cudaHostAllocMapped | cudaHostAllocPortable), doing);
}

int release_host(int device, void* data) {
  if (const int code = choose(device)) return code;
  return status(cudaFreeHost(data), "freeing memory of the host");
}

int copy(int device, void* target, const void* source, size_t bytes, int direction) {
  cudaStream_t stream;
  if (const int code = stream_of(device, &stream)) return code;
  const cudaMemcpyKind kind = direction == MARK1_COPY_TO_DEVICE ? cudaMemcpyHostToDevice
                              : direction == MARK1_COPY_TO_HOST ? cudaMemcpyDeviceToHost
                                                                : cudaMemcpyDeviceToDevice;
  if (const int code = status(cudaMemcpyAsync(target, source, bytes, kind, stream), "copying")) {
    return code;
  }
  // Memory of the host that is not pinned has been read when the call returns, and written only
  // when the stream has come by.
  if (direction == MARK1_COPY_ON_DEVICE) return 0;
  return status(cudaStreamSynchronize(stream), "waiting for a copy");
}

int synchronize(int device) {
  cudaStream_t stream;
  if (const int code = stream_of(device, &stream)) return code;
  return status(cudaStreamSynchronize(stream), "waiting for the device");
}

int synchronize_all(int device) {
  const std::lock_guard lock(captures);
  if (const int code = choose(device)) return code;
  return status(cudaDeviceSynchronize(), "waiting for the device");
}

int stream(int device, void** stream) {
  cudaStream_t own;
  const int code = stream_of(device, &own);
  *stream = code == 0 ? own : nullptr;
  return code;
}

int launched(int device) {
  if (const int code = choose(device)) return code;
  return status(cudaGetLastError(), "starting a kernel");
}

int begin_graph(int device) {
  if (const int code = choose(device)) return code;
  cudaStream_t own = nullptr;
  int code = status(cudaStreamCreateWithFlags(&own, cudaStreamNonBlocking), "making a stream");
  if (code != 0) return code;
  std::unique_lock lock(captures);
  code = status(cudaStreamBeginCapture(own, cudaStreamCaptureModeThreadLocal), "beginning a graph");
  if (code == 0) {
    captured = own;
    lock.release();  // end_graph() unlocks
  } else {
    cudaStreamDestroy(own);
  }
  return code;
}

int end_graph(int device, void** graph) {
  cudaGraph_t written = nullptr;
  const cudaStream_t own = std::exchange(captured, nullptr);
  int ended = choose(device);
  if (ended == 0) ended = status(cudaStreamEndCapture(own, &written), "ending a graph");
  captures.unlock();
  cudaStreamDestroy(own);
  if (ended != 0) return ended;
  cudaGraphExec_t executable = nullptr;
  const int code = status(cudaGraphInstantiate(&executable, written, 0), "building a graph");
  cudaGraphDestroy(written);
  *graph = executable;
  return code;
}

int run_graph(int device, void* graph) {
  cudaStream_t stream;
  if (const int code = stream_of(device, &stream)) return code;
  return status(cudaGraphLaunch(static_cast<cudaGraphExec_t>(graph), stream), "running a graph");
}

int release_graph(int device, void* graph) {
  if (const int code = choose(device)) return code;
  return status(cudaGraphExecDestroy(static_cast<cudaGraphExec_t>(graph)), "freeing a graph");
}

int copy_aside(int device, void* target, const void* source, size_t bytes) {
  cudaStream_t stream;
  if (const int code = stream_of_queue(device, MARK1_COPIES, &stream)) return code;
  return status(cudaMemcpyAsync(target, source, bytes, cudaMemcpyHostToDevice, stream), "copying");
}

int make_mark(int device, void** mark) {
  if (const int code = choose(device)) return code;
  cudaEvent_t event = nullptr;
  const int code =
      status(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "making a mark");
  *mark = event;
  return code;
}

int set_mark(int device, int queue, void* mark) {
  cudaStream_t stream;
  if (const int code = stream_of_queue(device, queue, &stream)) return code;
  return status(cudaEventRecord(static_cast<cudaEvent_t>(mark), stream), "setting a mark");
}

int wait_for_mark(int device, int queue, void* mark) {
  cudaStream_t stream;
  if (const int code = stream_of_queue(device, queue, &stream)) return code;
  return status(cudaStreamWaitEvent(stream, static_cast<cudaEvent_t>(mark), 0), "ordering queues");
}

int mark_reached(int device, void* mark, int* reached) {
  if (const int code = choose(device)) return code;
  const cudaError_t code = cudaEventQuery(static_cast<cudaEvent_t>(mark));
  *reached = code == cudaSuccess ? 1 : 0;
  if (code != cudaErrorNotReady) return status(code, "looking at a mark");
  cudaGetLastError();  // it is kept like an error, and the next launch would find it
  return 0;
}

int host_waits_for_mark(int device, void* mark) {
  if (const int code = choose(device)) return code;
  return status(cudaEventSynchronize(static_cast<cudaEvent_t>(mark)), "waiting for a mark");
}

int release_mark(int device, void* mark) {
  if (const int code = choose(device)) return code;
  return status(cudaEventDestroy(static_cast<cudaEvent_t>(mark)), "freeing a mark");
}

// Has one stream wait for what another has been given.
int order(int device, cudaStream_t first, cudaStream_t second) {
  void* mark = nullptr;
  if (const int code = make_mark(device, &mark)) return code;
  const auto event = static_cast<cudaEvent_t>(mark);
  int code = status(cudaEventRecord(event, first), "setting a mark");
  if (code == 0) code = status(cudaStreamWaitEvent(second, event, 0), "ordering streams");
  cudaEventDestroy(event);  // when it has been reached
  return code;
}

int wait_for_stream(int device, void* other) {
  cudaStream_t own;
  if (const int code = stream_of(device, &own)) return code;
  return order(device, static_cast<cudaStream_t>(other), own);
}

int stream_waits(int device, void* other) {
  cudaStream_t own;
  if (const int code = stream_of(device, &own)) return code;
  return order(device, own, static_cast<cudaStream_t>(other));
}

const char* last_error() {
  return error_text;
}

}  // namespace

#include "cuda/api_table.h"

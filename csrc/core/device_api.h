// The seam between the core and an accelerator's extension: a versioned C table, handed over in a
// Python capsule. No C++ types, exceptions or pybind11 objects cross it, so the two extensions may
// be built by different compilers, and either can be installed without the other.
//
// Work is queued: what runs on a device, copies of pinned memory included, runs later and in the
// order in which it was asked for; `synchronize` waits for all of it.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MARK1_DEVICE_API_CAPSULE "mark1.device_api"
#define MARK1_DEVICE_API_VERSION 4

enum { MARK1_COPY_TO_DEVICE = 0, MARK1_COPY_TO_HOST = 1, MARK1_COPY_ON_DEVICE = 2 };

// The queues of a device: that of all work, and one for copies of pinned memory beside it.
enum { MARK1_WORK = 0, MARK1_COPIES = 1 };

// The status after which the device does nothing more for this process: a kernel has failed.
enum { MARK1_DEVICE_LOST = -1 };

// Where a kernel queues its work: `team.sync` points to this. The work is left out if, when its
// turn comes, `alarm` is not null and points to a number below `limit`.
typedef struct Mark1Queue {
  void* stream;
  const int64_t* alarm;
  int64_t limit;
} Mark1Queue;

// Functions return 0, or a status that last_error() of the same thread puts into words.
typedef struct Mark1DeviceApi {
  uint32_t version;
  uint32_t size;  // of this struct: later versions only append

  int (*device_count)(int* count);
  // Writes name, memory and driver as one line of text.
  int (*describe)(int device, char* text, size_t capacity);
  int (*memory)(int device, size_t* free_bytes, size_t* total_bytes);

  int (*allocate)(int device, size_t bytes, void** data);
  int (*release)(int device, void* data);
  // Memory of the host that the device reads and writes in place, at the same address.
  int (*allocate_host)(int device, size_t bytes, void** data);
  // Must not be in use by queued work.
  int (*release_host)(int device, void* data);
  // To the host: returns when the contents have arrived. To the device: when they have left.
  int (*copy)(int device, void* target, const void* source, size_t bytes, int direction);
  int (*synchronize)(int device);
  // Waits for everybody's streams, those of other libraries as well.
  int (*synchronize_all)(int device);

  // An op's table of kernels, laid out as the op's header has it (`bytes` is its size there); null
  // if the extension has none. A kernel of it is called on the host and queues its work:
  // `team.size` is the number of threads that the work is worth, `team.sync` a Mark1Queue.
  const void* (*kernels)(const char* table, size_t bytes);
  // The stream that all work of the device is queued on.
  int (*stream)(int device, void** stream);
  // Whether the kernels that were queued since the last call could be started.
  int (*launched)(int device);

  // What is queued between begin and end is not run but becomes a graph, which can be run often.
  int (*begin_graph)(int device);
  int (*end_graph)(int device, void** graph);
  int (*run_graph)(int device, void* graph);
  int (*release_graph)(int device, void* graph);

  // A copy from pinned memory to the device that runs beside the work.
  int (*copy_aside)(int device, void* target, const void* source, size_t bytes);
  // Marks are set at the end of a queue. A queue waits for one until it is reached, and so does the
  // host; one that was never set is reached.
  int (*make_mark)(int device, void** mark);
  int (*set_mark)(int device, int queue, void* mark);
  int (*wait_for_mark)(int device, int queue, void* mark);
  int (*mark_reached)(int device, void* mark, int* reached);
  int (*host_waits_for_mark)(int device, void* mark);
  int (*release_mark)(int device, void* mark);
  // The work waits for what somebody else's stream has been given so far, or the other way round.
  int (*wait_for_stream)(int device, void* stream);
  int (*stream_waits)(int device, void* stream);

  const char* (*last_error)(void);
} Mark1DeviceApi;

#ifdef __cplusplus
}
#endif

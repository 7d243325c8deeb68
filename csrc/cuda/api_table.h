// The table of functions that a runtime hands over: included at the end of each, whose functions
// have these names.
#pragma once

extern "C" const Mark1DeviceApi* mark1_cuda_device_api(void) {
  static const Mark1DeviceApi api = {
      .version = MARK1_DEVICE_API_VERSION,
      .size = sizeof(Mark1DeviceApi),
      .device_count = device_count,
      .describe = describe,
      .memory = memory,
      .allocate = allocate,
      .release = release,
      .allocate_host = allocate_host,
      .release_host = release_host,
      .copy = copy,
      .synchronize = synchronize,
      .synchronize_all = synchronize_all,
      .kernels = mark1::gpu::kernel_table,
      .stream = stream,
      .launched = launched,
      .begin_graph = begin_graph,
      .end_graph = end_graph,
      .run_graph = run_graph,
      .release_graph = release_graph,
      .copy_aside = copy_aside,
      .make_mark = make_mark,
      .set_mark = set_mark,
      .wait_for_mark = wait_for_mark,
      .mark_reached = mark_reached,
      .host_waits_for_mark = host_waits_for_mark,
      .release_mark = release_mark,
      .wait_for_stream = wait_for_stream,
      .stream_waits = stream_waits,
      .last_error = last_error,
  };
  return &api;
}

# The CUDA extension is a second module: found and built here, loaded by Python on first use only.
if(MARK1_CUDA STREQUAL "OFF")
  return()
endif()

include(CheckLanguage)
check_language(CUDA)
if(NOT CMAKE_CUDA_COMPILER)
  if(MARK1_CUDA STREQUAL "ON")
    message(FATAL_ERROR "MARK1_CUDA=ON, but no CUDA compiler was found: set CUDACXX to nvcc's path")
  endif()
  message(STATUS "mark1: no CUDA compiler, building for the CPU only")
  return()
endif()

set(MARK1_CUDA_ARCHITECTURES "80;90" CACHE STRING "CUDA architectures to compile for")
set(CMAKE_CUDA_ARCHITECTURES ${MARK1_CUDA_ARCHITECTURES})
enable_language(CUDA)
add_subdirectory(csrc/cuda)

# With a precompiled header, ccache can only hit when the header's time is not
# part of it.
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  add_compile_options(
    "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
endif()

# smash_add_library(NAME sources... [LINK targets...] [MLIR targets...]
#                   [DEPENDS targets...])
#
# One of smash's own libraries. LINK names smash targets and others that CMake
# knows; MLIR names upstream libraries, which are taken from libMLIR.so.
# Libraries that need upstream share one precompiled header: header parsing,
# not code generation, is what their build time is.
function(smash_add_library name)
  cmake_parse_arguments(ARG "" "" "LINK;MLIR;DEPENDS" ${ARGN})
  add_library(${name} ${ARG_UNPARSED_ARGUMENTS})
  llvm_update_compile_flags(${name})
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
  if(ARG_MLIR)
    mlir_target_link_libraries(${name} PUBLIC ${ARG_MLIR})
    # libMLIR.so does not pass on libLLVM.so, which its headers use.
    target_link_libraries(${name} PUBLIC LLVM)
    smash_use_pch(${name})
  endif()
endfunction()

# Reuses the precompiled header of the IR library.
function(smash_use_pch name)
  if(TARGET SmashIR AND NOT name STREQUAL "SmashIR")
    target_precompile_headers(${name} REUSE_FROM SmashIR)
  endif()
endfunction()

# With a precompiled header, ccache can only hit when the header's time is not
# part of it.
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  add_compile_options(
    "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
endif()

# smash_add_library(NAME [NO_INSTALL] sources... [LINK targets...] [PRIVATE targets...]
#                   [MLIR targets...] [DEPENDS targets...] [EXPORTS script])
#
# One of smash's own libraries, installed as Smash::NAME. LINK names smash
# targets and others that CMake knows; PRIVATE those that no public header
# shows; MLIR names upstream libraries, which are taken from libMLIR.so.
# EXPORTS is a version script in place of cmake/exports.map.
# Libraries that need upstream share one precompiled header: header parsing,
# not code generation, is what their build time is.
function(smash_add_library name)
  cmake_parse_arguments(ARG "NO_INSTALL" "EXPORTS" "LINK;PRIVATE;MLIR;DEPENDS" ${ARGN})
  # What is not installed is part of the programs that link it.
  set(_kind)
  if(ARG_NO_INSTALL)
    set(_kind STATIC)
  endif()
  add_library(${name} ${_kind} ${ARG_UNPARSED_ARGUMENTS})
  add_library(Smash::${name} ALIAS ${name})
  llvm_update_compile_flags(${name})
  # CMake would define NAME_EXPORTS in a shared library only: then no object of
  # a static build could be used again.
  set_target_properties(${name} PROPERTIES DEFINE_SYMBOL "")
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  target_compile_features(${name} PUBLIC cxx_std_17)
  target_include_directories(${name} PUBLIC
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>"
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/dialects>"
    "$<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>"
    "$<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/dialects>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/smash/dialects>")
  target_link_libraries(${name} PUBLIC ${ARG_LINK} PRIVATE ${ARG_PRIVATE})
  if(ARG_MLIR)
    mlir_target_link_libraries(${name} PUBLIC ${ARG_MLIR})
    # libMLIR.so does not pass on libLLVM.so, which its headers use.
    target_link_libraries(${name} PUBLIC LLVM)
    smash_use_pch(${name})
  endif()
  # Where the headers of MLIR and LLVM are.
  target_link_libraries(${name} PUBLIC SmashUpstreamHeaders)
  # One object file serves a static and a shared library.
  set_target_properties(${name} PROPERTIES DEFINE_SYMBOL ""
    SMASH_LINK "${ARG_LINK}"
    SMASH_PRIVATE "${ARG_PRIVATE}")
  smash_export_only_ours(${name} ${ARG_EXPORTS})
  if(NOT ARG_NO_INSTALL)
    smash_install_target(${name})
  endif()
endfunction()

# The targets by which other projects name the libraries: SmashConfig.cmake.
function(smash_install_target name)
  set_target_properties(${name} PROPERTIES
    LIBRARY_OUTPUT_DIRECTORY "${LLVM_LIBRARY_OUTPUT_INTDIR}"
    VERSION "${PROJECT_VERSION}"
    SOVERSION "${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}"
    INSTALL_RPATH "$ORIGIN;${LLVM_LIBRARY_DIR}")
  install(TARGETS ${name} EXPORT SmashTargets
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT runtime
      NAMELINK_COMPONENT development
    RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT runtime)
endfunction()

# A shared object shows what is smash's, and nothing of the templates of others
# that its objects happen to contain.
function(smash_export_only_ours name)
  get_target_property(_type ${name} TYPE)
  if(_type STREQUAL "STATIC_LIBRARY" OR NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
    return()
  endif()
  set(_script "${PROJECT_SOURCE_DIR}/cmake/exports.map")
  if(ARGC GREATER 1)
    set(_script "${ARGV1}")
  endif()
  target_link_options(${name} PRIVATE "LINKER:--version-script=${_script}")
  set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS "${_script}")
endfunction()

# Reuses the precompiled header of the IR library.
function(smash_use_pch name)
  if(TARGET SmashIR AND NOT name STREQUAL "SmashIR")
    target_precompile_headers(${name} REUSE_FROM SmashIR)
  endif()
endfunction()

# smash_collect_libraries(VARIABLE targets...): the smash libraries among
# `targets`, and all that they need.
function(smash_collect_libraries variable)
  set(_todo ${ARGN})
  set(_found)
  while(_todo)
    list(POP_FRONT _todo _target)
    if(NOT TARGET ${_target} OR _target IN_LIST _found)
      continue()
    endif()
    get_target_property(_links ${_target} SMASH_LINK)
    if(_links MATCHES "NOTFOUND$")
      continue()
    endif()
    list(APPEND _found ${_target})
    list(APPEND _todo ${_links})
  endwhile()
  set(${variable} ${_found} PARENT_SCOPE)
endfunction()

# smash_add_tool(NAME sources...): an installed program.
function(smash_add_tool name)
  add_llvm_executable(${name} ${ARGN})
  llvm_update_compile_flags(${name})
  install(TARGETS ${name} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}"
    COMPONENT runtime)
endfunction()

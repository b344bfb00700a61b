# Installs the build into a folder, moves that to TREE, and checks that no file
# of it that other builds read names the build or the source folder.
set(_first "${TREE}-first")
file(REMOVE_RECURSE "${_first}" "${TREE}")
execute_process(
  COMMAND ${CMAKE_COMMAND} --install "${BUILD}" --prefix "${_first}"
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(RENAME "${_first}" "${TREE}")

file(GLOB_RECURSE _texts "${TREE}/*.cmake" "${TREE}/*.h" "${TREE}/*.td"
  "${TREE}/*.inc" "${TREE}/*.def")
list(LENGTH _texts _count)
if(_count LESS 50)
  message(FATAL_ERROR "only ${_count} headers and package files in ${TREE}")
endif()
foreach(_file IN LISTS _texts)
  file(READ "${_file}" _text)
  foreach(_folder IN ITEMS "${BUILD}" "${SOURCE}" "${_first}")
    string(FIND "${_text}" "${_folder}" _at)
    if(NOT _at EQUAL -1)
      message(FATAL_ERROR "${_file} names ${_folder}")
    endif()
  endforeach()
endforeach()
foreach(_name IN ITEMS bin/smash bin/smash-opt bin/smash-lsp-server
    bin/smash-reduce)
  execute_process(COMMAND "${TREE}/${_name}" --help
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endforeach()

# cmake -DINPUTS="A;B" -DOUTPUT=FILE -P EmbedFiles.cmake
#
# Writes the bytes of files as the elements of a C++ array of arrays: one
# `{...},` a file.
set(_text "")
foreach(_input IN LISTS INPUTS)
  file(READ "${_input}" _hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," _bytes "${_hex}")
  string(APPEND _text "{${_bytes}},\n")
endforeach()
file(WRITE "${OUTPUT}" "${_text}")

# Reads toolchain-versions.txt, the one owner of the pinned versions.
set(_smash_versions "${CMAKE_CURRENT_LIST_DIR}/toolchain-versions.txt")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  "${_smash_versions}")
file(STRINGS "${_smash_versions}" _lines REGEX "^[a-z]")
foreach(_line IN LISTS _lines)
  string(REGEX MATCH "^([a-z_]+) +(.*)$" _m "${_line}")
  string(TOUPPER "SMASH_${CMAKE_MATCH_1}" _key)
  set(${_key} "${CMAKE_MATCH_2}")
endforeach()

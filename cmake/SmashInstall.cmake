# What `cmake --install` puts where, besides the targets.
include(CMakePackageConfigHelpers)

# Headers, TableGen files, and what was generated from them. dialects/ is an
# include root of its own: "Smash/IR/Smash.h" is found there as in the build.
set(_development COMPONENT development)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" ${_development}
  FILES_MATCHING PATTERN "*.h" PATTERN "*.def" PATTERN "*.td"
  PATTERN Reference EXCLUDE)
install(DIRECTORY "${PROJECT_BINARY_DIR}/include/"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" ${_development}
  FILES_MATCHING PATTERN "*.inc"
  PATTERN CMakeFiles EXCLUDE)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/dialects/"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/smash/dialects" ${_development}
  FILES_MATCHING PATTERN "*.h" PATTERN "*.td")
install(DIRECTORY "${PROJECT_BINARY_DIR}/dialects/"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/smash/dialects" ${_development}
  FILES_MATCHING PATTERN "*.inc"
  PATTERN CMakeFiles EXCLUDE)

# The CMake package. It finds itself from where it lies.
set(_package "${CMAKE_INSTALL_LIBDIR}/cmake/smash")
configure_package_config_file(cmake/SmashConfig.cmake.in
  "${PROJECT_BINARY_DIR}/cmake/SmashConfig.cmake"
  INSTALL_DESTINATION "${_package}"
  PATH_VARS CMAKE_INSTALL_BINDIR CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
# Before version 1.0 a minor version may break what was.
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/cmake/SmashConfigVersion.cmake"
  VERSION "${PROJECT_VERSION}" COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/cmake/SmashConfig.cmake"
  "${PROJECT_BINARY_DIR}/cmake/SmashConfigVersion.cmake"
  DESTINATION "${_package}" ${_development})
install(EXPORT SmashTargets NAMESPACE Smash::
  DESTINATION "${_package}" ${_development})

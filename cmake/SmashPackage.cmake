# Debian packages: `cpack -G DEB` in the build folder makes `smash`, what runs,
# and `libsmash-dev`, what other builds need.
set(CPACK_PACKAGE_NAME smash)
set(CPACK_PACKAGE_VENDOR "the smash project")
set(CPACK_PACKAGE_CONTACT "the smash project <smash@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "compiler for sparse matrix products")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL runtime development)
set(CPACK_STRIP_FILES ON)
set(CPACK_THREADS 1)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME smash)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_RUNTIME_DESCRIPTION
  "compiler for sparse matrix products
 Compiles a kernel for just one product of sparse matrices, and runs it, on the
 host or on a simulated PIUMA-like machine. With smash-opt, a language server,
 a reducer, a plugin for mlir-opt and a C library.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libsmash-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "smash (= ${PROJECT_VERSION}), libmlir-${SMASH_LLVM_MAJOR}-dev, llvm-${SMASH_LLVM_MAJOR}-dev, mlir-${SMASH_LLVM_MAJOR}-tools, libtbb-dev, libboost-context-dev, zlib1g-dev")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION
  "headers, libraries and CMake package of smash
 For programs that compile sparse matrix products, and for compilers that know
 the dialects and passes of smash.")
include(CPack)

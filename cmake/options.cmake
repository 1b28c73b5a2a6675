# Compiler settings live here, in one interface target; nothing is set directory-wide.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# -fPIE for all (below): libraries here are static and end in a position-independent executable.
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)

set(XZEPR_SANITIZE "" CACHE STRING "Comma list for -fsanitize, empty for none")
option(XZEPR_HARDEN "Hardening flags for released binaries" OFF)
option(XZEPR_COVERAGE "Instrument for gcovr" OFF)
option(XZEPR_FUZZ "Build the libFuzzer targets (clang only)" OFF)
option(XZEPR_TESTS "Build the unit tests" ON)
set(XZEPR_TOGETHER 8 CACHE STRING "Sources of a module that are compiled as one, at most")

find_program(XZEPR_CCACHE ccache)
if(XZEPR_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # A precompiled header is only cacheable when its time stamps do not count.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime;${XZEPR_CCACHE}")
endif()

add_library(xzepr_options INTERFACE)
target_include_directories(xzepr_options INTERFACE "${CMAKE_SOURCE_DIR}/src")
target_compile_definitions(xzepr_options INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_DISABLE_SERIAL_PORT
  XZEPR_VERSION="${PROJECT_VERSION}")
target_compile_options(xzepr_options INTERFACE
  -fPIE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wswitch -Werror
  # Designated initialisers leave out what has its default; that is their point.
  -Wno-missing-field-initializers)
target_link_options(xzepr_options INTERFACE -pie)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 is wrong too often about these to let them stop a build; the last one pairs the allocation of one
  # coroutine frame with the release of another.
  target_compile_options(xzepr_options INTERFACE -fcoroutines -Wno-error=restrict
    -Wno-error=maybe-uninitialized -Wno-error=array-bounds -Wno-error=stringop-overflow
    -Wno-mismatched-new-delete
    # Several sources are compiled as one (modules.cmake): g++ takes all but the first for headers.
    -Wno-subobject-linkage)
else()
  # libstdc++ 12 sorts stably by a function that it deprecates itself.
  target_compile_options(xzepr_options INTERFACE -Wthread-safety -Wno-deprecated-declarations)
endif()

find_program(XZEPR_MOLD mold)
if(XZEPR_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_link_options(xzepr_options INTERFACE -fuse-ld=mold)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_link_options(xzepr_options INTERFACE -fuse-ld=lld)
endif()

if(XZEPR_SANITIZE)
  target_compile_options(xzepr_options INTERFACE -fsanitize=${XZEPR_SANITIZE}
    -fno-sanitize-recover=all -fno-omit-frame-pointer -U_FORTIFY_SOURCE)
  target_link_options(xzepr_options INTERFACE -fsanitize=${XZEPR_SANITIZE})
  if(XZEPR_SANITIZE MATCHES "undefined")
    # A check at every use of a pointer, a third of the time that the compiler takes: what it finds ends in a
    # fault that ASan reports as well.
    target_compile_options(xzepr_options INTERFACE -fno-sanitize=null,alignment)
  endif()
endif()
if(XZEPR_SANITIZE MATCHES "thread")
  # The thread sanitizer does not know fences; Asio can do without, and g++ warns about those of the library.
  target_compile_definitions(xzepr_options INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(xzepr_options INTERFACE -Wno-tsan)
  endif()
endif()
if(XZEPR_COVERAGE)
  target_compile_options(xzepr_options INTERFACE --coverage)
  target_link_options(xzepr_options INTERFACE --coverage)
endif()
if(XZEPR_FUZZ)
  target_compile_options(xzepr_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(XZEPR_HARDEN)
  target_compile_options(xzepr_options INTERFACE
    -Wformat=2 -Wsign-conversion -Wimplicit-fallthrough -Wtrampolines -Wbidi-chars=any
    -Werror=format-security -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS
    -fstack-clash-protection -fstack-protector-strong -fcf-protection=full
    -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing
    -ftrivial-auto-var-init=zero)
  target_link_options(xzepr_options INTERFACE -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack
    -Wl,-z,nodlopen -Wl,-z,separate-code -Wl,--as-needed)
endif()

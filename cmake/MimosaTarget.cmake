# SPDX-License-Identifier: Apache-2.0
# Flags of every target, and the two functions that make our libraries and tests.

# These two decide bytes of results, so they hold for everything below the top folder.  A target or file that needs more
# (vector kernels, the native yardstick in bench/) adds its own flags, which come later on the command line.
add_compile_options(-march=x86-64-v2 -ffp-contract=off)

add_library(mimosa_options INTERFACE)
target_compile_features(mimosa_options INTERFACE cxx_std_20)
target_compile_options(mimosa_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
                                                -Woverloaded-virtual $<$<BOOL:${MIMOSA_WERROR}>:-Werror>)
target_compile_definitions(mimosa_options INTERFACE $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
if(MIMOSA_SANITIZE)
  # Instrumented standard headers (<regex>) look uninitialised to g++ 12; the plain builds keep the warning.
  target_compile_options(mimosa_options INTERFACE -fsanitize=${MIMOSA_SANITIZE} -fno-omit-frame-pointer
                                                  -fno-sanitize-recover=undefined -Wno-maybe-uninitialized)
  target_link_options(mimosa_options INTERFACE -fsanitize=${MIMOSA_SANITIZE})
endif()
if(MIMOSA_COVERAGE)
  target_compile_options(mimosa_options INTERFACE --coverage)
  target_link_options(mimosa_options INTERFACE --coverage)
endif()

# SystemC's coroutines switch stacks without telling the address sanitizer, whose notes on what is alive on the kernel's
# stack go stale (false alarms after an exception): what runs on them has its heap checked, not its stack. That holds for
# every file of a program with SystemC: of an inline function the linker keeps one copy, whoever brought it.
function(mimosa_on_coroutines target)
  if(MIMOSA_SANITIZE)
    target_compile_options(${target} PRIVATE --param=asan-stack=0)
  endif()
endfunction()

# mimosa_library(<name> SOURCES ... [PUBLIC ...] [PRIVATE ...]) -> target mimosa_<name>, alias mimosa::<name>
function(mimosa_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  if(ARG_SOURCES)
    add_library(mimosa_${name} STATIC ${ARG_SOURCES})
    target_include_directories(mimosa_${name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(mimosa_${name} PUBLIC ${ARG_PUBLIC} PRIVATE mimosa_options ${ARG_PRIVATE})
    target_compile_features(mimosa_${name} PUBLIC cxx_std_20)
    mimosa_on_coroutines(mimosa_${name})
  else()
    add_library(mimosa_${name} INTERFACE)
    target_include_directories(mimosa_${name} INTERFACE ${PROJECT_SOURCE_DIR})
    target_link_libraries(mimosa_${name} INTERFACE ${ARG_PUBLIC})
  endif()
  add_library(mimosa::${name} ALIAS mimosa_${name})
endfunction()

# mimosa_timeout(<variable> <seconds>): the limit for this build; sanitizers and gcov make programs slower.
function(mimosa_timeout variable seconds)
  if(MIMOSA_SANITIZE OR MIMOSA_COVERAGE)
    math(EXPR seconds "5 * ${seconds}")
  endif()
  set(${variable} ${seconds} PARENT_SCOPE)
endfunction()

# mimosa_test(<name> SOURCES ... LINK ... [LABELS ...] [TIMEOUT seconds] [SYSTEMC])
# -> one binary, one ctest entry per TEST_CASE; 60 s each unless told otherwise.
function(mimosa_test name)
  cmake_parse_arguments(ARG "SYSTEMC" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  mimosa_timeout(timeout ${ARG_TIMEOUT})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE mimosa_options ${ARG_LINK}
                        $<IF:$<BOOL:${ARG_SYSTEMC}>,mimosa_test_sc_main,Catch2::Catch2WithMain>)
  if(ARG_SYSTEMC)
    mimosa_on_coroutines(${name})
  endif()
  # Optimising checks takes longer than running them: half the build, three times as long when instrumented.
  set(optimisation -O1)
  if(MIMOSA_SANITIZE)
    set(optimisation -O0)
  endif()
  target_compile_options(${name} PRIVATE ${optimisation} -g1)
  # SystemC threads have stacks of their own, which detect_stack_use_after_return cannot follow.
  set(environment SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1 ASAN_OPTIONS=detect_stack_use_after_return=0
                  UBSAN_OPTIONS=print_stacktrace=1
                  "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/kernel_leaks.supp:print_suppressions=0")
  set(entries "${CMAKE_CURRENT_BINARY_DIR}/${name}_entries.cmake")
  add_custom_command(TARGET ${name} POST_BUILD BYPRODUCTS "${entries}" VERBATIM
    COMMAND ${CMAKE_COMMAND} -E env ${environment} ${CMAKE_COMMAND} -D NAME=${name}
            -D "EXECUTABLE=$<TARGET_FILE:${name}>" -D "OUTPUT=${entries}" -D TIMEOUT=${timeout}
            -D "LABELS=${ARG_LABELS}" -D "ENVIRONMENT=${environment}"
            -P "${PROJECT_SOURCE_DIR}/cmake/DiscoverTests.cmake")
  set(include_file "${CMAKE_CURRENT_BINARY_DIR}/${name}_include.cmake")
  file(CONFIGURE OUTPUT "${include_file}" @ONLY CONTENT [=[
if(EXISTS "@entries@")
  include("@entries@")
else()
  add_test(@name@_was_not_built "@name@")
endif()
]=])
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${include_file}")
endfunction()

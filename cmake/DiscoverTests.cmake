# SPDX-License-Identifier: Apache-2.0
# Run after a Catch2 binary is linked: writes one ctest entry per TEST_CASE to OUTPUT.
#   cmake -D NAME=… -D EXECUTABLE=… -D OUTPUT=… -D TIMEOUT=… -D LABELS=… -D ENVIRONMENT=… -P DiscoverTests.cmake
# Catch2's own script loses all but the first of several labels or environment variables, and takes names with an
# unpaired bracket for lists.  A case tagged [slow] gets the label slow.

cmake_minimum_required(VERSION 3.25)

function(list_names result) # (<result> <spec> …): the matching names, a line each
  execute_process(COMMAND ${EXECUTABLE} --list-test-names-only ${ARGN} OUTPUT_VARIABLE names ERROR_VARIABLE errors
                  RESULT_VARIABLE status)
  if(NOT status MATCHES "^[0-9]+$") # Catch2 returns the number of tests, a crash gives text
    message(FATAL_ERROR "${EXECUTABLE} --list-test-names-only: ${status}\n${errors}")
  endif()
  set(${result} "${names}" PARENT_SCOPE)
endfunction()

list_names(names)
list_names(slow [slow])
if(names STREQUAL "")
  message(FATAL_ERROR "${EXECUTABLE} contains no tests")
endif()
set(script "")
while(NOT names STREQUAL "")
  string(FIND "${names}" "\n" end)
  string(SUBSTRING "${names}" 0 ${end} name)
  math(EXPR next "${end} + 1")
  string(SUBSTRING "${names}" ${next} -1 names)
  set(pattern "${name}")
  foreach(special "\\" "," "[" "]" "\"")
    string(REPLACE "${special}" "\\${special}" pattern "${pattern}")
  endforeach()
  set(labels "${LABELS}")
  string(FIND "\n${slow}" "\n${name}\n" place)
  if(NOT place EQUAL -1 AND NOT "slow" IN_LIST labels)
    list(APPEND labels slow)
  endif()
  set(test "[==[${NAME}: ${name}]==]")
  string(APPEND script "add_test(${test} [==[${EXECUTABLE}]==] [==[${pattern}]==] --warn NoTests)\n"
                       "set_tests_properties(${test} PROPERTIES TIMEOUT ${TIMEOUT} LABELS [==[${labels}]==] "
                       "ENVIRONMENT [==[${ENVIRONMENT}]==])\n")
endwhile()
file(WRITE "${OUTPUT}" "${script}")

# SPDX-License-Identifier: Apache-2.0
# ctest entries for the checks of the tree itself, included by tests/CMakeLists.txt.  Exit code 77 means skipped.

function(mimosa_check name timeout) # (<name> <timeout> <command> …)
  mimosa_timeout(timeout ${timeout})
  add_test(NAME "checks: ${name}" COMMAND ${ARGN})
  set_tests_properties("checks: ${name}" PROPERTIES TIMEOUT ${timeout} LABELS checks SKIP_RETURN_CODE 77)
endfunction()

set(checks "${CMAKE_CURRENT_LIST_DIR}")
foreach(check layering orphans format words)
  mimosa_check("${check} holds" 120 bash ${checks}/${check}.sh ${PROJECT_SOURCE_DIR}
               ${PROJECT_BINARY_DIR}/compile_commands.json)
  mimosa_check("${check} refuses trees spoilt in one way" 120 bash ${checks}/self_test.sh ${check})
endforeach()
mimosa_check("the launcher keeps its promises" 120 bash ${checks}/launcher_test.sh ${PROJECT_SOURCE_DIR})

# The first start on a bare Debian: minutes of downloads and one whole build.
mimosa_check("a bare Debian gets from a clone to a report" 1500 bash ${PROJECT_SOURCE_DIR}/tests/support/bare_start.sh
             ${PROJECT_SOURCE_DIR})
set_tests_properties("checks: a bare Debian gets from a clone to a report" PROPERTIES LABELS "bare;slow" PROCESSORS 2
                     TIMEOUT 1500)

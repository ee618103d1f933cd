# room(NAME [USES room...] [LINKS library...]): a static library of src/NAME, and NAME_test from its
# *_test.cc. USES is the truth about layers: tools/check_layers.py reads the same calls.
function(room name)
  cmake_parse_arguments(ROOM "" "" "USES;LINKS" ${ARGN})
  string(REPLACE "/" "_" target ${name})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "(_test|_fuzz|/main)\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  string(REPLACE "/" "_" uses "${ROOM_USES}")

  add_library(${target} STATIC ${sources})
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${target} PUBLIC ${uses} ${ROOM_LINKS})
  target_precompile_headers(${target} REUSE_FROM std_headers)

  # Every symbol of the room resolved by what its row names, and by nothing else; and its headers
  # complete by themselves, without the precompiled ones.
  file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.hh)
  list(FILTER headers EXCLUDE REGEX "test_support\\.hh$")
  list(TRANSFORM headers REPLACE "(.+)" "#include \"\\1\"")
  list(JOIN headers "\n" includes)
  file(GENERATE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${target}_headers.cc CONTENT "${includes}\n")
  add_executable(${target}_links EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/cmake/empty_main.cc
                 ${CMAKE_CURRENT_BINARY_DIR}/${target}_headers.cc)
  target_link_libraries(${target}_links PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,${target}>")
  set_property(GLOBAL APPEND PROPERTY MAINSTAY_LINK_CHECKS ${target}_links)

  if(MAINSTAY_FUZZ)
    file(GLOB fuzzers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*_fuzz.cc)
    foreach(fuzzer ${fuzzers})
      get_filename_component(fuzz_name ${fuzzer} NAME_WE)
      add_executable(${target}_${fuzz_name} ${fuzzer})
      target_link_libraries(${target}_${fuzz_name} PRIVATE ${target} -fsanitize=fuzzer)
      set_property(GLOBAL APPEND PROPERTY MAINSTAY_FUZZERS ${target}_${fuzz_name})
    endforeach()
  endif()

  if(tests)
    add_executable(${target}_test ${tests} ${CMAKE_SOURCE_DIR}/cmake/test_main.cc)
    target_link_libraries(${target}_test PRIVATE ${target})
    target_precompile_headers(${target}_test REUSE_FROM std_headers)
    set_target_properties(${target}_test PROPERTIES UNITY_BUILD OFF)  # tests' helpers share names
    target_compile_definitions(${target}_test PRIVATE
      MAINSTAY_TRIES_DIVISOR=${MAINSTAY_TRIES_DIVISOR}
      MAINSTAY_CORPUS="${MAINSTAY_CORPUS}" MAINSTAY_SOURCE="${CMAKE_SOURCE_DIR}")
    add_test(NAME ${target} COMMAND ${target}_test)
  endif()
endfunction()

# How many random tries a test makes: all of them, or a tenth where each takes ten times as long.
if(MAINSTAY_SANITIZE)
  set(MAINSTAY_TRIES_DIVISOR 10)
else()
  set(MAINSTAY_TRIES_DIVISOR 1)
endif()

# The corpus of cases that others wrote stands beside the project.
set(MAINSTAY_CORPUS "${CMAKE_SOURCE_DIR}/../shared/corpus" CACHE PATH "Cases written by others")

add_library(std_headers STATIC ${CMAKE_SOURCE_DIR}/cmake/std_headers.cc)
target_precompile_headers(std_headers PRIVATE ${CMAKE_SOURCE_DIR}/cmake/std_headers.hh)

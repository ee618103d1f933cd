# Warnings, linker, ccache and sanitizers: what holds for every target.
add_compile_options(-Wall -Wextra -Wconversion -Wno-sign-conversion -Werror=return-type
                    -Werror=unused-result -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 warns inside its own headers when variants and strings are inlined.
  add_compile_options(-Wshadow=local -Wno-stringop-overread -Wno-maybe-uninitialized -Wno-restrict -Wno-array-bounds
                      -Wno-stringop-overflow)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()

find_program(LLD ld.lld)
if(LLD)
  add_link_options(-fuse-ld=lld -Wl,--compress-debug-sections=zlib -Wl,--gc-sections)
endif()

if(MAINSTAY_SANITIZE)
  add_compile_options(-fsanitize=${MAINSTAY_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MAINSTAY_SANITIZE})
endif()

if(MAINSTAY_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CURL REQUIRED)
find_package(Boost 1.74 REQUIRED COMPONENTS json)
find_package(fmt REQUIRED)
find_package(pugixml REQUIRED)
find_package(Threads REQUIRED)
find_library(FYAML_LIBRARY fyaml REQUIRED)
find_library(RE2_LIBRARY re2 REQUIRED)
find_library(PCRE2_LIBRARY pcre2-8 REQUIRED)
find_library(ZIP_LIBRARY zip REQUIRED)
find_library(DATE_TZ_LIBRARY date-tz REQUIRED)
find_library(GIT_LIBRARY git2 REQUIRED)
find_library(ARCHIVE_LIBRARY archive REQUIRED)
find_library(LDNS_LIBRARY ldns REQUIRED)

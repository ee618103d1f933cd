# The embedded data: packed once per build directory when a pin, an overlay or the packer changes.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
file(GLOB data_inputs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/data/*.json
     ${CMAKE_SOURCE_DIR}/data/overlays/*.json)
set(MAINSTAY_DATA ${CMAKE_BINARY_DIR}/data.bin)
add_custom_command(
  OUTPUT ${MAINSTAY_DATA}
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/data_pack.py ${MAINSTAY_DATA}
  DEPENDS ${data_inputs} ${CMAKE_SOURCE_DIR}/tools/data_pack.py
  COMMENT "Fetching and packing service models and resource schemas"
  VERBATIM)
add_custom_target(data_archive DEPENDS ${MAINSTAY_DATA})

#include "cli/screen/carried_texts.hh"

#include <cstddef>

extern "C" const char mainstay_errors_begin[], mainstay_errors_end[];
extern "C" const char mainstay_ndjson_schema_begin[], mainstay_ndjson_schema_end[];

// Taken in by the assembler as they are.
__asm__(
    ".section .rodata\n"
    ".global mainstay_errors_begin\n.global mainstay_errors_end\n"
    "mainstay_errors_begin:\n.incbin \"" MAINSTAY_DOCS
    "/errors.md\"\n"
    "mainstay_errors_end:\n.byte 0\n"
    ".global mainstay_ndjson_schema_begin\n.global mainstay_ndjson_schema_end\n"
    "mainstay_ndjson_schema_begin:\n.incbin \"" MAINSTAY_DOCS
    "/schemas/ndjson.schema.json\"\n"
    "mainstay_ndjson_schema_end:\n.byte 0\n.previous\n");

namespace mainstay::cli {

std::string_view errors_text() {
  return {mainstay_errors_begin, static_cast<size_t>(mainstay_errors_end - mainstay_errors_begin)};
}

std::string_view ndjson_schema_text() {
  return {mainstay_ndjson_schema_begin,
          static_cast<size_t>(mainstay_ndjson_schema_end - mainstay_ndjson_schema_begin)};
}

}  // namespace mainstay::cli

// Texts of docs/ that the program carries, so that what it prints and what is published are one.
#pragma once

#include <string_view>

namespace mainstay::cli {

std::string_view errors_text();         // docs/errors.md
std::string_view ndjson_schema_text();  // docs/schemas/ndjson.schema.json

}  // namespace mainstay::cli

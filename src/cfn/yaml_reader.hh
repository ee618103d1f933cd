// The YAML (and JSON) reader behind parse_document: libfyaml's events made into Value and Places.
#pragma once

#include <string_view>

#include "base/error.hh"
#include "cfn/document.hh"

namespace mainstay::cfn {

// Fills root and places; document.file must be set, for messages.
Status read_yaml(std::string_view text, const ParseOptions& options, Document& document);

}  // namespace mainstay::cfn

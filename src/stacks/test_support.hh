// Reading of case files for this room's tests.
#pragma once

#include <string>

#include "cfn/document.hh"
#include "host/files.hh"

namespace mainstay::stacks {

inline Result<Value> read_cases(const std::string& path) {
  constexpr size_t bytes_max = 1'000'000;
  RealFiles files;
  TRY(std::string text, files.read(path, bytes_max));
  TRY(cfn::Document document, cfn::parse_document(text, path, cfn::ParseOptions::for_config()));
  if (document.root.empty()) return Error("ConfigInvalid", path + " has no cases");
  return document.root;
}

// What of the error is not as the case says (its code, line and text), "" if nothing.
inline std::string mismatch(const Value& c, const Error& error) {
  bool same = error.code == c["error"].as_string() &&
              (!c.has("line") || error.at.line == c["line"].as_int()) &&
              error.to_string().contains(c["says"].as_string());
  return same ? "" : error.code + ": " + error.to_string();
}

}  // namespace mainstay::stacks

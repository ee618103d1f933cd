// Reading of case files for this room's tests.
#pragma once

#include <doctest/doctest.h>

#include "cfn/document.hh"
#include "host/files.hh"

namespace mainstay::stacks {

inline Value read_cases(const std::string& path) {
  RealFiles files;
  auto text = files.read(path, 1'000'000);
  REQUIRE_MESSAGE(text, path);
  auto document = cfn::parse_document(*text, path, cfn::ParseOptions::for_config());
  REQUIRE_MESSAGE(document, document.error().to_string());
  REQUIRE(document->root.size() > 0);
  return document->root;
}

// The error's code, line and text are as the case says.
inline void check_error(const Value& c, const Error& error) {
  CHECK_MESSAGE(error.code == c["error"].as_string(), error.to_string());
  if (c.has("line")) CHECK_MESSAGE(error.at.line == c["line"].as_int(), error.to_string());
  CHECK_MESSAGE(error.to_string().contains(c["says"].as_string()), error.to_string());
}

}  // namespace mainstay::stacks

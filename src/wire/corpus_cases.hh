// Loads botocore's protocol cases (the corpus stands beside the project) for the tests of both
// directions, and compares bodies by meaning.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/http_message.hh"
#include "base/value.hh"
#include "wire/model.hh"

namespace mainstay::wire::corpus {

struct Case {
  std::string id;  // "input/query.json QueryLists", legacy ones by their place in the file
  Value json;      // the case itself
  Value suite;     // without its cases
  std::shared_ptr<const Model> model;
  const Operation* operation = nullptr;
  Protocol protocol = Protocol::query;
};

// The cases of "input" or "output", "legacy/input" or "legacy/output".
std::vector<Case> load(const std::string& directory);
// How many cases the files hold by their text alone.
size_t count(const std::string& directory);

// A case's parameters or result in the form of Values: times, bytes, no nulls.
Value typed(const Shape* shape, const Value& json);

std::string canonical_xml(std::string_view text, bool ignore_namespaces);
// Empty where both bodies mean the same, else how they differ.
std::string compare_bodies(Protocol protocol, bool request, const std::string& expected,
                           const std::string& actual, const std::string& content_type);

// Which cases cannot hold in a direction, by "direction id"; from protocol_exceptions.txt.
std::map<std::string, std::string> exceptions();

// Runs f on every case; f returns what is wrong, or "". Checks that the cases that fail are the
// ones that are excepted, all of them and no others, and that none was left out.
void run(const std::string& direction, const std::vector<std::string>& directories,
         std::string (*f)(const Case&));

}  // namespace mainstay::wire::corpus

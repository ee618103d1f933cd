#include "cfn/document.hh"

#include <charconv>

#include "base/text.hh"
#include "cfn/yaml_reader.hh"

namespace mainstay::cfn {
namespace {

// Index of the child that a step names, or -1.
ptrdiff_t child_index(const Value& v, const std::string& step) {
  size_t index = 0;
  if (v.is_list()) {
    auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
    bool whole = error == std::errc() && end == step.data() + step.size();
    return whole && index < v.size() ? static_cast<ptrdiff_t>(index) : -1;
  }
  size_t position = v.members().position(step);
  return position == Map::npos ? -1 : static_cast<ptrdiff_t>(position);
}

Status check_no_nulls(const Document& document, const Value& v, Path& path) {
  if (v.is_null())
    return Error("ValidationError", "[" + to_string(path) + "] 'null' values are not allowed in " +
                                        std::string("templates"))
        .where(document.at(path));
  size_t index = 0;
  for (const Value& item : v.items()) {
    path.push_back(std::to_string(index++));
    CHECK_OK(check_no_nulls(document, item, path));
    path.pop_back();
  }
  for (const auto& [key, item] : v.members()) {
    path.push_back(key);
    CHECK_OK(check_no_nulls(document, item, path));
    path.pop_back();
  }
  return {};
}

}  // namespace

std::string to_string(const Path& path) {
  std::string out;
  for (const std::string& step : path) out += "/" + step;
  return out;
}

ParseOptions ParseOptions::for_template() {
  return {.size_max = 1 << 20,
          .depth_max = 100,
          .nodes_max = 200'000,
          .is_template = true,
          .short_forms = true};
}

ParseOptions ParseOptions::for_config() {
  return {.size_max = 4 << 20,
          .depth_max = 64,
          .nodes_max = 400'000,
          .is_template = false,
          .short_forms = false};
}

const Places& Document::find(const Path& path) const {
  const Places* here = &places;
  const Value* v = &root;
  for (const std::string& step : path) {
    ptrdiff_t index = child_index(*v, step);
    if (index < 0 || static_cast<size_t>(index) >= here->children.size()) break;
    v = v->is_list() ? &v->items()[static_cast<size_t>(index)]
                     : &v->members().nth(static_cast<size_t>(index)).second;
    here = &here->children[static_cast<size_t>(index)];
  }
  return *here;
}

Position Document::at(const Path& path) const {
  Place place = find(path).value;
  return {file, static_cast<int>(place.line), static_cast<int>(place.column)};
}

Position Document::key_at(const Path& path) const {
  Place place = find(path).key;
  return {file, static_cast<int>(place.line), static_cast<int>(place.column)};
}

Position Document::at(std::string_view path) const {
  return at(path.empty() ? Path() : split(path, "/"));
}

Result<Document> parse_document(std::string_view text, std::string_view file_name,
                                const ParseOptions& options) {
  Position file{std::string(file_name), 0, 0};
  if (text.size() > options.size_max)
    return Error(options.is_template ? "ValidationError" : "ConfigInvalid",
                 "the document has " + std::to_string(text.size()) + " bytes; at most " +
                     std::to_string(options.size_max) + " are accepted")
        .where(file);
  if (!is_utf8(text))
    return Error(options.is_template ? "ValidationError" : "ConfigInvalid",
                 "the document is not valid UTF-8")
        .where(file);
  Document document;
  document.file = std::string(file_name);
  CHECK_OK(read_yaml(text, options, document));
  if (options.is_template) {
    Path path;
    CHECK_OK(check_no_nulls(document, document.root, path));
  }
  return document;
}

}  // namespace mainstay::cfn

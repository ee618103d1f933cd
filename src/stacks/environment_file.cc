#include "stacks/environment_file.hh"

#include "base/text.hh"
#include "cfn/document.hh"

namespace mainstay::stacks {
namespace {

Result<EnvironmentFile> parse_yaml(std::string_view text, const std::string& file) {
  TRY(cfn::Document document, cfn::parse_document(text, file, cfn::ParseOptions::for_config()));
  if (!document.root.is_map())
    return Error("EnvironmentInvalid", "an environment file in YAML must be a map of keys")
        .where({file, 1, 1});
  return EnvironmentFile{document.root.members(), true};
}

}  // namespace

Result<EnvironmentFile> parse_environment(std::string_view text, const std::string& file) {
  if (file.ends_with(".yaml") || file.ends_with(".yml")) return parse_yaml(text, file);
  EnvironmentFile environment;
  int number = 0;
  for (size_t from = 0; from < text.size();) {
    size_t end = std::min(text.find('\n', from), text.size());
    std::string_view line = trim(text.substr(from, end - from));
    from = end + 1;
    ++number;
    if (line.empty() || line[0] == '#') continue;
    size_t colon = line.find(':');
    if (colon == std::string_view::npos)
      return Error("EnvironmentInvalid",
                   "expected \"key: value\", found \"" + printable(line) + "\"")
          .where({file, number, 0});
    std::string_view key = trim(line.substr(0, colon));
    if (environment.values.contains(key))
      return Error("EnvironmentInvalid", "the key \"" + printable(key) + "\" is given twice")
          .where({file, number, 0});
    environment.values.set(key, trim(line.substr(colon + 1)));
  }
  return environment;
}

Status add_override(EnvironmentFile& environment, std::string_view assignment) {
  size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return Error("UsageInvalid", "-e takes KEY=VALUE, not \"" + printable(assignment) + "\"");
  environment.values.set(assignment.substr(0, equals), assignment.substr(equals + 1));
  return {};
}

}  // namespace mainstay::stacks

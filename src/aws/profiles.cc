#include "aws/profiles.hh"

#include "base/text.hh"

namespace mainstay::aws {
namespace {

constexpr size_t file_bytes_max = 1024 * 1024;

std::string section_name(std::string_view inside) {
  inside = trim(inside);
  if (inside.starts_with("profile ") || inside.starts_with("profile\t"))
    inside = trim(inside.substr(8));
  if (inside.size() >= 2 && (inside[0] == '"' || inside[0] == '\'') && inside.back() == inside[0])
    inside = inside.substr(1, inside.size() - 2);
  return std::string(inside);
}

// A comment after a value starts with white space and '#' or ';'.
std::string_view without_comment(std::string_view value) {
  for (size_t i = 1; i < value.size(); ++i)
    if ((value[i] == '#' || value[i] == ';') && (value[i - 1] == ' ' || value[i - 1] == '\t'))
      return trim(value.substr(0, i));
  return value;
}

Result<std::map<std::string, Settings>> load_file(const std::string& path, const Files& files) {
  auto text = files.read(path, file_bytes_max);
  if (!text && text.error().code == "FileNotFound") return std::map<std::string, Settings>{};
  if (!text) return text.error();
  return parse_profiles(*text, path);
}

std::string file_path(const Environment& environment, const char* variable, const char* name) {
  if (auto path = environment.get(variable); path && !path->empty()) return *path;
  // Without a home there is no such file: the folder that the program happens to run in has none.
  std::string home = environment.text("HOME");
  return home.starts_with('/') ? join_path(home, name) : "";
}

}  // namespace

Result<std::map<std::string, Settings>> parse_profiles(std::string_view text,
                                                       const std::string& file) {
  std::map<std::string, Settings> sections;
  Settings* current = nullptr;
  int number = 0;
  for (size_t from = 0; from < text.size();) {
    size_t end = std::min(text.find('\n', from), text.size());
    std::string_view line = text.substr(from, end - from);
    from = end + 1;
    ++number;
    bool nested = line.starts_with(' ') || line.starts_with('\t');
    line = trim(line);
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    if (line[0] == '[') {
      size_t close = line.find(']');
      if (close == std::string_view::npos)
        return Error("ProfileFileInvalid", "a section starts with [ but has no ]")
            .where({file, number, 0});
      current = &sections[section_name(line.substr(1, close - 1))];
      continue;
    }
    if (nested) continue;
    size_t equals = line.find('=');
    if (equals == std::string_view::npos || !current)
      return Error("ProfileFileInvalid", current ? "expected \"key = value\""
                                                 : "a setting stands before the first [section]")
          .where({file, number, 0});
    (*current)[to_lower(trim(line.substr(0, equals)))] =
        without_comment(trim(line.substr(equals + 1)));
  }
  return sections;
}

Result<Profiles> Profiles::load(const Environment& environment, const Files& files) {
  TRY(auto sections,
      load_file(file_path(environment, "AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials"), files));
  TRY(auto config, load_file(file_path(environment, "AWS_CONFIG_FILE", ".aws/config"), files));
  for (auto& [name, settings] : config) sections[name].merge(settings);
  return Profiles(std::move(sections));
}

std::vector<std::string> Profiles::names() const {
  std::vector<std::string> names;
  for (const auto& [name, settings] : sections_) names.push_back(name);
  return names;
}

std::optional<std::string> Profiles::get(const std::string& profile, const std::string& key) const {
  auto section = sections_.find(profile);
  if (section == sections_.end()) return std::nullopt;
  auto setting = section->second.find(key);
  if (setting == section->second.end() || setting->second.empty()) return std::nullopt;
  return setting->second;
}

Status Profiles::require(const std::string& profile) const {
  if (has(profile)) return {};
  std::vector<std::string> names;
  for (const auto& [name, settings] : sections_) names.push_back(name);
  Error error("ProfileUnknown", "there is no AWS profile \"" + profile + "\"");
  if (auto near = nearest(profile, names)) error.hint = "did you mean \"" + *near + "\"?";
  return error;
}

std::string profile_name(const std::string& asked, const Environment& environment) {
  if (!asked.empty()) return asked;
  std::string from_environment = environment.text("AWS_PROFILE");
  return from_environment.empty() ? "default" : from_environment;
}

std::optional<std::string> region_of(const std::string& asked, const std::string& profile,
                                     const Environment& environment, const Profiles& profiles) {
  if (!asked.empty()) return asked;
  for (const char* variable : {"AWS_REGION", "AWS_DEFAULT_REGION"})
    if (auto value = environment.get(variable); value && !value->empty()) return value;
  return profiles.get(profile, "region");
}

}  // namespace mainstay::aws

// The shared configuration files of the AWS command line tools: ~/.aws/config and
// ~/.aws/credentials, or where AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE say.
// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "host/files.hh"
#include "host/surroundings.hh"

namespace mainstay::aws {

using Settings = std::map<std::string, std::string>;  // of one section; keys in lower case

// Sections by name. "[profile x]" of the config file and "[x]" of the credentials file are both
// "x". Nested settings (an indented block under a key) are skipped. Error "ProfileFileInvalid" with
// the line. Limit: files of 1 MiB.
Result<std::map<std::string, Settings>> parse_profiles(std::string_view text,
                                                       const std::string& file);

class Profiles {
 public:
  Profiles() = default;
  explicit Profiles(std::map<std::string, Settings> sections) : sections_(std::move(sections)) {}

  // Both files merged, the credentials file first; files that don't exist are empty.
  static Result<Profiles> load(const Environment& environment, const Files& files);

  std::vector<std::string> names() const;
  bool has(const std::string& profile) const { return sections_.contains(profile); }
  std::optional<std::string> get(const std::string& profile, const std::string& key) const;
  // Error "ProfileUnknown", with the nearest name.
  Status require(const std::string& profile) const;

 private:
  std::map<std::string, Settings> sections_;
};

// The profile to use: as asked for, or AWS_PROFILE, or "default".
std::string profile_name(const std::string& asked, const Environment& environment);

// As asked for, or AWS_REGION, AWS_DEFAULT_REGION, or the profile's; nothing if none says.
std::optional<std::string> region_of(const std::string& asked, const std::string& profile,
                                     const Environment& environment, const Profiles& profiles);

}  // namespace mainstay::aws

// Values that must not be shown, and texts without them. Redacting comes before formatting: a
// secret that has been wrapped or escaped is no longer found.
//
// Limits: a secret of less than shortest_inside bytes (a value that need not be one: of less than
// shortest_value_inside) is only redacted where it is a whole value, since it would be found in
// words that have nothing to do with it. Threads: any.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "base/error.hh"
#include "base/value.hh"

namespace mainstay {

class Secrets {
 public:
  static constexpr size_t shortest_inside = 6, shortest_value_inside = 12;
  static constexpr std::string_view shown = "****";

  void add(std::string_view secret);
  // Perhaps no secret: a name as well as a password.
  void add_value(std::string_view value);

  // Words of ours that a secret may stand in: messages, reasons, names.
  std::string redacted_text(std::string_view text) const;
  Value redacted(const Value& v) const;  // in every text of it, not in keys
  Error redacted(Error error) const;
  // Values as such: parameters, properties. Numbers and booleans count, too.
  std::string redacted_value(std::string_view text) const;
  Value redacted_values(const Value& v) const;

 private:
  std::string without(std::string_view text) const;

  mutable std::mutex mutex_;
  std::set<std::string, std::less<>> secrets_, values_;
};

}  // namespace mainstay

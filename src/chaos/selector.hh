// Which containers are meant: every label, a name, an image, never those that are kept out.
//
// Nothing that is said means nothing (case C1: an empty selector is no selector); labels are joined
// by AND (C2). Pure.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backings/container.hh"

namespace mainstay::chaos {

struct Selector {
  using Label = std::pair<std::string, std::optional<std::string>>;  // with any value where none
  std::vector<Label> labels;                                         // all of them
  std::vector<std::string> names, images;  // any of each, where there are some
  std::vector<Label> excluded;             // any of them keeps a container out
  bool everything = false;                 // without anything else: all containers
  std::optional<size_t> count;             // this many of them, by their names

  // "app=api" or "app". Error "SelectorInvalid".
  static Result<Label> parse_label(const std::string& text);
  bool matches(const backings::ContainerState& container) const;
};

// Those that run and are meant, by name. Errors: "SelectorEmpty", "NothingSelected".
Result<std::vector<backings::ContainerState>> select(
    const Selector& selector, const std::vector<backings::ContainerState>& all);

}  // namespace mainstay::chaos

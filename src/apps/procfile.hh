// Procfiles: which processes an image has.
//
// Heroku's form, a line each ("web: ./bin/web -p $PORT"), and Empire's extended one, a map in YAML:
//
//   web:
//     command: ./bin/web
//     ports: [8080]
//     ecs: {placement_constraints: [{type: memberOf, expression: "attribute:profile == heavy"}]}
//
// Source: Empire's documentation, "Procfile". Commands are split into words as a shell does it;
// nothing else of a shell is done. Errors: "ProcfileInvalid", with the place. Limits: text_max,
// processes_max.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/app.hh"

namespace mainstay::apps {

inline constexpr size_t procfile_text_max = 64 << 10;
inline constexpr size_t processes_max = 50;

Result<std::vector<Process>> parse_procfile(std::string_view text, const std::string& file_name);
// "a 'b c'" as {"a", "b c"}. Error "ProcfileInvalid": a quote that is not closed.
Result<std::vector<std::string>> split_words(std::string_view text);

}  // namespace mainstay::apps

// Where the statements of a policy stand in its text, for answers that point at them. Pure.
#pragma once

#include <string_view>
#include <vector>

namespace mainstay::policy {

struct TextPlace {
  int line = 1, column = 1;  // from one on
};
struct StatementPlace {
  TextPlace start, end;  // of its opening brace, and behind its closing one
};

// One for each statement, in order; json is a text that parse() takes.
std::vector<StatementPlace> statement_places(std::string_view json);

}  // namespace mainstay::policy

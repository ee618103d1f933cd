#include "cli/screen/answers.hh"

#include <fmt/core.h>

#include "base/digest.hh"
#include "base/text.hh"

namespace mainstay::cli {

Answers::Answers(const std::string& colour, bool json)
    : style_(style_for(colour, terminal_of(1, environment_), environment_)),
      run_id_(hex_encode(secure_random(6))) {
  if (!json) return;
  ndjson_ = std::make_unique<Ndjson>(*clock_, run_id_);
  ndjson_->hide(secrets_);
  ndjson_->add(stdout);
}

void Answers::say_target(const std::string& where, const std::string& region) {
  if (ndjson_) return ndjson_->line("target", Value::map({{"where", where}, {"region", region}}));
  fmt::print(stderr, "{}\n", only_colours(where));
}

Exit Answers::fail(const Error& said) {
  Error error = secrets_.redacted(said);
  if (ndjson_)
    ndjson_->error(error);
  else
    fmt::print(stderr, "{}", error_text(error, files_, style_));
  return exit_of(error);
}

void Answers::line(std::string_view type, Value members, const std::string& text) {
  if (ndjson_) return ndjson_->line(type, std::move(members));
  std::string shown = only_colours(secrets_.redacted_text(text));
  std::fwrite(shown.data(), 1, shown.size(), stdout);
  std::fflush(stdout);
}

}  // namespace mainstay::cli

#include "services/events/input_template.hh"

#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::events {
namespace {

// What stands within a string: escaped as its text needs it.
std::string in_string(const Value& value) {
  if (value.is_null()) return "";
  if (!value.is_string()) return value.is_scalar() ? value.to_text() : to_json(value);
  std::string quoted = to_json(value);
  return quoted.substr(1, quoted.size() - 2);
}

class Filler {
 public:
  Filler(std::string_view text, const Value& variables) : text_(text), variables_(variables) {
    is_one_string_ = trim(text).starts_with("\"");
  }

  std::string fill() {
    for (size_t at = 0; at < text_.size();) {
      if (text_[at] == '\\' && in_string_ && at + 1 < text_.size()) {
        out_ += text_.substr(at, 2);
        at += 2;
        continue;
      }
      if (text_[at] == '"') in_string_ = !in_string_;
      size_t end = text_[at] == '<' ? text_.find('>', at) : std::string_view::npos;
      const Value* variable = end == std::string_view::npos
                                  ? nullptr
                                  : variables_.find(text_.substr(at + 1, end - at - 1));
      if (variable) {
        add(*variable);
        at = end + 1;
      } else {
        out_ += text_[at++];
      }
    }
    return std::move(out_);
  }

 private:
  void add(const Value& value) {
    if (!in_string_) {
      out_ += value.is_null() ? "\"\"" : to_json(value);
    } else if (is_one_string_ && !value.is_scalar()) {
      out_ += replace_all(to_json(value), "\"", "");
    } else {
      out_ += in_string(value);
    }
  }

  std::string_view text_;
  const Value& variables_;
  std::string out_;
  bool in_string_ = false, is_one_string_ = false;
};

}  // namespace

Result<std::string> fill_template(std::string_view text, const Value& variables) {
  std::string out = Filler(text, variables).fill();
  if (!parse_json(out).has_value())
    return Error("InvalidJson", "The input template makes no valid JSON of this event");
  return out;
}

}  // namespace mainstay::events

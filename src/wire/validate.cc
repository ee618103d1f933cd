#include "wire/validate.hh"

#include <array>

#include "base/text.hh"

namespace mainstay::wire {
namespace {

constexpr size_t errors_max = 20;
constexpr size_t shown_bytes_max = 1024;

// The code with which a service refuses an input that breaks its model, where it is not the
// protocol's own (API references of these services, "Common errors" and "Errors").
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> codes = {{
    {"CloudWatch Logs", "InvalidParameterException"},
    {"ECS", "InvalidParameterException"},
    {"Route 53", "InvalidInput"},
    {"S3", "InvalidRequest"},
    {"S3 Control", "InvalidRequest"},
}};

constexpr std::array<std::string_view, 6> parameter_services = {
    "EC2", "RDS", "DocDB", "Neptune", "ElastiCache", "Redshift"};

size_t code_points(std::string_view text) {
  return static_cast<size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string bound_text(double bound) {
  return Value(static_cast<int64_t>(bound)).to_text();
}

std::string shown(const Value& v) {
  if (v.is_map()) return "{}";
  if (!v.is_list()) return v.to_text().substr(0, shown_bytes_max);
  std::string out = "[";
  for (const Value& item : v.items()) {
    if (out.size() > shown_bytes_max) break;
    if (out.size() > 1) out += ", ";
    out += shown(item);
  }
  return out + "]";
}

std::string lower_first(std::string_view name) {
  std::string out(name);
  if (!out.empty() && out[0] >= 'A' && out[0] <= 'Z') out[0] = static_cast<char>(out[0] + 32);
  return out;
}

class Validator {
 public:
  explicit Validator(const ValidateOptions& options) : options_(options) {}

  void structure(const Shape& shape, const Value& v, const std::string& path) {
    for (const Member& member : shape.members) {
      if (full()) return;
      const Value* item = v.find(member.name);
      bool absent = item == nullptr || item->is_null();
      if (absent && !member.required) continue;
      std::string place = path.empty() ? "" : path + '.';
      place += constraint_words() ? lower_first(member.name) : std::string(member.form_name);
      if (absent) {
        missing(place);
      } else {
        value(*member.shape, *item, place);
      }
    }
  }

  Status result() const {
    if (errors_.empty()) return {};
    if (malformed_)
      return aws_error("MalformedXML",
                       "The XML you provided was not well-formed or did not validate against our "
                       "published schema");
    if (!constraint_words()) return errors_.front();
    std::string message = std::to_string(errors_.size()) + " validation error" +
                          (errors_.size() == 1 ? "" : "s") + " detected: ";
    for (size_t i = 0; i < errors_.size(); ++i) {
      if (i > 0) message += "; ";
      message += errors_[i].message;
    }
    return aws_error(std::string(options_.code), std::move(message), 400);
  }

 private:
  bool constraint_words() const { return options_.words == ValidateOptions::Words::constraints; }
  bool full() const { return errors_.size() >= errors_max; }

  void missing(const std::string& place) {
    malformed_ |= options_.documents && place.contains('.');
    if (constraint_words()) {
      errors_.push_back(Error("", "Value null at '" + place +
                                      "' failed to satisfy constraint: Member must not be null"));
    } else {
      errors_.push_back(
          aws_error("MissingParameter", "The request must contain the parameter " + place));
    }
  }

  void broken(const Shape& shape, const Value& v, const std::string& place,
              const std::string& constraint) {
    if (full()) return;
    if (!constraint_words()) {
      errors_.push_back(aws_error(
          "InvalidParameterValue",
          "Value (" + shown(v) + ") for parameter " + place + " is invalid. " + constraint));
      return;
    }
    std::string value = shape.sensitive ? "Value" : "Value '" + shown(v) + "'";
    errors_.push_back(
        Error("", value + " at '" + place + "' failed to satisfy constraint: " + constraint));
  }

  void value(const Shape& shape, const Value& v, const std::string& place) {
    switch (shape.type) {
      case Type::structure:
        if (!shape.document) structure(shape, v, place);
        return;
      case Type::list:
        return list(shape, v, place);
      case Type::map:
        return map(shape, v, place);
      case Type::string:
        return text(shape, v, place);
      case Type::blob:
        return size(shape, v, place, v.as_bytes().size());
      case Type::integer:
      case Type::long_integer:
      case Type::real:
        return range(shape, v, place);
      default:
        return;
    }
  }

  void list(const Shape& shape, const Value& v, const std::string& place) {
    size(shape, v, place, v.size());
    size_t index = 0;
    for (const Value& item : v.items()) {
      ++index;
      if (full()) return;
      if (needs_check(*shape.element().shape))
        value(*shape.element().shape, item, element_place(place, index));
    }
  }

  std::string element_place(const std::string& place, size_t index) const {
    return place + '.' + std::to_string(index) + (constraint_words() ? ".member" : "");
  }

  void map(const Shape& shape, const Value& v, const std::string& place) {
    size(shape, v, place, v.size());
    for (const auto& [key, item] : v.members()) {
      if (full()) return;
      text(*shape.key().shape, Value(key), place);
      value(*shape.value().shape, item, place + '.' + key + ".member");
    }
  }

  static bool needs_check(const Shape& shape) {
    return shape.type <= Type::map || shape.has_min || shape.has_max || shape.pattern != nullptr ||
           !shape.enum_values.empty();
  }

  void size(const Shape& shape, const Value& v, const std::string& place, size_t length) {
    double n = static_cast<double>(length);
    if (shape.has_min && n < shape.min)
      broken(shape, v, place,
             "Member must have length greater than or equal to " + bound_text(shape.min));
    if (shape.has_max && n > shape.max)
      broken(shape, v, place,
             "Member must have length less than or equal to " + bound_text(shape.max));
  }

  void text(const Shape& shape, const Value& v, const std::string& place) {
    const std::string& s = v.as_string();
    size(shape, v, place, shape.has_min || shape.has_max ? code_points(s) : 0);
    if (options_.patterns && shape.pattern != nullptr && !shape.pattern->matches(s))
      broken(
          shape, v, place,
          "Member must satisfy regular expression pattern: " + std::string(shape.pattern->text()));
    if (options_.enums && !shape.enum_values.empty() &&
        std::ranges::find(shape.enum_values, s) == shape.enum_values.end())
      broken(shape, v, place, "Member must satisfy enum value set: " + enum_text(shape));
  }

  static std::string enum_text(const Shape& shape) {
    std::string out = "[";
    for (std::string_view item : shape.enum_values) {
      if (out.size() > 1) out += ", ";
      out += item;
    }
    return out + "]";
  }

  void range(const Shape& shape, const Value& v, const std::string& place) {
    double n = v.as_real();
    if (shape.has_min && n < shape.min)
      broken(shape, v, place,
             "Member must have value greater than or equal to " + bound_text(shape.min));
    if (shape.has_max && n > shape.max)
      broken(shape, v, place,
             "Member must have value less than or equal to " + bound_text(shape.max));
  }

  const ValidateOptions& options_;
  std::vector<Error> errors_;
  bool malformed_ = false;
};

}  // namespace

ValidateOptions validate_options(const Model& model, Protocol protocol) {
  ValidateOptions options;
  std::string_view service = model.metadata().service_id;
  if (is_form(protocol)) options.code = "ValidationError";
  for (const auto& [name, code] : codes)
    if (name == service) options.code = code;
  if (std::ranges::find(parameter_services, service) != parameter_services.end())
    options.words = ValidateOptions::Words::parameters;
  options.enums = !model.metadata().is_s3;
  options.documents = model.metadata().is_s3;
  options.patterns = service != "EC2" && !model.metadata().is_s3;
  return options;
}

Status validate(const Operation& operation, const Value& input, const ValidateOptions& options) {
  if (operation.input == nullptr) return {};
  Validator validator(options);
  validator.structure(*operation.input, input, "");
  return validator.result();
}

}  // namespace mainstay::wire

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

// Services that show sets of values in the order in which java.util.HashSet keeps them (recorded on
// AWS: KMS's MacAlgorithmSpec, Lambda's Runtime and RecursiveLoop).
constexpr std::array<std::string_view, 2> hashing_services = {"KMS", "Lambda"};

// Where java.util.HashSet, made of `count` texts, keeps this one (OpenJDK's HashMap: a power of two
// of places, at least sixteen, no more than three quarters full; String.hashCode, its halves
// mixed).
uint32_t java_place(std::string_view text, size_t count) {
  uint32_t hash = 0;
  for (char c : text) hash = hash * 31 + static_cast<unsigned char>(c);
  uint32_t places = 16;
  while (places < count * 4 / 3 + 1) places *= 2;
  return (hash ^ hash >> 16) & (places - 1);
}

size_t code_points(std::string_view text) {
  return static_cast<size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string bound_text(double bound) {
  return Value(static_cast<int64_t>(bound)).to_text();
}

std::string lower_first(std::string_view name) {
  std::string out(name);
  if (!out.empty() && out[0] >= 'A' && out[0] <= 'Z') out[0] = static_cast<char>(out[0] + 32);
  return out;
}

std::string shown(const Shape& shape, const Value& v);

// The parts that `show` gives of all items, between brackets.
template <class Items, class Show>
std::string bracketed(const char* brackets, const Items& items, Show show) {
  std::string out(1, brackets[0]);
  for (const auto& item : items) {
    if (out.size() > shown_bytes_max) break;
    if (out.size() > 1) out += ", ";
    out += show(item);
  }
  return out + brackets[1];
}

// As Java shows them: [a, b], {key=value}, Shape(member=value, other=null) (recorded on AWS:
// Lambda, CloudWatch Logs, EventBridge).
std::string shown(const Shape& shape, const Value& v) {
  if (shape.type == Type::list && v.is_list())
    return bracketed("[]", v.items(),
                     [&](const Value& item) { return shown(*shape.element().shape, item); });
  if (shape.type == Type::map && v.is_map())
    return bracketed("{}", v.members(), [&](const auto& pair) {
      return pair.first + "=" + shown(*shape.value().shape, pair.second);
    });
  if (shape.type == Type::structure && v.is_map())
    return std::string(shape.name) + bracketed("()", shape.members, [&](const Member& member) {
             const Value* item = v.find(member.name);
             return lower_first(member.name) + "=" +
                    (item ? shown(*member.shape, *item) : std::string("null"));
           });
  if (shape.type == Type::real && v.is_int()) return v.to_text() + ".0";
  return v.to_text().substr(0, shown_bytes_max);
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
          "Value (" + shown(shape, v) + ") for parameter " + place + " is invalid. " + constraint));
      return;
    }
    std::string value = shape.sensitive ? "Value" : "Value '" + shown(shape, v) + "'";
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
    const Shape& element = *shape.element().shape;
    if (constraint_words() && is_scalar(element)) {
      if (std::ranges::any_of(v.items(),
                              [&](const Value& item) { return is_broken(element, item); }))
        broken(shape, v, place, "Member must satisfy constraint: " + constraints_of(element, ""));
      return;
    }
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

  static bool is_scalar(const Shape& shape) { return shape.type > Type::map; }

  bool is_broken(const Shape& shape, const Value& v) const {
    Validator alone(options_);
    alone.value(shape, v, "");
    return !alone.errors_.empty();
  }

  // All that a scalar must be, where it stands in a list or map: those are refused whole (recorded
  // on AWS: Lambda's Layers, SecurityGroupIds, AdditionalVersionWeights).
  std::string constraints_of(const Shape& shape, std::string_view last) const {
    std::vector<std::string> all;
    bool is_number = shape.type != Type::string && shape.type != Type::blob;
    std::string what = is_number ? "Member must have value " : "Member must have length ";
    auto bound = [&](double n) { return bound_text(n) + (shape.type == Type::real ? ".0" : ""); };
    if (shape.has_max) all.push_back(what + "less than or equal to " + bound(shape.max));
    if (shape.has_min) all.push_back(what + "greater than or equal to " + bound(shape.min));
    if (options_.patterns && shape.pattern != nullptr)
      all.push_back("Member must satisfy regular expression pattern: " +
                    std::string(shape.pattern->text()));
    if (!shape.enum_values.empty())
      all.push_back("Member must satisfy enum value set: " + enum_text(shape));
    if (!last.empty()) all.emplace_back(last);
    return bracketed("[]", all, [](const std::string& one) { return one; });
  }

  void scalar_map(const Shape& shape, const Value& v, const std::string& place) {
    const Shape &key_shape = *shape.key().shape, &value_shape = *shape.value().shape;
    bool bad_key = false, bad_value = false;
    for (const auto& [key, item] : v.members()) {
      bad_key |= is_broken(key_shape, Value(key));
      bad_value |= is_broken(value_shape, item);
    }
    if (bad_key)
      broken(shape, v, place, "Map keys must satisfy constraint: " + constraints_of(key_shape, ""));
    if (bad_value)
      broken(shape, v, place,
             "Map value must satisfy constraint: " +
                 constraints_of(value_shape, "Member must not be null"));
  }

  void map(const Shape& shape, const Value& v, const std::string& place) {
    size(shape, v, place, v.size());
    if (constraint_words() && is_scalar(*shape.value().shape)) return scalar_map(shape, v, place);
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
      broken_enum(shape, v, place);
  }

  void broken_enum(const Shape& shape, const Value& v, const std::string& place) {
    if (full()) return;
    if (options_.hidden_enums) {
      errors_.push_back(Error("", "Value at '" + place +
                                      "' failed to satisfy constraint: Member must satisfy enum "
                                      "value set"));
    } else {
      broken(shape, v, place, "Member must satisfy enum value set: " + enum_text(shape));
    }
  }

  std::string enum_text(const Shape& shape) const {
    std::vector<std::string_view> values(shape.enum_values.begin(), shape.enum_values.end());
    if (options_.hashed_enums)
      std::ranges::stable_sort(values, {},
                               [&](std::string_view v) { return java_place(v, values.size()); });
    std::string out = "[";
    for (std::string_view item : values) {
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
  options.hashed_enums = std::ranges::find(hashing_services, service) != hashing_services.end();
  options.hidden_enums = service == "IAM";
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

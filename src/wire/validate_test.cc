#include "wire/validate.hh"

#include <doctest/doctest.h>

using namespace mainstay;
using namespace mainstay::wire;

namespace {

constexpr const char* model_text = R"({
 "metadata": {"protocol": "json", "jsonVersion": "1.1", "serviceId": "Things", "targetPrefix": "T"},
 "operations": {"Make": {"http": {"method": "POST", "requestUri": "/"}, "input": {"shape": "In"}}},
 "shapes": {
  "In": {"type": "structure", "required": ["Name"], "members": {
    "Name": {"shape": "Name"}, "Count": {"shape": "Count"}, "Kind": {"shape": "Kind"},
    "Tags": {"shape": "Tags"}, "Secret": {"shape": "Secret"}, "Odd": {"shape": "Odd"},
    "Attributes": {"shape": "Attributes"}}},
  "Name": {"type": "string", "min": 3, "max": 5, "pattern": "[a-z\\u00e9]{1,4096}"},
  "Count": {"type": "integer", "min": 1, "max": 10},
  "Kind": {"type": "string", "enum": ["A", "B"]},
  "Secret": {"type": "string", "max": 2, "sensitive": true},
  "Odd": {"type": "string", "pattern": "(?=x).*"},
  "Tags": {"type": "list", "max": 2, "member": {"shape": "Tag"}},
  "Tag": {"type": "structure", "required": ["Key"], "members": {"Key": {"shape": "Kind"}}},
  "Attributes": {"type": "map", "key": {"shape": "Kind"}, "value": {"shape": "Count"}}
 }})";

std::string message(const Value& input, const ValidateOptions& options = {}) {
  auto model = Model::parse(model_text).value();
  Status status = validate(*model->operation("Make"), input, options);
  return status ? "" : status.error().code + ": " + status.error().message;
}

Value with(std::string_view name, Value v) {
  return Value::map({{"Name", "abc"}}).set(name, std::move(v));
}

}  // namespace

TEST_CASE("constraints are told in AWS's words") {
  const std::string one = "ValidationException: 1 validation error detected: ";
  const std::string failed = " failed to satisfy constraint: ";
  CHECK(message(Value::map({{"Name", "abc"}})) == "");
  CHECK(message(Value::map()) == one + "Value null at 'name'" + failed + "Member must not be null");
  CHECK(message(with("Name", "ab")) == one + "Value 'ab' at 'name'" + failed +
                                           "Member must have length greater than or equal to 3");
  CHECK(message(with("Name", "\xc3\xa9\xc3\xa9\xc3\xa9")) == "");
  CHECK(message(with("Name", "ABC")) ==
        one + "Value 'ABC' at 'name'" + failed +
            "Member must satisfy regular expression pattern: [a-z\\u00e9]{1,4096}");
  CHECK(message(with("Count", 0)) == one + "Value '0' at 'count'" + failed +
                                         "Member must have value greater than or equal to 1");
  CHECK(message(with("Kind", "C")) ==
        one + "Value 'C' at 'kind'" + failed + "Member must satisfy enum value set: [A, B]");
  CHECK(message(with("Secret", "xyz")) ==
        one + "Value at 'secret'" + failed + "Member must have length less than or equal to 2");
  CHECK(message(with("Tags", Value::list({Value::map()}))) ==
        one + "Value null at 'tags.1.member.key'" + failed + "Member must not be null");
  CHECK(message(with("Attributes", Value::map({{"A", 11}}))) ==
        one + "Value '{A=11}' at 'attributes'" + failed +
            "Map value must satisfy constraint: [Member must have value less than or equal to 10, "
            "Member must have value greater than or equal to 1, Member must not be null]");
}

TEST_CASE("several errors are counted, and not without end") {
  CHECK(
      message(with("Count", 0).set("Kind", "C"))
          .starts_with("ValidationException: 2 validation errors detected: Value '0' at 'count'"));
  List tags(100000, Value::map());
  CHECK(message(with("Tags", Value(std::move(tags))))
            .starts_with("ValidationException: 20 validation errors detected: "));
}

TEST_CASE("a pattern without equivalent is not checked") {
  CHECK(message(with("Odd", "abc")) == "");
}

TEST_CASE("Java's patterns are matched") {
  struct Row {
    const char *pattern, *yes, *no;
  };
  const Row rows[] = {
      {"[\\u0020-\\uD7FF\\uD800\\uDC00-\\uDBFF\\uDFFF]*", "a\xf0\x9f\x98\xb9", "\t"},
      {"[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+", "a\tb", "\xe1\x88\xb4"},
      {"[\\p{L}\\p{N}_.:/=+\\-@]{1,2000}", "\xc3\xa9-1", "a b"},
      {"a{2}b{1,2}", "aab", "ab"},
      {"(?!x)[a-z]+", "abx", "xab"},
  };
  for (const Row& row : rows) {
    Pattern pattern(row.pattern);
    INFO(row.pattern);
    CHECK(pattern.checked());
    CHECK(pattern.matches(row.yes));
    CHECK(!pattern.matches(row.no));
  }
  CHECK(!Pattern("[a-z&&[^b]]").checked());
}

TEST_CASE("EC2 and RDS have words of their own") {
  ValidateOptions options;
  options.words = ValidateOptions::Words::parameters;
  CHECK(message(Value::map(), options) ==
        "MissingParameter: The request must contain the parameter Name");
  options.enums = false;
  CHECK(message(with("Kind", "C"), options) == "");
}

TEST_CASE("a service's protocol chooses the code") {
  auto model = Model::parse(model_text).value();
  CHECK(validate_options(*model, Protocol::json_1_1).code == "ValidationException");
  CHECK(validate_options(*model, Protocol::query).code == "ValidationError");
}

#include "python/raised.hh"

#include "base/text.hh"

namespace mainstay::python {

Value refusal_value(const Error& error) {
  return Value::map({{"code", error.code},
                     {"message", error.message},
                     {"hint", error.hint},
                     {"file", error.at.file},
                     {"line", error.at.line},
                     {"column", error.at.column}});
}

Error raised_error(const Value& told) {
  const std::string& message = told["message"].as_string();
  if (const Value* refused = told.find("refused")) {
    Error error((*refused)["code"].as_string(), (*refused)["message"].as_string());
    error.hint = (*refused)["hint"].as_string();
    error.at = {(*refused)["file"].as_string(), static_cast<int>((*refused)["line"].as_int()),
                static_cast<int>((*refused)["column"].as_int())};
    return error;
  }
  Position at{told["file"].as_string(), static_cast<int>(told["line"].as_int()), 0};
  if (told.has("command"))
    return Error("PythonPackageMissing",
                 "Python has no module \"" + printable(told["missing"].as_string()) + "\"")
        .where(std::move(at))
        .with_hint(told["command"].as_string());
  if (told.has("missing"))
    return Error("PythonPackageMissing",
                 "Python has no module \"" + printable(told["missing"].as_string()) + "\"")
        .where(std::move(at))
        .with_hint(
            "name its folder with sys_path or its repository in package_sources, or install "
            "the package that has it");
  const std::string& type = told["type"].as_string();
  if (type == "NotThere") return Error("PythonNameUnknown", message).where(std::move(at));
  return Error("PythonRaised", type + ": " + message).where(std::move(at));
}

}  // namespace mainstay::python

#include "access/junit.hh"

#include <algorithm>

#include "base/text.hh"

namespace mainstay::access {
namespace {

// XML 1.0 has no control characters, not even escaped.
std::string xml(const std::string& text) {
  std::string out;
  for (char c : printable(text)) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '\n')
      out += "&#10;";
    else if (c == '\t')
      out += "&#9;";
    else
      out += c;
  }
  return out;
}

std::string attribute(const char* name, const std::string& value) {
  return " " + std::string(name) + "=\"" + xml(value) + "\"";
}

bool all_proved(const CheckedCase& one) {
  return std::ranges::all_of(one.findings, &Finding::proved);
}

std::string case_text(const CheckedCase& one) {
  std::string text = "    <testcase" + attribute("classname", one.file) +
                     attribute("name", one.question) + attribute("file", one.file);
  if (one.findings.empty()) return text + "/>\n";
  const Finding& first = one.findings.front();
  if (first.at.line > 0) text += attribute("line", std::to_string(first.at.line));
  const char* element = all_proved(one) ? "failure" : "error";
  text += ">\n      <" + std::string(element) + attribute("type", first.rule) +
          attribute("message", first.message) + ">";
  for (const Finding& finding : one.findings)
    text += xml(finding.at.to_string() + ": " + finding.message) + "\n";
  return text + "</" + element + ">\n    </testcase>\n";
}

}  // namespace

std::string junit(const std::string& suite, const std::vector<CheckedCase>& cases) {
  size_t failures = 0, errors = 0;
  for (const CheckedCase& one : cases)
    if (!one.findings.empty()) ++(all_proved(one) ? failures : errors);
  std::string counts = attribute("tests", std::to_string(cases.size())) +
                       attribute("failures", std::to_string(failures)) +
                       attribute("errors", std::to_string(errors));
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + counts +
                     ">\n  <testsuite" + attribute("name", suite) + counts + ">\n";
  for (const CheckedCase& one : cases) text += case_text(one);
  return text + "  </testsuite>\n</testsuites>\n";
}

}  // namespace mainstay::access

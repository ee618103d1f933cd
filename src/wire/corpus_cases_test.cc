#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/cbor.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "wire/corpus_cases.hh"
#include "wire/form.hh"
#include "wire/scalar.hh"
#include "wire/xml.hh"

namespace mainstay::wire::corpus {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE_MESSAGE(in.good(), path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> files(const std::string& directory) {
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(MAINSTAY_CORPUS "/protocols/" + directory))
    paths.push_back(entry.path().string());
  std::ranges::sort(paths);
  return paths;
}

std::shared_ptr<const Model> model_of(const Value& suite, const Value& given) {
  Value shapes = suite["shapes"];
  // Legacy cases name the payload at the operation, models at the shape.
  for (const char* side : {"input", "output"})
    if (given[side].has("payload"))
      shapes.member(given[side]["shape"].as_string()).set("payload", given[side]["payload"]);
  Value json = Value::map({{"metadata", suite["metadata"]},
                           {"shapes", shapes},
                           {"operations", Value::map({{given["name"].as_string(), given}})}});
  auto model = Model::parse(to_json(json));
  REQUIRE_MESSAGE(model.has_value(), model.error().to_string());
  return *model;
}

void load_suite(const std::string& name, const Value& suite, size_t number,
                std::vector<Case>& out) {
  Value rest = suite;
  rest.erase("cases");
  size_t index = 0;
  for (const Value& json : suite["cases"].items()) {
    Case c;
    std::string place = std::to_string(number) + "." + std::to_string(index++);
    c.id = name + " " + (json.has("id") ? json["id"].as_string() : place);
    c.json = json;
    c.suite = rest;
    c.model = model_of(suite, json["given"]);
    c.operation = c.model->operation(json["given"]["name"].as_string());
    c.protocol = c.model->protocol();
    out.push_back(std::move(c));
  }
}

// Times are the same whatever their offset.
Value plain_scalar(const Value& v) {
  const std::string& text = v.as_string();
  bool time = text.size() >= 20 && text[4] == '-' && text[10] == 'T';
  auto parsed = time ? parse_time(text) : std::nullopt;
  return parsed ? Value(*parsed) : v;
}

void append_canonical(std::string& out, pugi::xml_node node, bool ignore_namespaces) {
  out += '<';
  out += node.name();
  std::set<std::string> attributes;
  for (pugi::xml_attribute a : node.attributes())
    if (!ignore_namespaces || !std::string_view(a.name()).starts_with("xmlns"))
      attributes.insert(std::string(" ") + a.name() + "=" + a.value());
  for (const std::string& a : attributes) out += a;
  out += '>';
  std::multiset<std::string> children;
  for (pugi::xml_node child : node.children()) {
    static constexpr std::string_view meta[] = {"ResponseMetadata", "RequestId", "requestId",
                                                "RequestID"};
    if (child.type() != pugi::node_element) continue;
    if (std::ranges::find(meta, std::string_view(child.name())) != std::end(meta)) continue;
    std::string text;
    append_canonical(text, child, ignore_namespaces);
    children.insert(text);
  }
  for (const std::string& child : children) out += child;
  if (children.empty()) out += plain_scalar(Value(trim(xml_text(node)))).to_text();
  out += "</>";
}

}  // namespace

std::vector<Case> load(const std::string& directory) {
  std::vector<Case> cases;
  for (const std::string& path : files(directory)) {
    auto json = parse_json(read_file(path));
    REQUIRE_MESSAGE(json.has_value(), path);
    std::string name = directory + "/" + std::filesystem::path(path).filename().string();
    size_t number = 0;
    for (const Value& suite : json->items()) load_suite(name, suite, number++, cases);
  }
  return cases;
}

size_t count(const std::string& directory) {
  size_t found = 0;
  for (const std::string& path : files(directory)) {
    std::string text = read_file(path);
    for (size_t at = 0; (at = text.find("\"given\":", at)) != std::string::npos; ++at) ++found;
  }
  return found;
}

Value typed(const Shape* shape, const Value& json) {
  Value out = Value::map();
  if (shape == nullptr) return out;
  if (shape->document) return json;
  switch (shape->type) {
    case Type::structure:
      for (const auto& [name, v] : json.members())
        if (const Member* m = shape->member(name); m != nullptr && !v.is_null())
          out.set(name, m->jsonvalue ? Value(v.is_string() ? v.as_string() : to_json(v))
                                     : typed(m->shape, v));
      return out;
    case Type::map:
      for (const auto& [name, v] : json.members()) out.set(name, typed(shape->value().shape, v));
      return out;
    case Type::list:
      out = Value::list();
      for (const Value& v : json.items()) out.push_back(typed(shape->element().shape, v));
      return out;
    case Type::blob:
      return Value(Bytes{json.as_string()});
    case Type::timestamp:
      return Value(parse_time(json.to_text()).value());
    case Type::real:
      return json.is_string() ? Value(parse_real(json.as_string()).value()) : json;
    default:
      return json;
  }
}

std::string canonical_xml(std::string_view text, bool ignore_namespaces) {
  if (trim(text).empty()) return {};
  auto document = parse_xml(text);
  if (!document) return "not XML: " + document.error().message;
  std::string out;
  append_canonical(out, xml_root(*document), ignore_namespaces);
  return out;
}

namespace {

// Whether all of part is in whole; lists are equal in length.
bool holds(const Value& whole, const Value& part) {
  if (part.is_map())
    return whole.is_map() && std::ranges::all_of(part.members(), [&](const Value::Member& m) {
             return holds(whole[m.first], m.second);
           });
  if (!part.is_list()) return plain_scalar(whole) == plain_scalar(part);
  if (!whole.is_list() || whole.size() != part.size()) return false;
  for (size_t i = 0; i < part.size(); ++i)
    if (!holds(whole.at(i), part.at(i))) return false;
  return true;
}

Value parse_document(Protocol protocol, const std::string& body) {
  if (body.empty()) return Value::map();
  if (protocol == Protocol::rpc_v2_cbor) return parse_cbor(body).value_or(Value(body));
  return parse_json(body).value_or(Value(body));
}

std::string compare_documents(Protocol protocol, bool request, const std::string& expected,
                              const std::string& actual) {
  Value want = parse_document(protocol, expected), got = parse_document(protocol, actual);
  // A response of the corpus may hold more than its result: nulls and unknown members.
  bool same = request ? want == got : holds(want, got);
  return same ? "" : "expected body " + to_json(want) + "\n     but got " + to_json(got);
}

}  // namespace

std::string compare_bodies(Protocol protocol, bool request, const std::string& expected,
                           const std::string& actual, const std::string& content_type) {
  std::string a = expected, b = actual;
  if (is_form(protocol) && request) {
    auto left = parse_pairs(a), right = parse_pairs(b);
    std::ranges::sort(left);
    std::ranges::sort(right);
    if (left == right) return {};
  } else if (protocol == Protocol::rpc_v2_cbor) {
    return compare_documents(protocol, request, base64_decode(expected).value(), actual);
  } else if (is_json_rpc(protocol) || content_type == "application/json") {
    return compare_documents(protocol, request, expected, actual);
  } else if (protocol != Protocol::rest_json &&
             (content_type.contains("xml") || a.starts_with("<"))) {
    a = canonical_xml(a, !request);
    b = canonical_xml(b, !request);
    // botocore's form of a model does not name the root of an answer.
    if (!request && protocol == Protocol::rest_xml && !a.empty() && !b.empty())
      a.erase(0, a.find('>')), b.erase(0, b.find('>'));
  }
  return a == b ? "" : "expected body " + a + "\n     but got " + b;
}

std::map<std::string, std::string> exceptions() {
  std::map<std::string, std::string> out;
  std::stringstream lines(read_file(MAINSTAY_SOURCE "/src/wire/protocol_exceptions.txt"));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    size_t bar = line.find(" | ");
    REQUIRE_MESSAGE(bar != std::string::npos, line);
    out.emplace(line.substr(0, bar), line.substr(bar + 3));
  }
  return out;
}

void run(const std::string& direction, const std::vector<std::string>& directories,
         std::string (*f)(const Case&)) {
  auto excepted = exceptions();
  std::set<std::string> unused;
  for (const auto& [key, reason] : excepted)
    if (key.starts_with(direction + " ")) unused.insert(key);
  size_t in_files = 0, seen = 0;
  for (const std::string& directory : directories) {
    in_files += count(directory);
    for (const Case& c : load(directory)) {
      ++seen;
      std::string key = direction + " " + c.id, wrong = f(c);
      bool expected_to_fail = unused.erase(key) > 0;
      CHECK_MESSAGE(wrong.empty() != expected_to_fail, key, ": ",
                    wrong.empty() ? "holds, but is excepted" : wrong);
    }
  }
  CHECK(seen > 0);
  CHECK(seen == in_files);
  for (const std::string& key : unused) FAIL_CHECK("no such case: " << key);
  MESSAGE(direction << ": " << seen << " cases");
}

}  // namespace mainstay::wire::corpus

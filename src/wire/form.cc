#include "wire/form.hh"

#include "base/text.hh"
#include "wire/scalar.hh"

namespace mainstay::wire {
namespace {

constexpr int depth_max = 64;

// Dots become zero bytes, so that sorting puts everything below a name next to it.
constexpr char separator = '\0';

using Range = std::span<const Pairs::value_type>;

// A run of pairs whose names share a prefix; at is where the rest of the names begins. The pair
// that is exactly the prefix, if any, is the first and has nothing after it.
struct Node {
  Range pairs;
  size_t at = 0;

  bool is_leaf() const { return !pairs.empty() && pairs.front().first.size() < at; }
  const std::string& text() const { return pairs.front().second; }

  // Calls f(segment, node) for every distinct next segment.
  template <class F>
  Status each(F f) const {
    size_t i = is_leaf() ? 1 : 0;
    while (i < pairs.size()) {
      std::string_view name = segment(i);
      size_t end = i + 1;
      while (end < pairs.size() && segment(end) == name) ++end;
      CHECK_OK(f(name, Node{pairs.subspan(i, end - i), at + name.size() + 1}));
      i = end;
    }
    return {};
  }

 private:
  std::string_view segment(size_t i) const {
    std::string_view rest =
        std::string_view(pairs[i].first).substr(std::min(at, pairs[i].first.size()));
    return rest.substr(0, rest.find(separator));
  }
};

class FormReader {
 public:
  explicit FormReader(Protocol protocol) : ec2_(protocol == Protocol::ec2) {}

  Result<Value> structure(const Shape& shape, const Node& node, int depth) const {
    if (depth <= 0) return bad("The request is nested too deeply");
    Value out = Value::map();
    CHECK_OK(node.each([&](std::string_view name, const Node& child) -> Status {
      const Member* member = shape.by_form_name(name);
      if (member == nullptr) return {};
      TRY(Value item, value(*member, child, depth - 1));
      out.set(member->name, std::move(item));
      return {};
    }));
    return out;
  }

 private:
  Error bad(std::string message) const {
    return aws_error(ec2_ ? "InvalidParameterValue" : "MalformedInput", std::move(message));
  }

  Result<Value> value(const Member& member, const Node& node, int depth) const {
    switch (member.shape->type) {
      case Type::structure:
        return structure(*member.shape, node, depth);
      case Type::list:
        return list(member, node, depth);
      case Type::map:
        return map(member, node, depth);
      default:
        return scalar(member, node);
    }
  }

  Result<Value> scalar(const Member& member, const Node& node) const {
    if (!node.is_leaf())
      return bad("Unexpected complex element for parameter " + std::string(member.name));
    auto parsed = parse_scalar(node.text(), member);
    if (parsed) return std::move(*parsed);
    if (!ec2_) return bad(parsed.error().message);
    return bad("Value (" + printable(node.text()) + ") for parameter " + std::string(member.name) +
               " is invalid. " + parsed.error().message);
  }

  // Items by number; under "member" or the element's name too, flattened or not.
  Status items(const Member& element, const Node& node, int depth,
               std::vector<std::pair<int64_t, Value>>& out) const {
    if (depth <= 0) return bad("The request is nested too deeply");
    return node.each([&](std::string_view name, const Node& child) -> Status {
      auto index = parse_int(name);
      if (!index) {
        bool wrapper = name == "member" || name == element.wire_name;
        return wrapper ? items(element, child, depth - 1, out) : Status();
      }
      TRY(Value item, value(element, child, depth - 1));
      out.emplace_back(*index, std::move(item));
      return {};
    });
  }

  Result<Value> list(const Member& member, const Node& node, int depth) const {
    std::vector<std::pair<int64_t, Value>> numbered;
    CHECK_OK(items(member.shape->element(), node, depth, numbered));
    std::ranges::stable_sort(numbered, {}, [](const auto& item) { return item.first; });
    List out;
    out.reserve(numbered.size());
    for (auto& [index, item] : numbered) out.push_back(std::move(item));
    return Value(std::move(out));
  }

  Result<Value> map(const Member& member, const Node& node, int depth) const {
    Map out;
    auto entries = [&](std::string_view, const Node& entry) -> Status {
      return read_entry(*member.shape, entry, depth - 1, out);
    };
    if (member.flattened) {
      CHECK_OK(node.each(entries));
      return Value(std::move(out));
    }
    CHECK_OK(node.each([&](std::string_view name, const Node& child) -> Status {
      return name == "entry" ? child.each(entries) : Status();
    }));
    return Value(std::move(out));
  }

  Status read_entry(const Shape& shape, const Node& entry, int depth, Map& out) const {
    if (depth <= 0) return bad("The request is nested too deeply");
    std::string key;
    Value item;
    CHECK_OK(entry.each([&](std::string_view name, const Node& part) -> Status {
      if (name == shape.key().wire_name && part.is_leaf()) key = part.text();
      if (name != shape.value().wire_name) return {};
      TRY(item, value(shape.value(), part, depth));
      return {};
    }));
    if (!item.is_null()) out.set(key, std::move(item));
    return {};
  }

  bool ec2_;
};

class FormWriter {
 public:
  FormWriter(std::string& out, Protocol protocol) : out_(out), ec2_(protocol == Protocol::ec2) {}

  void structure(const Shape& shape, const Value& v, const std::string& prefix) {
    for (const Member& member : shape.members)
      if (const Value* item = v.find(member.name); item != nullptr && !item->is_null())
        write(member, *item, prefix + std::string(member.form_name));
  }

 private:
  void write(const Member& member, const Value& v, const std::string& name) {
    switch (member.shape->type) {
      case Type::structure:
        return structure(*member.shape, v, name + ".");
      case Type::list:
        return list(member, v, name);
      case Type::map:
        return map(member, v, name);
      default:
        pair(name, scalar_text(v, member, TimestampFormat::iso8601));
    }
  }

  void list(const Member& member, const Value& v, const std::string& name) {
    const Member& element = member.shape->element();
    if (v.empty() && !ec2_) return pair(name, "");
    std::string prefix = name;
    if (!member.flattened && !ec2_)
      prefix += '.' + std::string(element.location_name.empty() ? "member" : element.location_name);
    size_t index = 0;
    for (const Value& item : v.items())
      write(element, item, prefix + '.' + std::to_string(++index));
  }

  void map(const Member& member, const Value& v, const std::string& name) {
    const Shape& shape = *member.shape;
    std::string prefix = member.flattened ? name : name + ".entry";
    size_t index = 0;
    for (const auto& [key, item] : v.members()) {
      std::string entry = prefix + '.' + std::to_string(++index) + '.';
      write(shape.key(), Value(key), entry + std::string(shape.key().wire_name));
      write(shape.value(), item, entry + std::string(shape.value().wire_name));
    }
  }

  void pair(const std::string& name, std::string_view value) {
    out_ += '&';
    out_ += percent_encode(name);
    out_ += '=';
    out_ += percent_encode(value);
  }

  std::string& out_;
  bool ec2_;
};

}  // namespace

Pairs parse_pairs(std::string_view text) {
  Pairs pairs;
  while (!text.empty()) {
    std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty()) continue;
    size_t equals = std::min(pair.find('='), pair.size());
    std::string_view value = pair.substr(std::min(pair.size(), equals + 1));
    pairs.emplace_back(percent_decode(pair.substr(0, equals), true), percent_decode(value, true));
  }
  return pairs;
}

std::string find_parameter(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.starts_with(name) && pair.size() > name.size() && pair[name.size()] == '=')
      return percent_decode(pair.substr(name.size() + 1), true);
  }
  return {};
}

Result<Value> read_form(const Shape& shape, Pairs pairs, Protocol protocol) {
  for (auto& [name, value] : pairs) std::ranges::replace(name, '.', separator);
  std::ranges::stable_sort(pairs, {},
                           [](const auto& pair) -> const std::string& { return pair.first; });
  return FormReader(protocol).structure(shape, Node{pairs, 0}, depth_max);
}

void append_form(std::string& out, const Shape& shape, const Value& v, Protocol protocol) {
  FormWriter(out, protocol).structure(shape, v, "");
}

}  // namespace mainstay::wire

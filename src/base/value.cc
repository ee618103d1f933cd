#include "base/value.hh"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>

namespace mainstay {
namespace {

const Value null_value;
const std::string empty_string;
const List empty_list;
const Map empty_map;

constexpr size_t linear_limit = 16;

std::string real_to_text(double d) {
  if (std::isnan(d)) return "NaN";
  if (std::isinf(d)) return d < 0 ? "-Infinity" : "Infinity";
  char buffer[32];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, d).ptr;
  std::string text(buffer, end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

}  // namespace

Value::Value(List l) : data_(Shared<List>::make(std::move(l))) {}
Value::Value(Map m) : data_(Shared<Map>::make(std::move(m))) {}

Value Value::texts(const std::vector<std::string>& items) {
  return Value(List(items.begin(), items.end()));
}

Value Value::list(std::initializer_list<Value> items) {
  return Value(List(items));
}

Value Value::map(std::initializer_list<Member> members) {
  Map m;
  m.reserve(members.size());
  for (const Member& member : members) m.set(member.first, member.second);
  return Value(std::move(m));
}

bool Value::as_bool(bool otherwise) const {
  const bool* b = std::get_if<bool>(&data_);
  return b ? *b : otherwise;
}

int64_t Value::as_int(int64_t otherwise) const {
  if (const int64_t* i = std::get_if<int64_t>(&data_)) return *i;
  const double* d = std::get_if<double>(&data_);
  if (d && std::abs(*d) < 9.2e18 && *d == std::floor(*d)) return static_cast<int64_t>(*d);
  return otherwise;
}

double Value::as_real(double otherwise) const {
  if (const double* d = std::get_if<double>(&data_)) return *d;
  if (const int64_t* i = std::get_if<int64_t>(&data_)) return static_cast<double>(*i);
  return otherwise;
}

const std::string& Value::as_string() const {
  const std::string* s = std::get_if<std::string>(&data_);
  return s ? *s : empty_string;
}

const std::string& Value::as_bytes() const {
  if (const Bytes* b = std::get_if<Bytes>(&data_)) return b->data;
  return as_string();
}

Time Value::as_time(Time otherwise) const {
  const Time* t = std::get_if<Time>(&data_);
  return t ? *t : otherwise;
}

const List& Value::items() const {
  const auto* l = std::get_if<Shared<List>>(&data_);
  return l ? l->read() : empty_list;
}

const Map& Value::members() const {
  const auto* m = std::get_if<Shared<Map>>(&data_);
  return m ? m->read() : empty_map;
}

std::string Value::to_text() const {
  switch (kind()) {
    case Kind::boolean:
      return as_bool() ? "true" : "false";
    case Kind::integer:
      return std::to_string(as_int());
    case Kind::real:
      return real_to_text(as_real());
    case Kind::string:
      return as_string();
    case Kind::bytes:
      return as_bytes();
    case Kind::time:
      return format_iso8601_short(as_time());
    default:
      return "";
  }
}

size_t Value::size() const {
  return is_list() ? items().size() : members().size();
}

const Value* Value::find(std::string_view key) const {
  return members().find(key);
}

const Value& Value::operator[](std::string_view key) const {
  const Value* v = find(key);
  return v ? *v : null_value;
}

const Value& Value::at(size_t index) const {
  const List& l = items();
  return index < l.size() ? l[index] : null_value;
}

const Value& Value::at_path(std::string_view path) const {
  const Value* v = this;
  while (!path.empty()) {
    size_t dot = path.find('.');
    std::string_view step = path.substr(0, dot);
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    if (v->is_list()) {
      size_t index = static_cast<size_t>(-1);
      std::from_chars(step.data(), step.data() + step.size(), index);
      v = &v->at(index);
    } else {
      v = &(*v)[step];
    }
  }
  return *v;
}

List& Value::make_list() {
  if (!is_list()) *this = Value(List());
  return std::get<Shared<List>>(data_).write();
}

Map& Value::make_map() {
  if (!is_map()) *this = Value(Map());
  return std::get<Shared<Map>>(data_).write();
}

Value& Value::set(std::string_view key, Value v) {
  make_map().set(key, std::move(v));
  return *this;
}

Value& Value::member(std::string_view key) {
  return make_map()[key];
}

bool Value::erase(std::string_view key) {
  return has(key) && make_map().erase(key);
}

void Value::push_back(Value v) {
  make_list().push_back(std::move(v));
}

bool Value::operator==(const Value& o) const {
  if (kind() != o.kind()) return is_number() && o.is_number() && as_real() == o.as_real();
  if (is_list()) return items() == o.items();
  if (is_map()) {
    const Map &a = members(), &b = o.members();
    if (a.size() != b.size()) return false;
    return std::all_of(a.begin(), a.end(), [&](const Member& m) {
      const Value* other = b.find(m.first);
      return other && *other == m.second;
    });
  }
  if (const double* d = std::get_if<double>(&data_)) {
    double e = std::get<double>(o.data_);
    return *d == e || (std::isnan(*d) && std::isnan(e));
  }
  switch (kind()) {
    case Kind::boolean:
      return as_bool() == o.as_bool();
    case Kind::integer:
      return as_int() == o.as_int();
    case Kind::time:
      return as_time() == o.as_time();
    default:
      return as_bytes() == o.as_bytes();
  }
}

const char* kind_name(Value::Kind kind) {
  static constexpr const char* names[] = {"null",  "boolean",   "integer", "number", "string",
                                          "bytes", "timestamp", "list",    "map"};
  return names[static_cast<size_t>(kind)];
}

size_t Map::position(std::string_view key) const {
  if (table_.empty()) {
    for (size_t i = 0; i < members_.size(); ++i)
      if (members_[i].first == key) return i;
    return npos;
  }
  size_t mask = table_.size() - 1;
  for (size_t slot = std::hash<std::string_view>()(key) & mask;; slot = (slot + 1) & mask) {
    if (table_[slot] == 0) return npos;
    if (members_[table_[slot] - 1].first == key) return table_[slot] - 1;
  }
}

void Map::rebuild() {
  table_.clear();
  if (members_.size() <= linear_limit) return;
  size_t capacity = 32;
  while (capacity < members_.size() * 3) capacity *= 2;
  table_.assign(capacity, 0);
  for (size_t i = 0; i < members_.size(); ++i) {
    size_t slot = std::hash<std::string_view>()(members_[i].first) & (capacity - 1);
    while (table_[slot] != 0) slot = (slot + 1) & (capacity - 1);
    table_[slot] = static_cast<uint32_t>(i + 1);
  }
}

const Value* Map::find(std::string_view key) const {
  size_t i = position(key);
  return i == npos ? nullptr : &members_[i].second;
}

Value* Map::find(std::string_view key) {
  size_t i = position(key);
  return i == npos ? nullptr : &members_[i].second;
}

Value& Map::operator[](std::string_view key) {
  if (Value* v = find(key)) return *v;
  members_.emplace_back(std::string(key), Value());
  if (members_.size() > linear_limit && members_.size() * 2 > table_.size()) {
    rebuild();
  } else if (!table_.empty()) {
    size_t mask = table_.size() - 1;
    size_t slot = std::hash<std::string_view>()(key) & mask;
    while (table_[slot] != 0) slot = (slot + 1) & mask;
    table_[slot] = static_cast<uint32_t>(members_.size());
  }
  return members_.back().second;
}

bool Map::erase(std::string_view key) {
  size_t i = position(key);
  if (i == npos) return false;
  members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(i));
  rebuild();
  return true;
}

void Map::sort() {
  std::sort(members_.begin(), members_.end(),
            [](const Member& a, const Member& b) { return a.first < b.first; });
  rebuild();
}

}  // namespace mainstay

// Updates, carried out. Everything is computed from the item as it was, then written.
#include <algorithm>

#include "services/dynamodb/decimal.hh"
#include "services/dynamodb/expression.hh"

namespace mainstay::dynamodb {
namespace {

Error wrong_operand() {
  return validation("An operand in the update expression has an incorrect data type");
}

Error no_attribute() {
  return validation(
      "The provided expression refers to an attribute that does not exist in the item");
}

Error bad_path() {
  return validation("The document path provided in the update expression is invalid for update");
}

Result<Value> sum(const Value& left, const Value& right, bool subtract) {
  if (type_of(left) != "N" || type_of(right) != "N") return wrong_operand();
  TRY(Decimal a, parse_decimal(content_of(left).as_string()));
  TRY(Decimal b, parse_decimal(content_of(right).as_string()));
  TRY(Decimal total, add(a, subtract ? b.negated() : b));
  return Value::map({{"N", to_text(total)}});
}

Result<Value> evaluate(const Term& term, const Value& item) {
  if (term.kind == Term::Kind::operand) {
    if (term.operand.kind == Operand::Kind::value) return term.operand.value;
    const Value* found = find(item, term.operand.path);
    if (!found) return no_attribute();
    return *found;
  }
  if (term.kind == Term::Kind::if_not_exists) {
    if (const Value* found = find(item, term.operand.path)) return *found;
    return evaluate(term.terms[0], item);
  }
  TRY(Value left, evaluate(term.terms[0], item));
  TRY(Value right, evaluate(term.terms[1], item));
  if (term.kind != Term::Kind::list_append)
    return sum(left, right, term.kind == Term::Kind::subtract);
  if (type_of(left) != "L" || type_of(right) != "L") return wrong_operand();
  for (const Value& element : content_of(right).items()) left.member("L").push_back(element);
  return left;
}

// The container of a path's last step, to write in; nullptr where there is none.
Value* parent_of(Value& item, const Path& path) {
  Value* at = &item;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    const Step& step = path[i];
    if (step.is_index ? step.index >= at->size() : !at->has(step.name)) return nullptr;
    Value& attribute = step.is_index ? at->make_list()[step.index] : at->member(step.name);
    const std::string type = type_of(attribute);
    if (type != (path[i + 1].is_index ? "L" : "M")) return nullptr;
    at = &attribute.member(type);
  }
  return at;
}

Status write(Value& item, const Path& path, Value value) {
  Value* parent = parent_of(item, path);
  if (!parent) return bad_path();
  const Step& last = path.back();
  if (!last.is_index)
    parent->set(last.name, std::move(value));
  else if (last.index < parent->size())
    parent->make_list()[last.index] = std::move(value);
  else
    parent->push_back(std::move(value));
  return {};
}

Status remove_at(Value& item, const Path& path) {
  Value* parent = parent_of(item, path);
  if (!parent) return path.size() > 1 ? Status(bad_path()) : Status();
  const Step& last = path.back();
  if (!last.is_index) {
    parent->erase(last.name);
  } else if (last.index < parent->size()) {
    List& list = parent->make_list();
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(last.index));
  }
  return {};
}

// ADD: a number to a number, elements to a set; makes what is not there.
Result<Value> added(const Value* before, const Value& value) {
  if (!before) return value;
  if (type_of(value) == "N") return sum(*before, value, false);
  if (type_of(*before) != type_of(value)) return wrong_operand();
  Value out = *before;
  Value& set = out.member(type_of(value));
  std::set<std::string> known;
  for (const Value& element : set.items()) known.insert(element.as_bytes());
  for (const Value& element : content_of(value).items())
    if (known.insert(element.as_bytes()).second) set.push_back(element);
  return out;
}

// DELETE: elements from a set; null where none is left.
Result<Value> reduced(const Value& before, const Value& value) {
  if (type_of(before) != type_of(value)) return wrong_operand();
  std::set<std::string> gone;
  for (const Value& element : content_of(value).items()) gone.insert(element.as_bytes());
  Value left = Value::list();
  for (const Value& element : content_of(before).items())
    if (!gone.contains(element.as_bytes())) left.push_back(element);
  if (left.empty()) return Value();
  return Value::map({{type_of(before), std::move(left)}});
}

// What lies deeper goes first, and of a list's elements the last, so that none moves before its
// turn.
std::vector<Path> in_order_of_removal(std::vector<Path> paths) {
  std::stable_sort(paths.begin(), paths.end(), [](const Path& a, const Path& b) {
    return std::pair(a.size(), a.back().index) > std::pair(b.size(), b.back().index);
  });
  return paths;
}

}  // namespace

Result<Value> apply(const Update& update, const Value& before) {
  Value item = before;
  if (!item.is_map()) item = Value::map({});
  std::vector<Path> removed = update.remove;
  std::vector<std::pair<Path, Value>> written;
  for (const Update::Set& set : update.set) {
    TRY(Value value, evaluate(set.term, before));
    written.emplace_back(set.path, std::move(value));
  }
  for (const Update::Change& change : update.add) {
    TRY(Value value, added(find(before, change.path), change.value));
    written.emplace_back(change.path, std::move(value));
  }
  for (const Update::Change& change : update.erase) {
    const Value* found = find(before, change.path);
    if (!found) continue;
    TRY(Value left, reduced(*found, change.value));
    if (left.is_null())
      removed.push_back(change.path);
    else
      written.emplace_back(change.path, std::move(left));
  }
  for (auto& [path, value] : written) CHECK_OK(write(item, path, std::move(value)));
  for (const Path& path : in_order_of_removal(std::move(removed))) CHECK_OK(remove_at(item, path));
  return item;
}

}  // namespace mainstay::dynamodb

#include "stacks/moves.hh"

#include <algorithm>
#include <set>

#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "cfn/schema.hh"

namespace mainstay::stacks {
namespace {

constexpr size_t rounds_max = 50;

// The text with every reference put into words.
std::string with_references(const std::string& text,
                            const std::function<std::string(size_t reference)>& word) {
  std::string out;
  size_t at = 0;
  while (true) {
    size_t open = text.find(move_reference_opens, at);
    size_t close = open == std::string::npos ? open : text.find('}', open);
    if (close == std::string::npos) return out + text.substr(at);
    size_t first = open + move_reference_opens.size();
    const std::string number = text.substr(first, close - first);
    out += text.substr(at, open - at);
    bool is_number = !number.empty() && number.size() < 10 &&
                     number.find_first_not_of("0123456789") == std::string::npos;
    out += is_number ? word(std::stoul(number)) : text.substr(open, close + 1 - open);
    at = close + 1;
  }
}

Value with_text(const Value& v) {
  if (v.is_bytes()) return Value(std::string(v.as_bytes()));
  Value out = v;
  if (v.is_list())
    for (Value& item : out.make_list()) item = with_text(item);
  if (v.is_map()) {
    out = Value::map();
    for (const auto& [key, item] : v.members()) out.set(key, with_text(item));
  }
  return out;
}

std::string text_of(const MovedResource& r) {
  return r.type + " " + to_canonical_json(with_text(r.properties)) +
         to_canonical_json(with_text(r.attributes));
}

using Pairs = std::map<size_t, size_t>;  // of the new side to the old one

// ResourceNames of what a resource is, equal on both sides for the same: by its text at first, then
// by what it refers to, what that refers to, and so on until nothing more can be told apart.
class ResourceNames {
 public:
  ResourceNames(const MoveSide& before, const MoveSide& after, const Pairs& known, bool by_users)
      : sides_{&before, &after} {
    for (int i = 0; i < 2; ++i) {
      const size_t count = sides_[i]->resources.size();
      fixed_[i].resize(count);
      names_[i].resize(count);
      users_[i].resize(count);
      for (const MovedResource& r : sides_[i]->resources) texts_[i].push_back(text_of(r));
      for (size_t user = 0; by_users && user < count; ++user) find_used(i, user);
    }
    for (const auto& [now, then] : known) {
      std::string name = "known " + after.resources[now].place.text();
      fixed_[0][then] = names_[0][then] = name;
      fixed_[1][now] = names_[1][now] = name;
    }
    size_t told_apart = 0;
    for (size_t round = 0; round < rounds_max; ++round) {
      size_t now = refine();
      if (round > 0 && now == told_apart) break;
      told_apart = now;
    }
  }

  const std::vector<std::string>& before() const { return names_[0]; }
  const std::vector<std::string>& after() const { return names_[1]; }

 private:
  size_t refine() {
    std::set<std::string> all;
    for (int i = 0; i < 2; ++i) {
      std::vector<std::string> next = fixed_[i];
      for (size_t r = 0; r < next.size(); ++r) {
        if (next[r].empty()) next[r] = hex_encode(sha256(spelled(i, r)));
        all.insert(next[r]);
      }
      next_[i] = std::move(next);
    }
    for (int i = 0; i < 2; ++i) names_[i] = std::move(next_[i]);
    return all.size();
  }

  void find_used(int side, size_t user) {
    (void)with_references(texts_[side][user], [&](size_t reference) {
      if (reference < sides_[side]->references.size())
        users_[side][sides_[side]->references[reference].resource].push_back(user);
      return std::string();
    });
  }

  std::string spelled(int side, size_t resource) const {
    std::string text = with_references(texts_[side][resource], [&](size_t reference) {
      if (reference >= sides_[side]->references.size()) return std::string();
      const auto& [target, attribute] = sides_[side]->references[reference];
      return "<" + names_[side][target] + "." + attribute + ">";
    });
    std::vector<std::string> users;
    for (size_t user : users_[side][resource]) users.push_back(names_[side][user]);
    std::ranges::sort(users);
    return text + join(users, " ");
  }

  const MoveSide* sides_[2];
  std::vector<std::string> texts_[2], fixed_[2], names_[2], next_[2];
  std::vector<std::vector<size_t>> users_[2];
};

class MoveFinder {
 public:
  MoveFinder(const MoveSide& before, const MoveSide& after, const MoveMap& given)
      : before_(before), after_(after), given_(given) {}

  Result<std::vector<ResourceMove>> find() {
    CHECK_OK(take_given());
    take_unmoved();
    match_by_name();
    match_by_id();
    CHECK_OK(check_all_found());
    CHECK_OK(check_unchanged());
    std::vector<ResourceMove> out;
    for (const auto& [now, then] : pairs_) {
      const ResourcePlace &from = before_.resources[then].place, &to = after_.resources[now].place;
      if (from != to) out.push_back({from, to, after_.resources[now].type});
    }
    std::ranges::sort(out, {}, &ResourceMove::to);
    return out;
  }

 private:
  static std::optional<size_t> number_of(const MoveSide& side, const ResourcePlace& place) {
    auto it = std::ranges::find(side.resources, place, &MovedResource::place);
    if (it == side.resources.end()) return std::nullopt;
    return static_cast<size_t>(it - side.resources.begin());
  }

  void take(size_t now, size_t then) {
    pairs_[now] = then;
    taken_.insert(then);
  }

  Status take_given() {
    for (const auto& [from, to] : given_) {
      auto then = number_of(before_, from), now = number_of(after_, to);
      const std::string pair = "--map " + from.text() + "=" + to.text() + ": ";
      if (!then)
        return Error("UsageInvalid", pair + "nothing is deployed as " + printable(from.text()));
      if (!now) return Error("UsageInvalid", pair + "no template has " + printable(to.text()));
      if (before_.resources[*then].type != after_.resources[*now].type)
        return Error("UsageInvalid", pair + "a " + before_.resources[*then].type +
                                         " can't become a " + after_.resources[*now].type);
      if (pairs_.contains(*now))
        return Error("UsageInvalid", pair + "two resources can't become one");
      take(*now, *then);
    }
    return {};
  }

  void take_unmoved() {
    std::map<ResourcePlace, size_t> there;
    for (size_t i = 0; i < before_.resources.size(); ++i) there[before_.resources[i].place] = i;
    for (size_t now = 0; now < after_.resources.size(); ++now) {
      auto it = there.find(after_.resources[now].place);
      if (it == there.end() || pairs_.contains(now) || taken_.contains(it->second)) continue;
      if (before_.resources[it->second].type == after_.resources[now].type) take(now, it->second);
    }
  }

  using Group = std::pair<std::vector<size_t>, std::vector<size_t>>;  // old ones, new ones

  std::map<std::string, Group> groups_by_name(bool by_users) const {
    ResourceNames names(before_, after_, pairs_, by_users);
    std::map<std::string, Group> groups;
    for (size_t i = 0; i < before_.resources.size(); ++i)
      if (!taken_.contains(i)) groups[names.before()[i]].first.push_back(i);
    for (size_t i = 0; i < after_.resources.size(); ++i)
      if (!pairs_.contains(i)) groups[names.after()[i]].second.push_back(i);
    return groups;
  }

  // What refers to a resource may have become another reference (an import, a parameter), so it
  // tells apart but does not decide. Among several that are alike, those keep their logical id that
  // can.
  void match_by_name() {
    for (const auto& [name, group] : groups_by_name(true))
      if (group.first.size() == 1 && group.second.size() == 1)
        take(group.second[0], group.first[0]);
    for (const auto& [name, group] : groups_by_name(false)) {
      const auto& [then, now] = group;
      if (then.size() == 1 && now.size() == 1) {
        take(now[0], then[0]);
        continue;
      }
      pair_by_id(then, now);
      bool is_open = std::ranges::any_of(then, [&](size_t i) { return !taken_.contains(i); });
      if (!now.empty() && is_open) alike_.push_back(group);
    }
  }

  void match_by_id() {
    std::map<std::string, Group> by_type;
    auto is_alike = [&](size_t i, bool old) {
      return std::ranges::any_of(alike_, [&](const auto& group) {
        const auto& numbers = old ? group.first : group.second;
        return std::ranges::find(numbers, i) != numbers.end();
      });
    };
    for (size_t i = 0; i < before_.resources.size(); ++i)
      if (!taken_.contains(i) && !is_alike(i, true))
        by_type[before_.resources[i].type].first.push_back(i);
    for (size_t i = 0; i < after_.resources.size(); ++i)
      if (!pairs_.contains(i) && !is_alike(i, false))
        by_type[after_.resources[i].type].second.push_back(i);
    for (const auto& [type, group] : by_type) pair_by_id(group.first, group.second);
  }

  void pair_by_id(const std::vector<size_t>& then, const std::vector<size_t>& now) {
    std::map<std::string, std::vector<size_t>> old_ids, new_ids;
    for (size_t i : then) old_ids[before_.resources[i].place.id].push_back(i);
    for (size_t i : now) new_ids[after_.resources[i].place.id].push_back(i);
    for (const auto& [id, olds] : old_ids)
      if (auto it = new_ids.find(id);
          it != new_ids.end() && olds.size() == 1 && it->second.size() == 1)
        take(it->second[0], olds[0]);
  }

  static std::string listed(const MoveSide& side, const std::vector<size_t>& numbers) {
    std::vector<std::string> names;
    for (size_t i : numbers) names.push_back(side.resources[i].place.text());
    return join(names, ", ");
  }

  Status check_all_found() const {
    for (const auto& [then, now] : alike_) {
      bool is_open = std::ranges::any_of(then, [&](size_t i) { return !taken_.contains(i); });
      if (is_open)
        return Error("MoveAmbiguous", listed(before_, then) +
                                          " are alike, so which of them is to "
                                          "be which of " +
                                          listed(after_, now) + " has to be said")
            .where(after_.resources[now[0]].at)
            .with_hint("--map " + before_.resources[then[0]].place.text() + "=" +
                       after_.resources[now[0]].place.text());
    }
    std::vector<size_t> gone, made;
    for (size_t i = 0; i < before_.resources.size(); ++i)
      if (!taken_.contains(i)) gone.push_back(i);
    for (size_t i = 0; i < after_.resources.size(); ++i)
      if (!pairs_.contains(i)) made.push_back(i);
    return gone.empty() && made.empty() ? Status() : Status(not_all(gone, made));
  }

  Error not_all(const std::vector<size_t>& gone, const std::vector<size_t>& made) const {
    std::vector<std::string> parts;
    if (!gone.empty()) parts.push_back(listed(before_, gone) + " would be deleted");
    if (!made.empty()) parts.push_back(listed(after_, made) + " would be made");
    Error error("NotAMove", "this is not only a move: " + join(parts, ", and "));
    if (!made.empty()) error.at = after_.resources[made[0]].at;
    for (size_t then : gone)
      for (size_t now : made)
        if (before_.resources[then].type == after_.resources[now].type)
          return std::move(error).with_hint(
              "if they are the same, say it: --map " + before_.resources[then].place.text() + "=" +
              after_.resources[now].place.text() +
              "; what is new or goes is for `mainstay up`, before or after");
    return std::move(error).with_hint("what is new or goes is for `mainstay up`, before or after");
  }

  // The value with references as they are called afterwards; what isn't known here stays bytes.
  Value spelled(const MoveSide& side, const Value& v, const std::map<size_t, size_t>& names) const {
    if (v.is_bytes())
      return Bytes{with_references(v.as_bytes(), [&](size_t reference) {
        if (reference >= side.references.size()) return std::string();
        const auto& [target, attribute] = side.references[reference];
        auto it = names.find(target);
        return "${" + (it == names.end() ? "" : after_.resources[it->second].place.text()) + "." +
               attribute + "}";
      })};
    Value out = v;
    if (v.is_list())
      for (Value& item : out.make_list()) item = spelled(side, item, names);
    if (v.is_map())
      for (const auto& [key, item] : v.members()) out.set(key, spelled(side, item, names));
    return out;
  }

  // A value that one side has as a text and the other by reference may be the same: CloudFormation
  // knows.
  Status check_unchanged() const {
    std::map<size_t, size_t> of_before, of_after;
    for (const auto& [now, then] : pairs_) {
      of_before[then] = now;
      of_after[now] = now;
    }
    for (const auto& [now, then] : pairs_) {
      const MovedResource &is = after_.resources[now], &was = before_.resources[then];
      if (was.attributes != is.attributes)
        for (const auto& [name, value] : is.attributes.members())
          if (was.attributes[name] != value) return changed(was, is, name);
      auto changes = cfn::diff_properties(spelled(before_, was.properties, of_before),
                                          spelled(after_, is.properties, of_after), nullptr);
      for (const cfn::PropertyChange& change : changes)
        if (!cfn::has_unknown(change.before) && !cfn::has_unknown(change.after))
          return changed(was, is, join(change.path, "."));
    }
    return {};
  }

  static Error changed(const MovedResource& was, const MovedResource& is, const std::string& what) {
    std::string called = is.place.text();
    if (was.place != is.place) called += " (now " + was.place.text() + ")";
    return Error("NotAMove", "this is not only a move: " + what + " of " + called + " would change")
        .where(is.at)
        .with_hint("what changes is for `mainstay up`, before or after");
  }

  const MoveSide &before_, &after_;
  const MoveMap& given_;
  Pairs pairs_;
  std::set<size_t> taken_;
  std::vector<Group> alike_;
};

}  // namespace

Result<std::vector<ResourceMove>> find_moves(const MoveSide& before, const MoveSide& after,
                                             const MoveMap& given) {
  return MoveFinder(before, after, given).find();
}

}  // namespace mainstay::stacks

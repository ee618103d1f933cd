#include "cli/screen/change_text.hh"

#include <fmt/core.h>

#include "base/text.hh"
#include "stacks/assessment.hh"

namespace mainstay::cli {
namespace {

using stacks::ResourceChange;

struct Look {
  const char* mark;
  Ink ink;
};

Look look_of(const ResourceChange& change) {
  if (change.action == "Add") return {"+", Ink::good};
  if (change.action == "Remove") return {"-", Ink::bad};
  return change.may_replace() ? Look{"-/+", Ink::bad} : Look{"~", Ink::busy};
}

std::string certainty(const ResourceChange& change, const ResourceChange::Detail& detail) {
  if (change.action != "Modify") return "";
  std::string text;
  if (detail.requires_recreation == "Always") text = "replaces it";
  if (detail.requires_recreation == "Conditionally") text = "may replace it";
  if (!detail.certain) text += text.empty() ? "possible" : "; possible";
  if (detail.certain && !text.empty()) text += "; certain";
  if (!detail.causing_entity.empty())
    text += (text.empty() ? "by " : ", by ") + detail.causing_entity;
  return text;
}

// Long values are cut: the whole of them is in --json.
std::string brief(const std::string& value) {
  constexpr size_t length_max = 60;
  std::string text = value.empty() ? "nothing" : one_line(value);
  return text.size() <= length_max ? text : cut_to(text, length_max + 1) + "...";
}

std::string value_text(const ResourceChange::Detail& detail) {
  if (detail.before.empty() && detail.after.empty()) return "";
  return "  " + brief(detail.before) + " -> " + brief(detail.after);
}

// What becomes of what goes, and of the data in it.
std::string fate_text(const ResourceChange& change) {
  bool removed = change.action == "Remove";
  if (change.old_copy.empty() && stacks::loses_data(change))
    return "        what becomes of its data is not seen\n";
  if (change.old_copy.empty() || (removed && change.data == stacks::DataHeld::none)) return "";
  std::string text =
      std::string("        ") + (removed ? "it" : "old copy") + ": " + change.old_copy;
  if (stacks::loses_data(change))
    text += "; its data is lost";
  else if (stacks::leaves_data_behind(change))
    text += "; the new one starts empty";
  return text + "\n";
}

const char* verb_of(const ResourceChange& change) {
  if (change.action == "Add") return "add";
  if (change.action == "Remove") return "delete";
  return change.may_replace() ? "replace" : "update";
}

std::string parameter_text(const stacks::ParameterDiff& p) {
  std::string name = "    " + one_line(p.name);
  if (!p.before) return name + "  = " + one_line(*p.after) + "\n";
  if (!p.after) return name + "  no longer given (was " + one_line(*p.before) + ")\n";
  return name + "  " + one_line(*p.before) + " -> " + one_line(*p.after) + "\n";
}

std::string parameters_text(const stacks::StackDiff& diff) {
  if (diff.parameters.empty()) return "";
  std::string text = "  parameters\n";
  for (const auto& p : diff.parameters) text += parameter_text(p);
  return text;
}

std::string risks_text(const stacks::StackDiff& diff, const Style& style) {
  std::string text;
  bool data = diff.consents.contains(stacks::Consent::data);
  if (data || diff.consents.contains(stacks::Consent::replace)) text += "  DATA AT RISK";
  if (diff.consents.contains(stacks::Consent::access)) text += "  ACCESS WIDENED";
  return text.empty() ? "" : style.paint(Ink::bad, text);
}

std::string names_text(const stacks::ZoneNames& names) {
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? "" : ", ") + (name.empty() ? "?" : one_line(name));
  return text;
}

std::string move_text(const stacks::ZoneMove& move) {
  std::string text =
      fmt::format("    {} {}  {} -> {}  by {}: Fn::Select {} of Fn::GetAZs\n",
                  one_line(move.use.resource), one_line(move.physical_id), one_line(move.before),
                  move.after.empty() ? "nothing" : one_line(move.after),
                  one_line(move.use.property), move.use.index);
  text += move.refusal.empty()
              ? "        it would be replaced\n"
              : "        the update would fail and roll back: " + one_line(move.refusal) + "\n";
  if (!move.dependents.empty())
    text += "        what hangs on it: " + names_text(move.dependents) + "\n";
  return text;
}

// What moves, since Fn::GetAZs does not answer what it did when the stack was made.
std::string zones_text(const stacks::StackDiff& diff, const Style& style) {
  if (diff.zones.moves.empty()) return "";
  std::string text = "  " + style.paint(Ink::bad, "ZONES") + "\n";
  for (const auto& [region, gave] : diff.zones.gave)
    text += "    Fn::GetAZs of " + one_line(region) + " gave " + names_text(gave) +
            "; now it gives " + names_text(diff.zones.gives.at(region)) + "\n";
  for (const stacks::ZoneMove& move : diff.zones.moves) text += move_text(move);
  return text + "    `mainstay pin-zones` keeps them where they are\n";
}

Value zones_value(const stacks::ZoneStanding& zones) {
  Value answers = Value::list(), moves = Value::list();
  for (const auto& [region, gave] : zones.gave)
    answers.push_back(Value::map({{"region", region},
                                  {"gave", Value::texts(gave)},
                                  {"gives", Value::texts(zones.gives.at(region))}}));
  for (const stacks::ZoneMove& move : zones.moves)
    moves.push_back(Value::map({{"logical_id", move.use.resource},
                                {"resource_type", move.use.type},
                                {"property", move.use.property},
                                {"region", move.use.region},
                                {"index", move.use.index},
                                {"physical_id", move.physical_id},
                                {"before", move.before},
                                {"after", move.after},
                                {"refusal", move.refusal},
                                {"dependents", Value::texts(move.dependents)}}));
  return Value::map({{"answers", std::move(answers)},
                     {"moves", std::move(moves)},
                     {"unread", Value::texts(zones.unread)}});
}

Value gain_value(const stacks::AccessGain& gain) {
  static constexpr std::string_view gain_kinds[] = {"permission", "trust", "network"};
  return Value::map({{"holder", gain.holder},
                     {"logical_id", gain.logical_id},
                     {"kind", gain_kinds[static_cast<size_t>(gain.kind)]},
                     {"actions", Value::texts(gain.actions)},
                     {"resources", Value::texts(gain.resources)},
                     {"principals", Value::texts(gain.principals)},
                     {"had", Value::texts(gain.had)},
                     {"bounded_by", gain.bounded_by},
                     {"example", gain.example},
                     {"unproven", gain.unproven}});
}

Value change_value(const ResourceChange& change) {
  Value details = Value::list();
  for (const auto& d : change.details)
    details.push_back(Value::map({{"attribute", d.attribute},
                                  {"name", d.name},
                                  {"requires_recreation", d.requires_recreation},
                                  {"evaluation", d.evaluation},
                                  {"before", d.before},
                                  {"after", d.after},
                                  {"certain", d.certain},
                                  {"source", d.source},
                                  {"causing_entity", d.causing_entity}}));
  return Value::map({{"action", verb_of(change)},
                     {"logical_id", change.logical_id},
                     {"physical_id", change.physical_id},
                     {"resource_type", change.type},
                     {"replacement", change.replacement},
                     {"old_copy", change.old_copy},
                     {"data_lost", stacks::loses_data(change)},
                     {"details", std::move(details)}});
}

}  // namespace

std::string change_text(const ResourceChange& change, const cfn::Document* document,
                        const Style& style) {
  Look look = look_of(change);
  std::string_view type = change.type;
  if (type.starts_with("AWS::")) type.remove_prefix(5);
  std::string text =
      "  " + style.paint(look.ink, fmt::format("{:<3}", look.mark)) + " " +
      fmt::format("{:<7} {}  {}", verb_of(change), one_line(change.logical_id), one_line(type));
  Position at;
  if (document && !document->file.empty())
    at = document->key_at(cfn::Path{"Resources", change.logical_id});
  if (at.known()) text += "  " + one_line(at.to_string());
  text += "\n";
  for (const ResourceChange::Detail& detail : change.details) {
    std::string why = certainty(change, detail);
    text += "        " + one_line(detail.name.empty() ? detail.attribute : detail.name) +
            value_text(detail) + (why.empty() ? "" : "  " + one_line(why)) + "\n";
  }
  text += fate_text(change);
  bool compared = document && change.action == "Modify";  // else nobody asked for our verdict
  if (compared && change.seen_by == ResourceChange::SeenBy::cloud)
    text += "        unproven: only CloudFormation lists it\n";
  if (compared && change.seen_by == ResourceChange::SeenBy::us)
    text += "        unproven: not in CloudFormation's change set\n";
  return text;
}

std::string counts_text(const std::vector<ResourceChange>& changes) {
  int replace = 0, update = 0, add = 0, remove = 0;
  for (const ResourceChange& change : changes) {
    if (change.action == "Add")
      ++add;
    else if (change.action == "Remove")
      ++remove;
    else
      ++(change.may_replace() ? replace : update);
  }
  return fmt::format("{} replace  {} update  {} add  {} delete", replace, update, add, remove);
}

std::string diff_text(const stacks::StackDiff& diff, const std::string& region,
                      const Style& style) {
  using Kind = stacks::StackDiff::Kind;
  std::string head = style.paint(Ink::bold, one_line(diff.full_name)) + " " +
                     (diff.region.empty() ? region : diff.region);
  if (diff.kind == Kind::unchanged)
    return head + "  no changes" +
           (diff.zones.moves.empty() ? "\n" : "; the next one of any kind will bring more\n") +
           zones_text(diff, style);
  if (diff.kind == Kind::skipped) return head + "  skipped (" + one_line(diff.reason) + ")\n";
  if (diff.kind == Kind::failed) return head + "  failed\n";
  std::string text = head + (diff.kind == Kind::created ? "  new stack" : "") + "\n" +
                     counts_text(diff.changes) + risks_text(diff, style) + "\n" +
                     parameters_text(diff);
  for (const ResourceChange& change : diff.changes)
    text += change_text(change, &diff.document, style);
  text += zones_text(diff, style);
  text += gains_text(diff.gains, style);
  for (const std::string& note : diff.notes) text += "  note: " + one_line(note) + "\n";
  return text;
}

Value diff_value(const stacks::StackDiff& diff) {
  static constexpr std::string_view kinds[] = {"unchanged", "created", "updated", "skipped",
                                               "failed"};
  Value changes = Value::list();
  for (const ResourceChange& change : diff.changes) changes.push_back(change_value(change));
  Value gains = Value::list();
  for (const stacks::AccessGain& gain : diff.gains) gains.push_back(gain_value(gain));
  Value consents = Value::list();
  for (stacks::Consent consent : diff.consents) consents.push_back(stacks::consent_name(consent));
  Value parameters = Value::list();
  for (const auto& p : diff.parameters)
    parameters.push_back(Value::map({{"name", p.name},
                                     {"before", p.before ? Value(*p.before) : Value()},
                                     {"after", p.after ? Value(*p.after) : Value()}}));
  Value notes = Value::list();
  for (const std::string& note : diff.notes) notes.push_back(note);
  return Value::map({{"stack", diff.stack},
                     {"address", diff.full_name},
                     {"kind", kinds[static_cast<size_t>(diff.kind)]},
                     {"reason", diff.reason},
                     {"parameters", std::move(parameters)},
                     {"changes", std::move(changes)},
                     {"access", std::move(gains)},
                     {"needs_approval", std::move(consents)},
                     {"zones", zones_value(diff.zones)},
                     {"notes", std::move(notes)}});
}

}  // namespace mainstay::cli

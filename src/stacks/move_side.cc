// All templates of one side, evaluated: see moves.hh.
#include "cfn/resolved.hh"
#include "stacks/moves.hh"

namespace mainstay::stacks {
namespace {

std::string token_of(size_t reference) {
  return std::string(move_reference_opens) + std::to_string(reference) + "}";
}

class SideMaker {
 public:
  explicit SideMaker(const std::vector<MoveStack>& stacks) : stacks_(stacks) {}

  Result<MoveSide> make() {
    for (const MoveStack& s : stacks_) CHECK_OK(declare(s));
    for (const MoveStack& s : stacks_) CHECK_OK(find_exports(s));
    size_t at = 0;
    for (const MoveStack& s : stacks_) {
      cfn::Environment e = environment(s, true);
      TRY(auto resolved, cfn::resolve_resources({&s.tmpl, &s.parameters, &e}));
      for (cfn::ResolvedResource& r : resolved) {
        const cfn::Resource& declared = *s.tmpl.find_resource(r.id);
        MovedResource& out = side_.resources[at++];
        out.properties = r.properties.is_map() ? std::move(r.properties) : Value::map();
        out.attributes = Value::map({{"DeletionPolicy", r.deletion_policy},
                                     {"UpdateReplacePolicy", r.update_replace_policy},
                                     {"CreationPolicy", declared.creation_policy},
                                     {"UpdatePolicy", declared.update_policy},
                                     {"Metadata", declared.metadata}});
      }
    }
    return std::move(side_);
  }

 private:
  // The places of what the template makes, before anything refers to them.
  Status declare(const MoveStack& s) {
    cfn::Environment e = environment(s, false);
    TRY(Map conditions, cfn::evaluate_conditions(s.tmpl, s.parameters, e));
    for (const cfn::Resource& r : s.tmpl.resources) {
      const Value* holds = conditions.find(r.condition);
      if (!r.condition.empty() && holds && !holds->as_bool()) continue;
      numbers_[{s.name, r.id}] = side_.resources.size();
      side_.resources.push_back({{s.name, r.id}, r.type, {}, {}, s.tmpl.document.key_at(r.path())});
    }
    return {};
  }

  Result<Value> refer(const std::string& stack, const std::string& id,
                      const std::string& attribute) {
    auto it = numbers_.find({stack, id});
    if (it == numbers_.end()) return Value(Bytes{"${" + id + "." + attribute + "}"});
    auto [known, is_new] = tokens_.try_emplace({it->second, attribute}, side_.references.size());
    if (is_new) side_.references.push_back({it->second, attribute});
    return Value(Bytes{token_of(known->second)});
  }

  // An export of one of the stacks is what it exports.
  cfn::Environment environment(const MoveStack& s, bool follow_exports) {
    cfn::Environment e;
    e.pseudo = s.pseudo;
    e.ref = [this, &s](const std::string& id) { return refer(s.name, id, ""); };
    e.get_att = [this, &s](const std::string& id, const std::string& name) {
      return refer(s.name, id, name);
    };
    e.import_value = [this, follow_exports](const std::string& name) -> Result<Value> {
      auto it = exports_.find(name);
      if (follow_exports && it != exports_.end()) return it->second;
      return Value(Bytes{"${import " + name + "}"});
    };
    e.get_azs = [](const std::string& region) -> Result<Value> {
      return Value(Bytes{"${zones " + region + "}"});
    };
    return e;
  }

  Status find_exports(const MoveStack& s) {
    cfn::Environment e = environment(s, false);
    TRY(Map conditions, cfn::evaluate_conditions(s.tmpl, s.parameters, e));
    cfn::Context context{&s.tmpl, &s.parameters, &conditions, &e, {}};
    for (const cfn::Output& o : s.tmpl.outputs) {
      const Value* holds = conditions.find(o.condition);
      if (o.export_name.is_null() || (!o.condition.empty() && holds && !holds->as_bool())) continue;
      TRY(Value name, cfn::evaluate(o.export_name, context));
      TRY(Value value, cfn::evaluate(o.value, context));
      exports_[name.to_text()] = std::move(value);
    }
    return {};
  }

  const std::vector<MoveStack>& stacks_;
  MoveSide side_;
  std::map<ResourcePlace, size_t> numbers_;
  std::map<std::pair<size_t, std::string>, size_t> tokens_;
  std::map<std::string, Value> exports_;
};

}  // namespace

Result<MoveSide> MoveSide::of(const std::vector<MoveStack>& stacks) {
  return SideMaker(stacks).make();
}

}  // namespace mainstay::stacks

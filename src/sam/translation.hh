// One run of the transform: what its parts share. Inside of this room.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sam/sam.hh"

namespace mainstay::sam {

// Intrinsic functions, as values.
Value reference_to(std::string_view id);
Value attribute_of(std::string_view id, std::string_view attribute);
bool is_intrinsic(const Value& v);

// Ten hex digits over the data: as they are in the logical ids that the guide shows.
std::string hash_of(const Value& data);
std::string hash_of_text(std::string_view text);

// Tags as a list, SAM's own first.
Value tag_list(const Value& tags);

struct Translation {
  const Surroundings& around;
  Value resources = Value::map({});  // the new template's
  // What stands for "F.Alias", or for a layer's first id, in references.
  std::map<std::string, std::string> renamed = {};
  std::vector<std::string> faults = {};

  // Text of a property that must be known now: also behind a Ref of a parameter.
  std::string known_text(const Value& v) const;
  void fault(const std::string& id, const std::string& what);
};

// A SAM resource under translation: what goes into CloudFormation's under its own id or one made
// out of it.
class Maker {
 public:
  Maker(Translation& all, std::string id, const Value& declared)
      : all_(all), id_(std::move(id)), declared_(declared) {}

  const std::string& id() const { return id_; }
  const Value& operator[](const char* property) const { return declared_["Properties"][property]; }
  bool has(const char* property) const { return declared_["Properties"].has(property); }
  const Value& declared() const { return declared_; }
  Translation& all() const { return all_; }
  void fault(const std::string& what) const { all_.fault(id_, what); }

  // The resource that bears the id itself takes over DependsOn, Metadata and the policies; all take
  // over the condition.
  void put_main(std::string_view type, Value properties, std::string_view as = "") const;
  void put(const std::string& id, std::string_view type, Value properties) const;
  Value& made(const std::string& id) const { return all_.resources.member(id); }

  // Members of the same name in both, where given.
  Value copied(std::initializer_list<const char*> names) const;
  // Faults for every property that is none of these.
  void check_known(std::initializer_list<const std::initializer_list<const char*>*> lists) const;

 private:
  Translation& all_;
  std::string id_;
  const Value& declared_;
};

struct RolePolicies {
  Value managed = Value::list();    // ARNs
  Value documents = Value::list();  // {PolicyName, PolicyDocument}
};

// events.cc: what invokes the function; target: what stands for it, an ARN; name: the same for
// members that take a name. Managed policies that they need go into `policies`.
struct Invoked {
  Value arn, name;
};
void make_events(const Maker& m, const Invoked& function, RolePolicies& policies);
// policies.cc: of the function's Policies, named after the role that they go into.
void read_policies(const Maker& m, const std::string& role, RolePolicies& policies);
// function.cc, plain.cc
void make_function(const Maker& m);
void make_simple_table(const Maker& m);
void make_layer(const Maker& m);
// globals.cc: the template's resources with what Globals says of them.
Result<Value> with_globals(const Value& root);

// "s3://bucket/key?versionId=v" or {Bucket, Key, Version}, under the names that Lambda has for
// them; null where it is neither.
Value code_location(const Value& uri);

}  // namespace mainstay::sam

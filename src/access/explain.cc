#include "access/explain.hh"

#include <algorithm>
#include <optional>

#include "wire/arn.hh"

namespace mainstay::access {
namespace {

constexpr size_t mends_max = 12;

struct SituationRow {
  const char *name, *text;
};
constexpr SituationRow situations[] = {
    {"works", "it works"},
    {"foreign-object",
     "the writer's account owns the object, so neither the bucket's owner nor its policy gives "
     "access"},
    {"foreign-delegation",
     "the writer's account owns the object; the bucket's owner may read it but cannot pass that "
     "on"},
    {"acl-refused", "the bucket has ACLs switched off, and the upload sends one"},
    {"aws-managed-key", "the bucket encrypts under aws/s3, which no other account can use"},
    {"key-refuses", "the key does not let the caller in"},
    {"alias-of-requester",
     "the bucket's default key is an alias, which means a key of the requester's account"},
    {"bucket-policy", "nothing of the bucket's lets the caller's account in"},
    {"identity-policy", "the caller's own account does not allow it"},
    {"forbidden", "a policy forbids it"}};

enum class Part { put, get };

// The world as it is after some mends, and what the two parties meet in it.
struct Stage {
  Snapshot snapshot;
  std::shared_ptr<const World> world;
  std::string acl;

  Bucket* bucket = nullptr;
  Account* owner = nullptr;
};

class Explainer {
 public:
  Explainer(const ExplainRequest& request, const ManagedPolicies& aws)
      : request_(request), aws_(aws) {}

  Status set(Snapshot snapshot, std::string acl) {
    stage_.snapshot = std::move(snapshot);
    stage_.acl = std::move(acl);
    return refresh();
  }
  Stage& stage() { return stage_; }

  Status refresh() {
    TRY(stage_.world, World::make(stage_.snapshot, aws_));
    stage_.bucket = nullptr;
    for (Account& account : stage_.snapshot.accounts)
      for (Bucket& bucket : account.buckets)
        if (bucket.name == request_.bucket) stage_.bucket = &bucket, stage_.owner = &account;
    // Says what was meant instead.
    if (!stage_.bucket) return stage_.world->target("arn:aws:s3:::" + request_.bucket).error();
    return {};
  }

  // Who owns what the writer puts. "Controlling ownership of objects".
  Result<std::string> object_owner() const {
    const std::string& ownership = stage_.bucket->ownership;
    bool to_owner =
        ownership == "BucketOwnerEnforced" || request_.writer.empty() ||
        (ownership == "BucketOwnerPreferred" && stage_.acl == "bucket-owner-full-control");
    if (to_owner) return stage_.owner->id;
    TRY(Actor writer, stage_.world->actor(request_.writer));
    return writer.principal.account;
  }

  Result<Answer> ask(Part part) const {
    TRY(Actor actor, stage_.world->actor(part == Part::put ? request_.writer : request_.reader));
    TRY(Target target, stage_.world->target("arn:aws:s3:::" + request_.bucket + "/*"));
    TRY(std::string owner, object_owner());
    return answer(*stage_.world,
                  {&actor,
                   part == Part::put ? "s3:PutObject" : "s3:GetObject",
                   &target,
                   {},
                   {owner, stage_.acl, ""}},
                  Detail::verdict);
  }

 private:
  const ExplainRequest& request_;
  const ManagedPolicies& aws_;
  Stage stage_;
};

Situation situation_of(const Stage& stage, const Step& step, const std::string& object_owner) {
  if (step.request.action.starts_with("kms:")) {
    bool managed = stage.bucket->key.empty() || stage.bucket->key.ends_with("alias/aws/s3");
    if (!step.refusal.empty())
      return managed                                   ? Situation::aws_managed_key
             : stage.bucket->key.starts_with("alias/") ? Situation::alias_of_requester
                                                       : Situation::key_refuses;
    bool hindered = step.decision.verdict == policy::Verdict::explicit_deny ||
                    (step.decision.layer != policy::Kind::resource &&
                     step.decision.layer != policy::Kind::identity);
    return hindered ? Situation::forbidden : Situation::key_refuses;
  }
  if (!step.refusal.empty()) return Situation::acl_refused;
  if (step.decision.verdict == policy::Verdict::explicit_deny) return Situation::forbidden;
  if (step.decision.layer == policy::Kind::identity) return Situation::identity_policy;
  if (step.decision.layer != policy::Kind::resource) return Situation::forbidden;
  // A new object is the bucket's business; only one that is there has an owner.
  if (object_owner == stage.owner->id || step.request.action == "s3:PutObject")
    return Situation::bucket_policy;
  return stage.acl == "bucket-owner-full-control" ? Situation::foreign_delegation
                                                  : Situation::foreign_object;
}

Value allow_statement(const std::string& action, const std::string& resource) {
  return Value::map({{"Effect", "Allow"}, {"Action", action}, {"Resource", resource}});
}

Value allow_statement_for(const std::string& arn, const std::string& action,
                          const std::string& resource) {
  return Value::map({{"Effect", "Allow"},
                     {"Principal", Value::map({{"AWS", arn}})},
                     {"Action", action},
                     {"Resource", resource}});
}

void add_statement(Value& document, const Value& statement) {
  if (document.is_null())
    document = Value::map({{"Version", "2012-10-17"}, {"Statement", Value::list()}});
  Value& statements = document.member("Statement");
  if (!statements.is_list()) statements = Value::list({statements});
  statements.push_back(statement);
}

// A key of the bucket's owner in its region: the one that the alias means, any of its own, or a new
// one that lets its account's policies decide.
Key& own_key(Stage& stage) {
  const std::string &alias = stage.bucket->key, &region = stage.bucket->region;
  Key* any = nullptr;
  for (Key& key : stage.owner->keys) {
    if (key.manager == "AWS" || key.arn.find(":" + region + ":") == std::string::npos) continue;
    if (std::ranges::find(key.aliases, alias) != key.aliases.end()) return key;
    if (!any) any = &key;
  }
  if (any) return *any;
  Key key;
  key.arn = "arn:aws:kms:" + region + ":" + stage.owner->id + ":key/a-new-key";
  add_statement(key.policy,
                allow_statement_for("arn:aws:iam::" + stage.owner->id + ":root", "kms:*", "*"));
  stage.owner->keys.push_back(std::move(key));
  return stage.owner->keys.back();
}

Entity* entity_of(Stage& stage, const Actor& actor) {
  for (Account& account : stage.snapshot.accounts)
    for (Entity& entity : account.entities)
      if (actor.entity && entity.arn == actor.entity->arn) return &entity;
  return nullptr;
}

Key* key_at(Stage& stage, const std::string& arn) {
  for (Account& account : stage.snapshot.accounts)
    for (Key& key : account.keys)
      if (key.arn == arn) return &key;
  return nullptr;
}

std::string principal_text(const Actor& actor) {
  return actor.entity ? actor.entity->arn : actor.principal.arn;
}

// The caller's own policies get a statement; false where it has none that could.
bool mend_identity(Stage& stage, const Actor& actor, const Step& step, Mend& mend) {
  Entity* entity = entity_of(stage, actor);
  if (!entity) return false;
  mend.statement = allow_statement(step.request.action, step.request.resource);
  mend.change = "add the statement to the policies of " + entity->arn;
  NamedPolicy added{"mended-" + std::to_string(entity->inline_policies.size()), {}};
  add_statement(added.document, mend.statement);
  entity->inline_policies.push_back(std::move(added));
  return true;
}

bool mend_key(Stage& stage, const Actor& actor, const Step& step, Mend& mend) {
  if (!step.refusal.empty()) return false;
  if (step.decision.layer == policy::Kind::identity) return mend_identity(stage, actor, step, mend);
  Key* key = key_at(stage, step.request.resource);
  if (!key) return false;
  mend.statement = allow_statement_for(principal_text(actor), step.request.action, "*");
  mend.change = "add the statement to the policy of key " + key->arn;
  add_statement(key->policy, mend.statement);
  return true;
}

bool mend_default_key(Stage& stage, Mend& mend) {
  Key& key = own_key(stage);
  bool fresh = key.arn.ends_with("/a-new-key");
  mend.change = fresh ? "make a KMS key in account " + stage.owner->id +
                            " and set it, by its ARN, as the bucket's default encryption"
                      : "set the bucket's default encryption to the key's ARN, " + key.arn;
  stage.bucket->encryption = "aws:kms";
  stage.bucket->key = key.arn;
  return true;
}

// Makes the change; false where there is none to make here.
bool apply_mend(Stage& stage, const Actor& actor, const Step& step, Mend& mend) {
  switch (mend.situation) {
    case Situation::foreign_object:
    case Situation::foreign_delegation:
      mend.change =
          "set the bucket's ownership to BucketOwnerEnforced: then its owner owns every object, "
          "those "
          "that are there too, and its policy decides";
      stage.bucket->ownership = "BucketOwnerEnforced";
      return true;
    case Situation::acl_refused:
      mend.change = "upload without an ACL, or with bucket-owner-full-control";
      stage.acl = "";
      return true;
    case Situation::aws_managed_key:
    case Situation::alias_of_requester:
      return mend_default_key(stage, mend);
    case Situation::key_refuses:
      return mend_key(stage, actor, step, mend);
    case Situation::bucket_policy:
      mend.statement =
          allow_statement_for(principal_text(actor), step.request.action, step.request.resource);
      mend.change = "add the statement to the policy of bucket " + stage.bucket->name;
      add_statement(stage.bucket->policy, mend.statement);
      return true;
    case Situation::identity_policy:
      return mend_identity(stage, actor, step, mend);
    case Situation::works:
    case Situation::forbidden:
      break;
  }
  return false;
}

bool same_refusal(const Answer& after, const Step& before, Situation situation, const Stage& stage,
                  const std::string& owner) {
  const Step* step = after.refusing();
  return step && step->request.action == before.request.action &&
         situation_of(stage, *step, owner) == situation &&
         step->decision.layer == before.decision.layer;
}

// Mends one part until it works or nothing more can be done.
Status mend_part(Explainer& explainer, Part part, Explanation& out) {
  while (out.mends.size() < mends_max) {
    Stage& stage = explainer.stage();
    TRY(Answer now, explainer.ask(part));
    const Step* refusing = now.refusing();
    if (!refusing) return {};
    TRY(std::string owner, explainer.object_owner());
    TRY(Actor actor, stage.world->actor(part == Part::get ? out.reader : out.writer));
    Step step = *refusing;
    Mend mend{situation_of(stage, step, owner),
              std::string(part == Part::put ? "writer: " : "reader: ") + step.title,
              reason(step),
              "",
              {},
              false};
    bool made = apply_mend(stage, actor, step, mend);
    if (!made) mend.change = "none is known here: change what refuses it";
    // The step's policies go with the world that is replaced now.
    step.decision.policy = nullptr;
    step.decision.rule = nullptr;
    if (made) {
      CHECK_OK(explainer.refresh());
      TRY(Answer after, explainer.ask(part));
      TRY(std::string owner_after, explainer.object_owner());
      mend.proved = !same_refusal(after, step, mend.situation, stage, owner_after);
    }
    out.mends.push_back(std::move(mend));
    if (!made || !out.mends.back().proved) return {};
  }
  return {};
}

Result<bool> works(const Explainer& explainer, Part part, const std::string& who) {
  if (who.empty()) return true;
  TRY(Answer found, explainer.ask(part));
  return found.allowed();
}

}  // namespace

const char* situation_name(Situation situation) {
  return situations[static_cast<size_t>(situation)].name;
}

const char* situation_text(Situation situation) {
  return situations[static_cast<size_t>(situation)].text;
}

Result<Explanation> explain(const Snapshot& snapshot, const ExplainRequest& request,
                            const ManagedPolicies& aws) {
  Explainer explainer(request, aws);
  CHECK_OK(explainer.set(snapshot, request.acl));
  Explanation out;
  const World& world = *explainer.stage().world;
  if (!request.writer.empty()) {
    TRY(Actor writer, world.actor(request.writer));
    out.writer = writer.arn;
  }
  if (!request.reader.empty()) {
    TRY(Actor reader, world.actor(request.reader));
    out.reader = reader.arn;
  }
  TRY(out.object_owner, explainer.object_owner());
  TRY(out.put, works(explainer, Part::put, request.writer));
  TRY(out.get, works(explainer, Part::get, request.reader));
  if (!request.writer.empty()) CHECK_OK(mend_part(explainer, Part::put, out));
  if (!request.reader.empty()) CHECK_OK(mend_part(explainer, Part::get, out));
  TRY(out.put_after, works(explainer, Part::put, request.writer));
  TRY(out.get_after, works(explainer, Part::get, request.reader));
  return out;
}

}  // namespace mainstay::access

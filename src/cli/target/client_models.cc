#include "cli/target/client_models.hh"

#include <map>
#include <mutex>

#include "access/vocabulary.hh"
#include "base/json.hh"
#include "data/archive.hh"

namespace mainstay::cli {

aws::ModelSource embedded_models() {
  struct Kept {
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<const wire::Model>, std::less<>> models;
  };
  return [kept = std::make_shared<Kept>()](
             std::string_view service) -> Result<std::shared_ptr<const wire::Model>> {
    std::scoped_lock lock(kept->mutex);
    auto found = kept->models.find(service);
    if (found != kept->models.end()) return found->second;
    TRY(std::string text, data::read("models/" + std::string(service)));
    TRY(auto model, wire::Model::parse(text));
    kept->models.emplace(service, model);
    return model;
  };
}

namespace {

std::function<const cfn::Schema*(const std::string& type)> embedded_schemas() {
  struct Kept {
    std::mutex mutex;
    std::map<std::string, std::unique_ptr<const cfn::Schema>> schemas;
  };
  return [kept = std::make_shared<Kept>()](const std::string& type) -> const cfn::Schema* {
    std::scoped_lock lock(kept->mutex);
    auto [it, fresh] = kept->schemas.try_emplace(type);
    if (!fresh) return it->second.get();
    auto text = data::read("schemas/" + type);
    auto schema = text ? cfn::Schema::parse(*text) : Result<cfn::Schema>(text.error());
    if (schema) it->second = std::make_unique<const cfn::Schema>(std::move(*schema));
    return it->second.get();
  };
}

// "stateful-types" is cfn-lint's list: type to whether only what is empty can be deleted.
std::function<stacks::DataHeld(const std::string& type)> types_with_data() {
  return [](const std::string& type) {
    static const Value types = [] {
      auto text = data::read("stateful-types");
      return text ? parse_json(*text).value_or(Value()) : Value();
    }();
    const Value* found = types.find(type);
    if (!found) return stacks::DataHeld::none;
    return found->as_bool() ? stacks::DataHeld::while_filled : stacks::DataHeld::yes;
  };
}

Result<std::string> managed_policy(const std::string& arn) {
  size_t slash = arn.rfind('/');
  bool of_aws = arn.starts_with("arn:") && arn.contains(":iam::aws:policy/");
  if (!of_aws) return Error("PolicyUnknown", arn + " is not one of AWS's own policies");
  return data::read("managed-policies/" + arn.substr(slash + 1));
}

}  // namespace

stacks::Knowledge embedded_knowledge() {
  stacks::Knowledge knowledge;
  knowledge.schema = embedded_schemas();
  knowledge.data_held = types_with_data();
  knowledge.managed_policy = managed_policy;
  struct Kept {
    std::once_flag once;
    std::optional<access::Vocabulary> vocabulary;
  };
  knowledge.policy_options = [kept = std::make_shared<Kept>()] {
    std::call_once(kept->once, [&] { kept->vocabulary.emplace(); });
    return kept->vocabulary->options();
  };
  return knowledge;
}

}  // namespace mainstay::cli

#include "formation/transform.hh"

#include "base/digest.hh"
#include "base/json.hh"
#include "base/text.hh"
#include "cloud/partition.hh"
#include "data/archive.hh"
#include "formation/engine.hh"
#include "formation/template_source.hh"
#include "sam/sam.hh"
#include "store/store.hh"

namespace mainstay::formation {
namespace {

constexpr const char* macro_calls = "macro-call";
constexpr size_t snippet_bytes_max = 1 << 20;  // "CloudFormation quotas": a template in S3
constexpr int64_t look_again_ms = 60'000;
constexpr int64_t answer_kept_ms = 600'000;  // for whoever asked, unless he has gone

Error failure(std::string message) {
  return Error("TransformFailed", std::move(message));
}

// The same for the same request, also when it is asked again after it had to wait.
std::string request_of(const Call& call) {
  const std::string& kept = call.wait_state["Transforms"].as_string();
  return kept.empty() ? call.request_id : kept;
}

std::string topic_of(const Call& call, const std::string& request) {
  return call.topic("transform/" + request);
}

std::string managed_policy_arn(const std::string& name) {
  static const std::map<std::string, std::string> arns = [] {
    std::map<std::string, std::string> out;
    auto text = data::read("managed-policies");
    auto rows = text.has_value() ? parse_json(*text) : Result<Value>(Value());
    if (rows.has_value())
      for (const Value& row : rows->items())
        out[row["PolicyName"].as_string()] = row["Arn"].as_string();
    return out;
  }();
  auto it = arns.find(name);
  return it == arns.end() ? "" : it->second;
}

// As a request gives it.
std::string text_of_parameter(const Value& v) {
  std::vector<std::string> items;
  for (const Value& item : v.items()) items.push_back(item.to_text());
  return v.is_list() ? join(items, ",") : v.to_text();
}

class Processor {
 public:
  Processor(Call& call, const TransformInputs& inputs) : call_(call), inputs_(inputs) {}

  Result<Value> run() {
    return cfn::run_transforms(
        inputs_.declared->document.root,
        [&](const cfn::TransformCall& to, const Value& fragment) { return one(to, fragment); });
  }

 private:
  Result<Value> one(const cfn::TransformCall& to, const Value& fragment) {
    if (to.name == "AWS::Include") return include(to, fragment);
    if (to.name == sam::transform_name) return serverless(fragment);
    if (to.name == cfn::language_extensions) return extend(fragment);
    return macro(to, fragment);
  }

  // Macros are named with the account that has them in everything that is said of them.
  std::string full_name(const std::string& name) const {
    return name.contains("::") ? name : call_.account + "::" + name;
  }

  // Functions of the template in a transform's own parameters, as far as they are known.
  Result<Value> known(const Value& v) {
    cfn::Environment environment = make_environment(asker_of(call_), inputs_.pseudo);
    cfn::Context context{inputs_.declared, &inputs_.parameters, nullptr, &environment, {}};
    return cfn::evaluate(v, context);
  }

  // "AWS::Include transform": what an object in S3 holds goes in beside its siblings.
  Result<Value> include(const cfn::TransformCall& to, const Value& fragment) {
    auto fail = [](const std::string& why) {
      return failure("Transform AWS::Include failed with: " + why);
    };
    auto location = known(to.parameters["Location"]);
    if (!location.has_value()) return fail(location.error().message);
    const std::string& url = location->as_string();
    if (url.empty()) return fail("The location parameter is missing.");
    auto text = fetch_snippet(asker_of(call_), url, snippet_bytes_max);
    if (!text.has_value()) return fail(text.error().message);
    // "We don't currently support using shorthand notations for YAML snippets."
    cfn::ParseOptions options = cfn::ParseOptions::for_template();
    options.short_forms = false;
    auto snippet = cfn::parse_document(*text, "snippet", options);
    if (!snippet.has_value() || !snippet->root.is_map())
      return fail("The specified S3 object's content should be valid Yaml/JSON");
    Value out = fragment;
    for (const auto& [name, value] : snippet->root.members()) out.set(name, value);
    return out;
  }

  Result<Value> serverless(const Value& fragment) {
    sam::Surroundings around;
    around.parameters = inputs_.parameters;
    around.partition = cloud::partition_of(call_.region);
    around.managed_policy = [&](const std::string& name) {
      std::string arn = managed_policy_arn(name);
      return arn.empty() ? arn : replace_all(arn, "arn:aws:", "arn:" + around.partition + ":");
    };
    auto out = sam::translate(fragment, around);
    if (out.has_value()) return out;
    return failure("Transform " + std::string(sam::transform_name) +
                   " failed with: " + out.error().message);
  }

  Result<Value> extend(const Value& fragment) {
    cfn::TemplateInputs inputs;
    for (const auto& [name, value] : inputs_.parameters)
      inputs.parameters.set(name, text_of_parameter(value));
    inputs.pseudo = inputs_.pseudo;
    auto out = cfn::extend_language(fragment, inputs, inputs_.parameters);
    return out.has_value() ? out : Result<Value>(failure(out.error().message));
  }

  // "Event mapping". A Ref of a parameter in the macro's own parameters is followed, as was
  // recorded on AWS (TestMacros, functions and references during a transform); in the fragment
  // nothing is.
  Value event_of(const cfn::TransformCall& to, const Value& fragment, const std::string& id) {
    Value params = Value::map({});
    for (const auto& [name, value] : to.parameters.members()) {
      const Value* given =
          value.size() == 1 ? inputs_.parameters.find(value["Ref"].as_string()) : nullptr;
      params.set(name, given ? *given : value);
    }
    return Value::map({{"region", call_.region},
                       {"accountId", call_.account},
                       {"fragment", fragment},
                       {"transformId", full_name(to.name)},
                       {"params", std::move(params)},
                       {"requestId", id},
                       {"templateParameterValues", Value(inputs_.parameters)}});
  }

  Result<Value> macro(const cfn::TransformCall& to, const Value& fragment) {
    std::string name = to.name;
    if (std::string own = call_.account + "::"; name.starts_with(own)) name.erase(0, own.size());
    const Value* found = call_.find("macro", name);
    if (!found) return failure("No transform named " + full_name(to.name) + " found.");
    const std::string request = request_of(call_);
    std::string id = hex_encode(sha256(request + "\n" + std::to_string(count_++) + "\n" + to.name +
                                       "\n" + to_json(fragment)));
    if (const Value* asked = call_.find(macro_calls, id)) {
      if (asked->has("Failed")) return failed_macro(to.name, (*asked)["Failed"].as_string());
      if (!asked->has("Answer")) return not_yet();
      return answer_of(to.name, id, (*asked)["Answer"]);
    }
    cloud::Caller caller = asker_of(call_).caller;
    call_.put(macro_calls, id, Value::map({{"Request", request}}));
    call_.after(0, call_macro_reaction,
                Value::map({{"Id", id},
                            {"Caller", caller.to_value()},
                            {"FunctionName", (*found)["FunctionName"]},
                            {"Payload", to_json(event_of(to, fragment, id))},
                            {"Topic", topic_of(call_, request)},
                            {"Parent", inputs_.parent_id}}));
    return not_yet();
  }

  Error failed_macro(const std::string& name, const std::string& why) {
    if (why.empty())
      return failure("Transform " + full_name(name) + " failed without an error message.");
    return failure("Transform " + full_name(name) + " failed with: " + why);
  }

  // "Response format".
  Result<Value> answer_of(const std::string& name, const std::string& id, const Value& answer) {
    if (answer.has("FunctionError")) return failed_macro(name, "");
    auto response = parse_json(answer["Payload"].as_string());
    bool formed = response.has_value() && response->is_map() &&
                  (*response)["requestId"].as_string() == id && (*response)["status"].is_string();
    if (formed && to_lower((*response)["status"].as_string()) != "success")
      return failed_macro(name, (*response)["errorMessage"].as_string());
    if (!formed || !response->has("fragment"))
      return failure("Received malformed response from transform " + full_name(name));
    return (*response)["fragment"];
  }

  Call& call_;
  const TransformInputs& inputs_;
  size_t count_ = 0;
};

}  // namespace

Result<Value> process_template(Call& call, const TransformInputs& inputs) {
  return Processor(call, inputs).run();
}

bool is_transform_failure(const Error& error) {
  return error.code == "TransformFailed";
}

Result<Value> or_wait(Call& call, Result<Value> out) {
  if (out.has_value() || !is_not_yet(out.error())) return out;
  std::string request = request_of(call);
  return call.wait(topic_of(call, request), call.now + look_again_ms,
                   Value::map({{"Transforms", request}}));
}

Status call_macro(cloud::Cloud& cloud, const cloud::Place& place, const Value& argument) {
  auto keep = [&cloud, place, argument](Result<Value> out) {
    (void)cloud.update("cloudformation", place.account, place.region, [&](Call& call) -> Status {
      const std::string& id = argument["Id"].as_string();
      if (!call.find(macro_calls, id)) return {};
      Value kept = Value::map({});
      if (out.has_value()) {
        kept.set("Answer", Value::map({{"Payload", (*out)["Payload"].as_bytes()}}));
        if (out->has("FunctionError"))
          kept.member("Answer").set("FunctionError", (*out)["FunctionError"]);
      } else {
        kept.set("Failed", out.error().message);
      }
      call.put(macro_calls, id, std::move(kept));
      call.after(answer_kept_ms, forget_macro_reaction, id, "forget-macro/" + id);
      call.after_commit.push_back(
          [&cloud, topic = argument["Topic"].as_string()] { cloud.waiters().notify(topic); });
      const std::string& parent = argument["Parent"].as_string();
      if (!parent.empty()) wake(call, {call.account, call.region, parent});
      return {};
    });
  };
  cloud.invoke_later(to_caller(argument["Caller"]), place.account, place.region, "lambda", "Invoke",
                     Value::map({{"FunctionName", argument["FunctionName"]},
                                 {"Payload", Bytes{argument["Payload"].as_string()}}}),
                     "", keep);
  return {};
}

Status forget_macro_call(Call& call, const Value& id) {
  call.remove(macro_calls, id.as_string());
  return {};
}

void forget_macro_calls(cloud::Cloud& cloud) {
  for (store::Shard* shard : cloud.store().shards("cloudformation")) {
    std::vector<std::string> lost;
    {
      store::Unit unit(cloud.store(), *shard, store::Mode::read);
      for (const auto& [id, call] : unit.all(macro_calls))
        if (call.has("Request")) lost.push_back(id);
    }
    if (lost.empty()) continue;
    (void)cloud.update("cloudformation", shard->key.account, shard->key.region,
                       [&](Call& call) -> Status {
                         for (const std::string& id : lost) call.remove(macro_calls, id);
                         return {};
                       });
  }
}

}  // namespace mainstay::formation

// What decisions about requests ask SQS: a queue's policy and tags.
#include "cloud/access.hh"

#include "services/sqs/handlers.hh"

namespace mainstay::sqs {

Status guard(Call& call, const Value& in, cloud::Access& access) {
  const Value* queue = call.find("queue", parse_url(in["QueueUrl"].as_string()).name);
  if (!queue) return {};
  const std::string& name = (*queue)["QueueName"].as_string();
  access.request.resource = call.arn(name);
  Value tags = Value::list();
  for (const auto& [key, value] : (*queue)["_Tags"].members())
    tags.push_back(Value::map({{"Key", key}, {"Value", value}}));
  access.resource_tags(tags);
  const Value* text = (*queue)["Attributes"].find("Policy");
  return text ? access.add(policy::Kind::resource, "policy of queue " + name, text->as_string())
              : Status();
}

}  // namespace mainstay::sqs

// What decisions about requests ask SQS: a queue's policy and tags.
#include "cloud/authorization.hh"

#include "services/sqs/handlers.hh"

namespace mainstay::sqs {

Status guard(Call& call, const Value& in, cloud::Authorization& authorization) {
  std::string name = parse_url(in["QueueUrl"].as_string()).name;
  if (in.has("SourceArn"))
    name = queue_of_arn(call, in["SourceArn"].as_string())["QueueName"].as_string();
  const Value* queue = call.find("queue", name);
  if (!queue) return {};
  authorization.request.resource = call.arn(name);
  authorization.resource_tags((*queue)["_Tags"]);
  const Value* text = (*queue)["Attributes"].find("Policy");
  return text ? authorization.add(policy::Kind::resource, "policy of queue " + name,
                                  text->as_string())
              : Status();
}

}  // namespace mainstay::sqs

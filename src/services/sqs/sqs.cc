#include "services/sqs/sqs.hh"

#include "services/sqs/handlers.hh"
#include "wire/arn.hh"

namespace mainstay::sqs {
namespace {

// A queue may be another account's.
std::string account_of_queue(const Value& in) {
  if (in.has("QueueOwnerAWSAccountId")) return in["QueueOwnerAWSAccountId"].as_string();
  for (const char* member : {"SourceArn", "DestinationArn"})
    if (auto arn = wire::parse_arn(in[member].as_string()); arn.has_value()) return arn->account;
  return parse_url(in["QueueUrl"].as_string()).account;
}

}  // namespace

cloud::Service make_service() {
  using cloud::reads, cloud::writes;
  cloud::Service service;
  service.name = "sqs";
  service.has_resource_control = true;
  service.data_events = {"ChangeMessageVisibility", "ChangeMessageVisibilityBatch",
                         "DeleteMessage",           "DeleteMessageBatch",
                         "ReceiveMessage",          "SendMessage",
                         "SendMessageBatch"};
  service.account_of = account_of_queue;
  service.guard = guard;
  service.operations = {writes("CreateQueue", create_queue),
                        reads("GetQueueUrl", get_queue_url),
                        reads("GetQueueAttributes", get_queue_attributes),
                        writes("SetQueueAttributes", set_queue_attributes),
                        reads("ListQueues", list_queues),
                        writes("DeleteQueue", delete_queue),
                        writes("PurgeQueue", purge_queue),
                        writes("TagQueue", tag_queue),
                        writes("UntagQueue", untag_queue),
                        reads("ListQueueTags", list_queue_tags),
                        writes("SendMessage", send_message),
                        writes("SendMessageBatch", send_batch),
                        writes("ReceiveMessage", receive_message),
                        writes("DeleteMessage", delete_message),
                        writes("DeleteMessageBatch", delete_batch),
                        writes("ChangeMessageVisibility", change_visibility),
                        writes("ChangeMessageVisibilityBatch", change_visibility_batch),
                        writes("AddPermission", add_permission),
                        writes("RemovePermission", remove_permission),
                        reads("ListDeadLetterSourceQueues", list_dead_letter_sources),
                        writes("StartMessageMoveTask", start_move_task),
                        writes("CancelMessageMoveTask", cancel_move_task),
                        reads("ListMessageMoveTasks", list_move_tasks)};
  service.reactions = {{.name = "go-on-moving", .react = go_on_moving}};
  return service;
}

}  // namespace mainstay::sqs

#include "services/sqs/sqs.hh"

#include "services/sqs/handlers.hh"

namespace mainstay::sqs {
namespace {

// A queue may be another account's.
std::string account_of_queue(const Value& in) {
  if (in.has("QueueOwnerAWSAccountId")) return in["QueueOwnerAWSAccountId"].as_string();
  return parse_url(in["QueueUrl"].as_string()).account;
}

}  // namespace

cloud::Service make_service() {
  using cloud::reads, cloud::writes;
  cloud::Service service;
  service.name = "sqs";
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
                        writes("ChangeMessageVisibility", change_visibility)};
  return service;
}

}  // namespace mainstay::sqs

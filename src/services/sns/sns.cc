#include "services/sns/sns.hh"

#include "services/sns/handlers.hh"

namespace mainstay::sns {

cloud::Service make_service() {
  using cloud::reads, cloud::writes;
  cloud::Service service;
  service.name = "sns";
  service.calls = {"kms"};
  service.account_of = account_meant;
  service.guard = guard;
  service.refusal_code = "AuthorizationError";
  service.refusal_status = 403;
  // "Logging Amazon SNS API calls using CloudTrail".
  service.data_events = {"Publish", "PublishBatch"};
  service.indexes = {{"sns", "subscription", "Endpoint"}, {"sns", "subscription", "_Token"}};
  service.answer_url = answer_link;
  service.reactions = {{.name = "delivered", .react = after_delivery},
                       {.name = "deliver-by-http", .work = deliver_by_http}};
  service.operations = {writes("CreateTopic", create_topic),
                        writes("DeleteTopic", delete_topic),
                        reads("ListTopics", list_topics),
                        reads("GetTopicAttributes", get_topic_attributes),
                        writes("SetTopicAttributes", set_topic_attributes),
                        writes("AddPermission", add_permission),
                        writes("RemovePermission", remove_permission),
                        writes("TagResource", tag_resource),
                        writes("UntagResource", untag_resource),
                        reads("ListTagsForResource", list_tags),
                        writes("PutDataProtectionPolicy", put_data_protection_policy),
                        reads("GetDataProtectionPolicy", get_data_protection_policy),
                        writes("Subscribe", subscribe),
                        writes("ConfirmSubscription", confirm_subscription),
                        writes("Unsubscribe", unsubscribe),
                        reads("ListSubscriptions", list_subscriptions),
                        reads("ListSubscriptionsByTopic", list_subscriptions_by_topic),
                        reads("GetSubscriptionAttributes", get_subscription_attributes),
                        writes("SetSubscriptionAttributes", set_subscription_attributes),
                        writes("Publish", publish),
                        writes("PublishBatch", publish_batch),
                        writes("SetSMSAttributes", set_sms_attributes),
                        reads("OptInPhoneNumber", opt_in),
                        reads("GetSMSAttributes", get_sms_attributes),
                        reads("CheckIfPhoneNumberIsOptedOut", check_opted_out),
                        reads("ListPhoneNumbersOptedOut", list_opted_out),
                        reads("GetSMSSandboxAccountStatus", get_sandbox_status)};
  return service;
}

}  // namespace mainstay::sns

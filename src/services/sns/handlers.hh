// The operations, by the file that holds them.
#pragma once

#include "services/sns/topic.hh"

namespace mainstay::sns {

#define SNS_HANDLER(name) Result<Value> name(Call& call, const Value& in)

// topic.cc
SNS_HANDLER(create_topic);
SNS_HANDLER(delete_topic);
SNS_HANDLER(list_topics);
SNS_HANDLER(get_topic_attributes);
SNS_HANDLER(set_topic_attributes);
SNS_HANDLER(add_permission);
SNS_HANDLER(remove_permission);
SNS_HANDLER(tag_resource);
SNS_HANDLER(untag_resource);
SNS_HANDLER(list_tags);
SNS_HANDLER(put_data_protection_policy);
SNS_HANDLER(get_data_protection_policy);
// subscription.cc
SNS_HANDLER(subscribe);
SNS_HANDLER(confirm_subscription);
SNS_HANDLER(unsubscribe);
SNS_HANDLER(list_subscriptions);
SNS_HANDLER(list_subscriptions_by_topic);
SNS_HANDLER(get_subscription_attributes);
SNS_HANDLER(set_subscription_attributes);
// publish.cc
SNS_HANDLER(publish);
SNS_HANDLER(publish_batch);
// sms.cc
SNS_HANDLER(get_sms_attributes);
SNS_HANDLER(set_sms_attributes);
SNS_HANDLER(opt_in);
SNS_HANDLER(check_opted_out);
SNS_HANDLER(list_opted_out);
SNS_HANDLER(get_sandbox_status);

#undef SNS_HANDLER

// delivery.cc: how a delivery through the outbox went. http_delivery.cc: one to an HTTP endpoint.
Status after_delivery(Call& call, const Value& how);
Status deliver_by_http(cloud::Cloud& cloud, const cloud::Place& place, const Value& what);

// link.cc: the URLs in messages, which confirm and end subscriptions without a signature.
std::optional<HttpResponse> answer_link(cloud::Cloud& cloud, const HttpRequest& request);

// guard.cc: see cloud::Service
std::string account_meant(const Value& in);
Status guard(Call& call, const Value& in, cloud::Authorization& authorization);

}  // namespace mainstay::sns

// Subscriptions as documents: table "subscription" by "TOPIC:ID", {SubscriptionArn, TopicArn,
// Protocol, Endpoint, Owner, Attributes (texts, as set), _Filter? (parsed), _Principal, _Pending?
// (true), _Token (confirms it), _Authenticated (confirmed
// by a signed request), _SignedUnsubscribe? (only signed requests may end it)}.
#pragma once

#include <string>

#include "services/sns/topic.hh"

namespace mainstay::sns {

extern const cloud::ResourceKind subscription_kind;

void put_subscription(Call& call, const Value& subscription);
// The topic's name, out of the subscription's or topic's ARN.
std::string topic_name_of(const Value& arn);
// All of a topic's, without their counts: the topic is gone.
void remove_subscriptions(Call& call, const std::string& topic_name);

}  // namespace mainstay::sns

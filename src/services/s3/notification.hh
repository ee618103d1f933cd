// What a bucket tells of its objects: to queues, topics and functions that its notification
// configuration names, and to the account's default event bus. Parts of the change that they tell
// of, as deliveries in the outbox.
//
// Sources: S3 user guide, "Event message structure", "Supported event types", "Using EventBridge",
// "EventBridge event schema"; recorded answers of S3.
#pragma once

#include <string_view>

#include "services/s3/bucket.hh"

namespace mainstay::s3 {

// `event` as configurations name it without "s3:" ("ObjectCreated:Put"); `object` is the version's
// document, with its VersionId. Nothing where nobody wants to know.
void tell_event(Call& call, const Value& bucket, std::string_view event, const Value& object);

Result<Value> put_notification(Call& call, const Value& in);

}  // namespace mainstay::s3

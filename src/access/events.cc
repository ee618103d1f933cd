#include "access/events.hh"

#include <algorithm>
#include <set>

#include "base/json.hh"
#include "base/text.hh"

namespace mainstay::access {
namespace {

constexpr int record_depth_max = 128;

Error no_events(const std::string& what) {
  return Error("EventsInvalid", what)
      .with_hint("a CloudTrail log, the answer of LookupEvents, or a record a line are read");
}

Status add_record(const Value& item, List& out) {
  if (out.size() >= events_max)
    return no_events("more than " + std::to_string(events_max) + " records");
  Value record = item;
  if (item.has("CloudTrailEvent")) {
    auto parsed = parse_json(item["CloudTrailEvent"].as_string(), record_depth_max);
    if (!parsed) return no_events("a CloudTrailEvent is not JSON: " + parsed.error().message);
    record = std::move(*parsed);
  }
  if (!record.has("eventName") || !record.has("eventSource"))
    return no_events("record " + std::to_string(out.size() + 1) +
                     " has no eventName and eventSource");
  out.push_back(std::move(record));
  return {};
}

Result<List> records_of(std::string_view text) {
  List out;
  auto whole = parse_json(text, record_depth_max);
  if (whole && !whole->has("eventName")) {
    const Value& list = whole->is_list()        ? *whole
                        : whole->has("Records") ? (*whole)["Records"]
                                                : (*whole)["Events"];
    if (!list.is_list()) return no_events("neither a list nor \"Records\" nor \"Events\"");
    for (const Value& item : list.items()) CHECK_OK(add_record(item, out));
    return out;
  }
  size_t number = 0;
  for (const std::string& line : split(text, "\n")) {
    ++number;
    if (trim(line).empty()) continue;
    auto item = parse_json(line, record_depth_max);
    if (!item)
      return no_events("line " + std::to_string(number) + " is not JSON: " + item.error().message);
    CHECK_OK(add_record(*item, out));
  }
  return out;
}

// CloudTrail writes a model's members with a small first letter ("tableName"); S3's by names of its
// own ("bucketName", "key").
Value input_of(const Value& parameters) {
  Value out = Value::map();
  for (const auto& [name, value] : parameters.members()) {
    std::string member = name == "bucketName" ? "Bucket" : name;
    if (!member.empty() && member[0] >= 'a' && member[0] <= 'z')
      member[0] = static_cast<char>(member[0] - ('a' - 'A'));
    out.set(member, value);
  }
  return out;
}

bool is_of(const Value& record, const std::string& principal) {
  if (principal.empty()) return true;
  const Value& who = record["userIdentity"];
  return who["arn"].as_string() == principal ||
         who["sessionContext"]["sessionIssuer"]["arn"].as_string() == principal;
}

// The ARN that a record itself names, where the request needs one resource only.
std::string named_resource(const Value& record, const actions::Needed& needed) {
  const List& resources = record["resources"].items();
  if (resources.size() != 1 || needed.resources.size() != 1) return "";
  const Value& arn = resources[0].has("ARN") ? resources[0]["ARN"] : resources[0]["arn"];
  bool unsure = needed.resources[0] != "*" && needed.resources[0].contains('*');
  return unsure ? arn.as_string() : "";
}

// What a record tells of the request's circumstances. AWS's endpoints are reached by TLS.
void add_circumstances(const Value& record, policy::Request& request) {
  const std::string& arn = record["userIdentity"]["arn"].as_string();
  if (auto who = policy::Principal::from_text(arn)) request.principal = *who;
  request.principal.add_keys(request.context);
  request.context.set("aws:SecureTransport", "true");
  const std::string& from = record["sourceIPAddress"].as_string();
  if (!from.empty() && from.find_first_not_of("0123456789abcdef.:") == std::string::npos)
    request.context.set("aws:SourceIp", from);
  if (record.has("eventTime"))
    request.context.set("aws:CurrentTime", record["eventTime"].as_string());
  if (record.has("awsRegion"))
    request.context.set("aws:RequestedRegion", record["awsRegion"].as_string());
}

void add_requests(const Value& record, const actions::Operations& operations,
                  std::set<std::string>& seen, Events& out) {
  std::string source = record["eventSource"].as_string();
  std::string service = source.substr(0, source.find('.'));
  actions::Where where;
  where.account = record["recipientAccountId"].as_string();
  if (where.account.empty()) where.account = record["userIdentity"]["accountId"].as_string();
  where.region = record["awsRegion"].as_string();
  for (const actions::Needed& needed :
       operations.needed(service, record["eventName"].as_string(),
                         input_of(record["requestParameters"]), where)) {
    std::string named = named_resource(record, needed);
    for (const std::string& arn : needed.resources) {
      policy::Request request;
      request.action = needed.action;
      request.resource = named.empty() ? arn : named;
      for (const auto& [key, value] : needed.context) request.context.set(key, value);
      add_circumstances(record, request);
      if (seen.insert(request.action + "\n" + request.resource).second)
        out.requests.push_back(std::move(request));
    }
  }
}

}  // namespace

Result<Events> read_events(std::string_view text, const actions::Operations& operations,
                           const std::string& principal) {
  TRY(List records, records_of(text));
  Events out;
  std::set<std::string> seen;
  for (const Value& record : records) {
    if (!is_of(record, principal)) continue;
    ++out.read;
    // What was refused was not needed: the caller lived without it.
    if (!record["errorCode"].as_string().empty())
      ++out.refused;
    else
      add_requests(record, operations, seen, out);
  }
  return out;
}

}  // namespace mainstay::access

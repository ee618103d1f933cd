// Streams.
#include <algorithm>

#include "cloud/paging.hh"
#include "services/logs/event.hh"
#include "services/logs/group.hh"
#include "services/logs/handlers.hh"

namespace mainstay::logs {

const cloud::ResourceKind stream_kind{.table = "stream",
                                      .list = "logStreams",
                                      .missing_code = "ResourceNotFoundException",
                                      .missing = "The specified log stream does not exist.",
                                      .pages = page_words};

namespace {

Value shown_stream(const Call& call, const Value& stream) {
  Value out = Value::map({});
  for (const auto& [name, value] : stream.members())
    if (!name.starts_with('_')) out.set(name, value);
  return out
      .set("arn", group_arn(call, stream["_Group"].as_string()) +
                      ":log-stream:" + stream["logStreamName"].as_string())
      .set("storedBytes", 0);  // "this metric is no longer reported" (LogStream)
}

// By name backwards, or by the time of the last event: what the table's order does not give.
Result<Value> sorted_streams(Call& call, const Value& group, const Value& in) {
  const std::string prefix = stream_prefix(group) + in["logStreamNamePrefix"].as_string();
  bool by_time = in["orderBy"].as_string() == "LastEventTime";
  if (by_time && in.has("logStreamNamePrefix"))
    return invalid("Cannot order by LastEventTime with a logStreamNamePrefix.");
  List streams;
  const store::Documents& all = call.all("stream");
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); ++it)
    streams.push_back(it->second);
  auto key = [&](const Value& s) {
    return (by_time ? time_text(s["lastEventTimestamp"].as_int()) : "") +
           s["logStreamName"].as_string();
  };
  bool descending = in["descending"].as_bool();
  auto comes_before = [&](const std::string& a, const std::string& b) {
    return descending ? a > b : a < b;
  };
  std::sort(streams.begin(), streams.end(),
            [&](const Value& a, const Value& b) { return comes_before(key(a), key(b)); });
  auto from = streams.begin();
  if (in.has("nextToken")) {
    auto last = cloud::read_token(in["nextToken"].as_string());
    if (!last) return invalid("The specified nextToken is invalid.");
    while (from != streams.end() && !comes_before(*last, key(*from))) ++from;
  }
  Value shown = Value::list(), out = Value::map({});
  size_t limit = static_cast<size_t>(in["limit"].as_int(page_words.size_default));
  for (; from != streams.end() && shown.size() < limit; ++from) {
    shown.push_back(shown_stream(call, *from));
    if (shown.size() == limit && from + 1 != streams.end())
      out.set("nextToken", cloud::make_token(key(*from)));
  }
  return out.set("logStreams", std::move(shown));
}

}  // namespace

std::string stream_prefix(const Value& group) {
  return group["_Id"].as_string() + "/";
}

Result<Value> find_stream(const Call& call, const Value& group, const Value& in) {
  return cloud::find_resource(call, stream_kind,
                              stream_prefix(group) + in["logStreamName"].as_string());
}

void put_stream(Call& call, const Value& group, const Value& stream) {
  call.put("stream", stream_prefix(group) + stream["logStreamName"].as_string(), stream);
}

void remove_stream(Call& call, const Value& group, const Value& stream) {
  remove_events(call, stream);
  call.remove("stream", stream_prefix(group) + stream["logStreamName"].as_string());
}

Result<Value> create_log_stream(Call& call, const Value& in) {
  TRY(Value group, find_group(call, in));
  if (find_stream(call, group, in).has_value())
    return aws_error("ResourceAlreadyExistsException", "The specified log stream already exists");
  put_stream(call, group,
             Value::map({{"logStreamName", in["logStreamName"]},
                         {"creationTime", call.now.ms},
                         {"_Id", call.random.hex(16)},
                         {"_Group", group["logGroupName"]},
                         {"_Number", 0},
                         {"_Count", 0},
                         {"_Bytes", 0}}));
  return Value::map({});
}

Result<Value> delete_log_stream(Call& call, const Value& in) {
  TRY(Value group, find_group(call, in));
  TRY(Value stream, find_stream(call, group, in));
  remove_stream(call, group, stream);
  put_group(call, group.set("_Bytes", group["_Bytes"].as_int() - stream["_Bytes"].as_int()));
  return Value::map({});
}

Result<Value> describe_log_streams(Call& call, const Value& in) {
  TRY(Value group, find_group(call, in));
  if (in["orderBy"].as_string() == "LastEventTime" || in["descending"].as_bool())
    return sorted_streams(call, group, in);
  return cloud::list_resources(
      call, stream_kind, in,
      {.prefix = stream_prefix(group) + in["logStreamNamePrefix"].as_string(),
       .has = {},
       .show = [&](const Value& s) { return shown_stream(call, s); }});
}

}  // namespace mainstay::logs

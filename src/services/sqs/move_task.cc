// Message move tasks: dead letters back to where they came from, or to another queue. Documents
// {TaskHandle, Status, SourceArn, DestinationArn?, ...} in "move-task/QUEUE" by the time they
// began; a timer moves a batch and sets itself again. Sources: StartMessageMoveTask and its
// neighbours; words from recorded answers.
#include <algorithm>

#include "base/json.hh"
#include "base/text.hh"
#include "services/sqs/dead_letter.hh"
#include "services/sqs/handlers.hh"
#include "services/sqs/places.hh"

namespace mainstay::sqs {
namespace {

constexpr size_t moved_at_once = 100, tasks_kept = 10;
constexpr int64_t pace_ms = 1000;

std::string tasks_of(const Value& queue) {
  return "move-task/" + queue["_Id"].as_string();
}

std::string timer_of(const std::string& handle) {
  return "move-task/" + handle;
}

Error not_there(const char* parameter) {
  return aws_error("ResourceNotFoundException",
                   std::string("The resource that you specified for the ") + parameter +
                       " parameter doesn't exist.",
                   404);
}

Result<Value> source_queue(const Call& call, const Value& in) {
  Value queue = queue_of_arn(call, in["SourceArn"].as_string());
  if (queue.is_null()) return not_there("SourceArn");
  return queue;
}

const Value* running_task(const Call& call, const Value& queue, std::string* key = nullptr) {
  for (const auto& [id, task] : call.all(tasks_of(queue)))
    if (task["Status"].as_string() == "RUNNING") {
      if (key) *key = id;
      return &task;
    }
  return nullptr;
}

// Moves up to `count`; where one has nowhere to go the task fails, as AWS's does.
void move_some(Call& call, const Value& source, Value& task, size_t count) {
  List found;
  visit_due(call, source, [&](const Value& message) {
    found.push_back(message);
    return found.size() < count;
  });
  for (const Value& message : found) {
    const Value& arn = task.has("DestinationArn") ? task["DestinationArn"] : message["_Source"];
    Value target = queue_of_arn(call, arn.as_string());
    if (target.is_null()) {
      task.set("FailureReason", task.has("DestinationArn")
                                    ? "AWS.SimpleQueueService.NonExistentQueue"
                                    : "CouldNotDetermineMessageSource");
      task.set("Status", "FAILED");
      return;
    }
    Value fresh = message;
    fresh.set("_Received", 0);
    fresh.erase("_First");
    move_message(call, source, target, fresh, Value());
    task.set("ApproximateNumberOfMessagesMoved",
             task["ApproximateNumberOfMessagesMoved"].as_int() + 1);
  }
  if (found.size() < count) task.set("Status", "COMPLETED");
}

Value shown_task(const Value& task) {
  Value out = task;
  if (out["Status"].as_string() == "RUNNING") return out;
  out.erase("TaskHandle");
  return out;
}

}  // namespace

Status go_on_moving(Call& call, const Value& argument) {
  Value source = queue_of_arn(call, argument.as_string());
  if (source.is_null()) return {};
  std::string key;
  const Value* found = running_task(call, source, &key);
  if (!found) return {};
  Value task = *found;
  int64_t rate = task["MaxNumberOfMessagesPerSecond"].as_int();
  size_t count = rate > 0 ? static_cast<size_t>(rate) : moved_at_once;
  const std::string handle = task["TaskHandle"].as_string();
  move_some(call, source, task, count);
  if (task["Status"].as_string() == "RUNNING")
    call.after(rate > 0 ? pace_ms : 0, "go-on-moving", argument, timer_of(handle));
  call.put(tasks_of(source), key, task);
  return {};
}

Result<Value> start_move_task(Call& call, const Value& in) {
  TRY(Value source, source_queue(call, in));
  if (in.has("DestinationArn") && queue_of_arn(call, in["DestinationArn"].as_string()).is_null())
    return not_there("DestinationArn");
  if (sources_of(call, source).empty())
    return invalid_value("Source queue must be configured as a Dead Letter Queue.");
  if (running_task(call, source))
    return invalid_value(
        "There is already a task running. Only one active task is allowed for a source queue arn "
        "at a given time.");
  std::string handle = base64_encode(
      to_json(Value::map({{"taskId", call.random.uuid()}, {"sourceArn", in["SourceArn"]}})));
  Value task = Value::map({{"TaskHandle", handle},
                           {"Status", "RUNNING"},
                           {"SourceArn", in["SourceArn"]},
                           {"ApproximateNumberOfMessagesMoved", 0},
                           {"ApproximateNumberOfMessagesToMove", messages_of(call, source).size()},
                           {"StartedTimestamp", call.now.ms}});
  for (const char* name : {"DestinationArn", "MaxNumberOfMessagesPerSecond"})
    if (in.has(name)) task.set(name, in[name]);
  const store::Documents& all = call.all(tasks_of(source));
  if (all.size() >= tasks_kept) call.remove(tasks_of(source), std::string(all.begin()->first));
  call.put(tasks_of(source), format_iso8601(call.now, true) + "/" + call.random.hex(8), task);
  call.after(0, "go-on-moving", in["SourceArn"], timer_of(handle));
  return Value::map({{"TaskHandle", handle}});
}

Result<Value> cancel_move_task(Call& call, const Value& in) {
  const std::string& handle = in["TaskHandle"].as_string();
  auto read = parse_json(base64_decode(handle).value_or(""));
  if (!read.has_value() || !read->has("sourceArn"))
    return invalid_value("Value for parameter TaskHandle is invalid.");
  Value source = queue_of_arn(call, (*read)["sourceArn"].as_string());
  std::string key;
  const Value* found = source.is_null() ? nullptr : running_task(call, source, &key);
  if (!found || (*found)["TaskHandle"].as_string() != handle)
    return aws_error("ResourceNotFoundException", "Task does not exist.", 404);
  Value task = *found;
  call.cancel_timer(timer_of(handle));
  task.set("Status", "CANCELLED");
  call.put(tasks_of(source), key, task);
  return Value::map(
      {{"ApproximateNumberOfMessagesMoved", task["ApproximateNumberOfMessagesMoved"]}});
}

// The latest first.
Result<Value> list_move_tasks(Call& call, const Value& in) {
  TRY(Value source, source_queue(call, in));
  int64_t asked = in["MaxResults"].as_int(1);
  if (asked < 1 || asked > static_cast<int64_t>(tasks_kept))
    return invalid_parameter(std::to_string(asked), "MaxResults",
                             "Must be between 1 and 10, if provided.");
  List tasks;
  for (const auto& [key, task] : call.all(tasks_of(source))) tasks.push_back(shown_task(task));
  std::reverse(tasks.begin(), tasks.end());
  if (tasks.size() > static_cast<size_t>(asked)) tasks.resize(static_cast<size_t>(asked));
  return Value::map({{"Results", Value(std::move(tasks))}});
}

}  // namespace mainstay::sqs

// A CloudFormation for tests of the workflows: it makes no resources, but stacks go through the
// states that a test asks for, and every call that changes something is written down.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hh"
#include "base/http_message.hh"
#include "base/value.hh"
#include "wire/model.hh"

namespace mainstay::cli {

struct FakeStack {
  std::string id, status, final_status, body;
  int64_t updates = 0;
  int polls_left = 0;  // DescribeStacks calls until final_status
  Value parameters = Value::list(), tags = Value::list();
  Value events = Value::list();  // oldest first
  std::string token;             // of the last request
};

class FakeCloudFormation {
 public:
  explicit FakeCloudFormation(std::shared_ptr<const wire::Model> model)
      : model_(std::move(model)) {}

  HttpResponse handle(HttpRequest&& request);

  // What tests set and look at.
  std::map<std::string, FakeStack> stacks;
  std::map<std::string, FakeStack> deleted;  // by id
  // Whether a look by name shows what was there before the last request.
  std::function<bool()> is_stale = [] { return false; };
  // The same of a look by id: another replica answers, which has not heard of it yet.
  std::function<bool()> is_stale_by_id = [] { return false; };
  std::vector<std::string> log;  // "CreateStack acme-vpc"
  int polls = 2;                 // that an operation takes
  // A template that has this text fails, at the resource called Bad.
  std::string poison = "FAIL";
  std::string failed_delete;         // a stack that can't be deleted
  Value validation = Value::list();  // what DescribeEvents tells of every change set
  bool refuses_change_sets = false;

  size_t count(const std::string& operation) const;

 private:
  Result<Value> answer(const std::string& operation, const Value& in);
  Result<Value> describe(const Value& in);
  Value described(const std::string& name, const FakeStack& stack) const;
  Result<Value> submit(const std::string& operation, const Value& in);
  Result<Value> remove(const Value& in);
  Result<Value> cancel(const Value& in);
  Result<Value> make_change_set(const Value& in);
  Result<Value> end_change_set(const std::string& operation, const Value& in);
  Result<FakeStack*> find(const Value& in);
  void start(FakeStack& stack, const std::string& name, const std::string& verb);
  void event(FakeStack& stack, const std::string& name, const std::string& resource,
             const std::string& status, const std::string& reason);

  std::mutex mutex_;
  std::shared_ptr<const wire::Model> model_;
  std::map<std::string, Value> change_sets_;
  int events_ = 0, made_ = 0;
  std::map<std::string, std::optional<FakeStack>> before_;  // by name
};

}  // namespace mainstay::cli

// What the tests of this room share: a cloud in memory, and stacks taken to their end.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>

#include "base/json.hh"
#include "cloud/cloud.hh"
#include "embedded/embedded.hh"

namespace mainstay::formation::test {

struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mainstay-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

inline constexpr std::string_view account = "123456789012";
inline constexpr std::string_view region = "us-east-1";

inline std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

struct World {
  std::unique_ptr<cloud::Cloud> cloud;

  enum class Later : uint8_t { simulated, threads };  // how what runs outside requests runs

  // Another seed for every start on the same state: with the same one, ids would come again.
  explicit World(std::string directory = "", uint64_t seed = 7, Later later = Later::simulated) {
    cloud::CloudOptions options;
    options.state_directory = std::move(directory);
    options.seed = seed;
    if (later == Later::simulated) {
      options.simulation = seed;
      options.time.mode = cloud::TimePlan::Mode::stepped;
      options.now = [] { return Time{1'800'000'000'000}; };
    }
    auto opened = embedded::open(std::move(options));
    REQUIRE_MESSAGE(opened.has_value(), (opened.has_value() ? "" : opened.error().to_string()));
    cloud = std::move(*opened);
  }

  Result<Value> ask(std::string_view service, std::string_view operation, Value in) {
    return cloud->invoke(cloud::Caller::root_of(account), account, region, service, operation,
                         std::move(in));
  }
  Result<Value> ask(std::string_view operation, Value in) {
    return ask("cloudformation", operation, std::move(in));
  }
  // The answer, or a map with the error's code and message.
  Value get(std::string_view operation, Value in) {
    auto out = ask(operation, std::move(in));
    if (out.has_value()) return *out;
    return Value::map({{"Error", out.error().code}, {"Message", out.error().message}});
  }

  Value stack(const std::string& name) {
    return get("DescribeStacks", Value::map({{"StackName", name}}))["Stacks"].at(0);
  }
  std::string status(const std::string& name) { return stack(name)["StackStatus"].as_string(); }

  // Everything that is due now, without the clock moving on.
  void run_due() {
    while (cloud->agenda().run_one()) {
    }
  }
  // What is due within that time, each at its time.
  void pass(int64_t ms) {
    cloud->agenda().advance(cloud->now() + ms, [] {});
  }
  // Until nothing is in progress, moving the clock where there is nothing else to do. With threads:
  // gives up after a minute, which shows in the state.
  Value settled(const std::string& name) {
    auto rests = [&] { return !status(name).ends_with("_IN_PROGRESS"); };
    if (cloud->agenda().is_simulated()) cloud->agenda().run_until(rests);
    for (int i = 0; i < 30000 && !rests(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return stack(name);
  }

  Value request(const std::string& name, const std::string& body,
                std::initializer_list<std::pair<const char*, const char*>> parameters = {}) {
    Value list = Value::list();
    for (auto [key, text] : parameters)
      list.push_back(Value::map({{"ParameterKey", key}, {"ParameterValue", text}}));
    return Value::map({{"StackName", name},
                       {"TemplateBody", body},
                       {"Parameters", list},
                       {"Capabilities", Value::list({"CAPABILITY_NAMED_IAM"})}});
  }
  Value create(const std::string& name, const std::string& body) {
    Value out = get("CreateStack", request(name, body));
    REQUIRE_MESSAGE(out.has("StackId"), to_json(out));
    return settled(out["StackId"].as_string());
  }
  Value update(const std::string& name, const std::string& body) {
    Value out = get("UpdateStack", request(name, body));
    REQUIRE_MESSAGE(out.has("StackId"), to_json(out));
    return settled(out["StackId"].as_string());
  }
  Value remove(const std::string& name) {
    std::string id = stack(name)["StackId"].as_string();
    Value out = get("DeleteStack", Value::map({{"StackName", name}}));
    REQUIRE_MESSAGE(!out.has("Error"), to_json(out));
    return settled(id);
  }

  // Oldest first: "LogicalId STATUS".
  std::vector<std::string> story(const std::string& name) {
    std::vector<std::string> out;
    Value in = Value::map({{"StackName", name}});
    while (true) {
      Value page = get("DescribeStackEvents", in);
      for (const Value& e : page["StackEvents"].items())
        out.insert(out.begin(),
                   e["LogicalResourceId"].as_string() + " " + e["ResourceStatus"].as_string());
      if (!page.has("NextToken")) return out;
      in.set("NextToken", page["NextToken"]);
    }
  }
  // Reasons in events, newest first.
  std::string reasons(const std::string& name) {
    std::string out;
    Value page = get("DescribeStackEvents", Value::map({{"StackName", name}}));
    for (const Value& e : page["StackEvents"].items())
      if (e.has("ResourceStatusReason"))
        out += e["LogicalResourceId"].as_string() + " " + e["ResourceStatus"].as_string() + ": " +
               e["ResourceStatusReason"].as_string() + "\n";
    return out;
  }
  std::string output(const std::string& name, std::string_view key) {
    Value now = stack(name);
    for (const Value& o : now["Outputs"].items())
      if (o["OutputKey"].as_string() == key) return o["OutputValue"].as_string();
    return "";
  }
  std::string physical(const std::string& name, const std::string& id) {
    Value out =
        get("DescribeStackResource", Value::map({{"StackName", name}, {"LogicalResourceId", id}}));
    return out["StackResourceDetail"]["PhysicalResourceId"].as_string();
  }
};

}  // namespace mainstay::formation::test

// Parameter Store through the pipeline, with a KMS stand-in that seals by adding a prefix: what the
// real one does is its own room's test, and rooms of services do not use each other.
#include "services/ssm/ssm.hh"

#include <doctest/doctest.h>

#include "cloud/call.hh"
#include "cloud/cloud.hh"

namespace mainstay::ssm {
namespace {

Result<Value> seal(cloud::Call&, const Value& in) {
  if (in["KeyId"].as_string() == "alias/none")
    return aws_error("NotFoundException", "Alias alias/none is not found.");
  return Value::map({{"CiphertextBlob", Bytes{in["EncryptionContext"]["PARAMETER_ARN"].as_string() +
                                              "|" + in["Plaintext"].as_bytes()}}});
}

Result<Value> unseal(cloud::Call&, const Value& in) {
  const std::string& blob = in["CiphertextBlob"].as_bytes();
  size_t bar = blob.find('|');
  if (blob.substr(0, bar) != in["EncryptionContext"]["PARAMETER_ARN"].as_string())
    return aws_error("InvalidCiphertextException", "");
  return Value::map({{"Plaintext", Bytes{blob.substr(bar + 1)}}});
}

Result<Value> data_key(cloud::Call& call, const Value& in) {
  std::string key(32, 'k');
  Value request = in;
  TRY(Value out, seal(call, request.set("Plaintext", Bytes{key})));
  return out.set("Plaintext", Bytes{key});
}

struct World {
  std::unique_ptr<cloud::Cloud> cloud;

  World() {
    cloud::CloudOptions options;
    options.seed = 7;
    options.now = [] { return Time{1'700'000'000'000}; };
    cloud::Service kms;
    kms.name = "kms";
    kms.operations = {cloud::reads("Encrypt", seal), cloud::reads("Decrypt", unseal),
                      cloud::reads("GenerateDataKey", data_key)};
    std::vector<cloud::Service> services;
    services.push_back(make_service());
    services.push_back(std::move(kms));
    cloud = std::move(*cloud::Cloud::open(std::move(options), std::move(services)));
  }
  Result<Value> call(const char* operation, Value in) {
    return cloud->invoke(cloud::Caller::root_of("111111111111"), "111111111111", "eu-west-1", "ssm",
                         operation, std::move(in));
  }
  Value ok(const char* operation, Value in) {
    auto out = call(operation, std::move(in));
    if (!out.has_value()) FAIL(operation << ": " << out.error().to_string());
    return *out;
  }
  std::string code(const char* operation, Value in) {
    auto out = call(operation, std::move(in));
    return out.has_value() ? "no error" : out.error().code;
  }
  void put(const std::string& name, const std::string& value, bool overwrite = false) {
    ok("PutParameter",
       Value::map(
           {{"Name", name}, {"Value", value}, {"Type", "String"}, {"Overwrite", overwrite}}));
  }
  std::string get(const std::string& name) {
    return ok("GetParameter", Value::map({{"Name", name}, {"WithDecryption", true}}))
        .at_path("Parameter.Value")
        .as_string();
  }
};

Value parameter(const char* name, Value value, const char* type = "String") {
  return Value::map({{"Name", name}, {"Value", std::move(value)}, {"Type", type}});
}

}  // namespace

TEST_CASE("names that a new parameter may not have") {
  World w;
  struct Case {
    const char *name, *code;
  };
  std::string deep;
  for (int i = 0; i < 16; ++i) deep += "/x";
  for (const Case& c :
       {Case{"a/b", "ValidationException"}, Case{"/a//b", "ValidationException"},
        Case{"/a/", "ValidationException"}, Case{"a b", "ValidationException"},
        Case{"ssm-x", "ValidationException"}, Case{"/aws/x", "AccessDeniedException"},
        Case{deep.c_str(), "HierarchyLevelLimitExceededException"}}) {
    CAPTURE(c.name);
    CHECK(w.code("PutParameter", parameter(c.name, "v")) == c.code);
  }
}

TEST_CASE("versions are named by number and by label, and a label is on one at a time") {
  World w;
  w.put("/a/b", "one");
  w.put("/a/b", "two", true);
  CHECK(w.get("/a/b") == "two");
  CHECK(w.get("/a/b:1") == "one");
  CHECK(w.get("arn:aws:ssm:eu-west-1:111111111111:parameter/a/b") == "two");
  CHECK(w.code("GetParameter", Value::map({{"Name", "/a/b:3"}})) == "ParameterVersionNotFound");
  Value labels = Value::list({"live", "9lives"});
  Value answer = w.ok("LabelParameterVersion",
                      Value::map({{"Name", "/a/b"}, {"ParameterVersion", 1}, {"Labels", labels}}));
  CHECK(answer["InvalidLabels"] == Value::list({"9lives"}));
  CHECK(w.get("/a/b:live") == "one");
  w.ok("LabelParameterVersion", Value::map({{"Name", "/a/b"}, {"Labels", Value::list({"live"})}}));
  CHECK(w.get("/a/b:live") == "two");
}

TEST_CASE("the oldest of a hundred versions goes, unless it has a label") {
  World w;
  w.put("p", "0");
  for (int i = 1; i < 101; ++i) w.put("p", std::to_string(i), true);
  CHECK(w.code("GetParameter", Value::map({{"Name", "p:1"}})) == "ParameterVersionNotFound");
  w.ok("LabelParameterVersion",
       Value::map({{"Name", "p"}, {"ParameterVersion", 2}, {"Labels", Value::list({"keep"})}}));
  Value next = parameter("p", "x");
  CHECK(w.code("PutParameter", next.set("Overwrite", true)) == "ParameterMaxVersionLimitExceeded");
}

TEST_CASE("secrets are ciphertext until decrypted, in both tiers") {
  World w;
  Value standard = parameter("/s", "hidden", "SecureString");
  Value advanced = parameter("/t", std::string(5000, 'x'), "SecureString");
  w.ok("PutParameter", standard);
  w.ok("PutParameter", advanced.set("Tier", "Intelligent-Tiering"));
  CHECK(w.get("/s") == "hidden");
  CHECK(w.get("/t") == std::string(5000, 'x'));
  Value raw = w.ok("GetParameter", Value::map({{"Name", "/s"}}));
  CHECK(raw.at_path("Parameter.Value").as_string() != "hidden");
  Value refused = parameter("/u", "v", "SecureString");
  auto out = w.call("PutParameter", refused.set("KeyId", "alias/none"));
  REQUIRE_FALSE(out.has_value());
  CHECK(out.error().code == "InvalidKeyId");
  CHECK(out.error().message.starts_with("Alias alias/none is not found. (Service: AWSKMS;"));
}

TEST_CASE("paths, filters and pages") {
  World w;
  for (const char* name : {"/a/x", "/a/y", "/a/b/z", "/ab/x", "top"}) w.put(name, "v");
  auto names = [&](const char* operation, Value in) {
    std::string out;
    Value answer = w.ok(operation, std::move(in));
    for (const Value& p : answer["Parameters"].items()) out += p["Name"].as_string() + " ";
    return out;
  };
  CHECK(names("GetParametersByPath", Value::map({{"Path", "/a"}})) == "/a/x /a/y ");
  CHECK(names("GetParametersByPath", Value::map({{"Path", "/a/"}, {"Recursive", true}})) ==
        "/a/b/z /a/x /a/y ");
  CHECK(names("GetParametersByPath", Value::map({{"Path", "/"}})) == "top ");
  Value contains = Value::list(
      {Value::map({{"Key", "Name"}, {"Option", "Contains"}, {"Values", Value::list({"b"})}})});
  CHECK(names("DescribeParameters", Value::map({{"ParameterFilters", contains}})) ==
        "/a/b/z /ab/x ");
  Value first = w.ok("DescribeParameters", Value::map({{"MaxResults", 3}}));
  CHECK(first["Parameters"].size() == 3);
  Value second = w.ok("DescribeParameters", Value::map({{"NextToken", first["NextToken"]}}));
  CHECK(second["Parameters"].size() == 2);
  CHECK_FALSE(second.has("NextToken"));
  CHECK(w.code("DescribeParameters", Value::map({{"NextToken", "nonsense"}})) ==
        "InvalidNextToken");
}

TEST_CASE("public images are made up, and the same every time") {
  World w;
  const char* name = "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2";
  CHECK(w.get(name).starts_with("ami-0"));
  CHECK(w.get(name) == World().get(name));
  CHECK(w.code("GetParameter", Value::map({{"Name", "/aws/service/unheard-of/x"}})) ==
        "ParameterNotFound");
}

}  // namespace mainstay::ssm

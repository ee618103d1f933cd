// KMS through the pipeline: keys that encrypt, sign and expire, over two accounts and a clock.
#include "services/kms/kms.hh"

#include <doctest/doctest.h>

#include "base/digest.hh"
#include "cloud/cloud.hh"
#include "services/kms/key.hh"

namespace mainstay::kms {
namespace {

constexpr const char* home = "111111111111";
constexpr const char* abroad = "222222222222";

struct World {
  Time now{1'700'000'000'000};
  std::unique_ptr<cloud::Cloud> cloud;

  World() {
    cloud::CloudOptions options;
    options.seed = 7;
    options.now = [this] { return now; };
    std::vector<cloud::Service> services;
    services.push_back(make_service());
    cloud = std::move(*cloud::Cloud::open(std::move(options), std::move(services)));
  }
  Result<Value> call(const char* operation, Value in, const char* account = home) {
    return cloud->invoke(cloud::Caller::root_of(account), account, "eu-west-1", "kms", operation,
                         std::move(in));
  }
  Value ok(const char* operation, Value in, const char* account = home) {
    auto out = call(operation, std::move(in), account);
    if (!out.has_value()) FAIL(operation << ": " << out.error().to_string());
    return *out;
  }
  std::string error(const char* operation, Value in, const char* account = home) {
    auto out = call(operation, std::move(in), account);
    return out.has_value() ? "no error" : out.error().code + ": " + out.error().message;
  }
  Value key(Value in = Value::map({})) { return ok("CreateKey", std::move(in))["KeyMetadata"]; }
};

Value bytes(const char* text) {
  return Bytes{text};
}

}  // namespace

TEST_CASE("a ciphertext names its key, and its context must be given again") {
  World w;
  Value key = w.key();
  Value context = Value::map({{"b", "2"}, {"a", "1"}});
  Value sealed = w.ok("Encrypt", Value::map({{"KeyId", key["KeyId"]},
                                             {"Plaintext", bytes("secret")},
                                             {"EncryptionContext", context}}));
  Value other_order = Value::map({{"a", "1"}, {"b", "2"}});
  Value opened = w.ok("Decrypt", Value::map({{"CiphertextBlob", sealed["CiphertextBlob"]},
                                             {"EncryptionContext", other_order}}));
  CHECK(opened["Plaintext"].as_bytes() == "secret");
  CHECK(opened["KeyId"] == key["Arn"]);
  CHECK(w.error("Decrypt", Value::map({{"CiphertextBlob", sealed["CiphertextBlob"]}})) ==
        "InvalidCiphertextException: ");
  CHECK(w.error("Decrypt", Value::map({{"CiphertextBlob", bytes("no ciphertext")}})) ==
        "InvalidCiphertextException: ");
  CHECK(w.error("Decrypt", Value::map({{"CiphertextBlob", sealed["CiphertextBlob"]},
                                       {"EncryptionContext", context},
                                       {"KeyId", w.key()["Arn"]}})) ==
        "IncorrectKeyException: The key ID in the request does not identify a CMK that can perform "
        "this operation.");
}

TEST_CASE("old material still decrypts after a rotation") {
  World w;
  Value key = w.key();
  Value named = Value::map({{"KeyId", key["KeyId"]}});
  Value request = Value::map({{"KeyId", key["KeyId"]}, {"Plaintext", bytes("x")}});
  Value before = w.ok("Encrypt", request);
  w.ok("RotateKeyOnDemand", named);
  Value after = w.ok("Encrypt", request);
  Value first = w.ok("Decrypt", Value::map({{"CiphertextBlob", before["CiphertextBlob"]}}));
  Value second = w.ok("Decrypt", Value::map({{"CiphertextBlob", after["CiphertextBlob"]}}));
  CHECK(first["Plaintext"] == second["Plaintext"]);
  CHECK(first["KeyMaterialId"] != second["KeyMaterialId"]);
  CHECK(w.ok("ListKeyRotations", named)["Rotations"].size() == 1);
}

TEST_CASE("an AWS-managed key comes to be when it is first used, and only then") {
  World w;
  CHECK(w.ok("ListKeys", Value::map({}))["Keys"].empty());
  Value alias = Value::map({{"KeyId", "alias/aws/s3"}, {"KeySpec", "AES_256"}});
  Value data_key = w.ok("GenerateDataKey", alias);
  CHECK(data_key["Plaintext"].as_bytes().size() == 32);
  CHECK(w.ok("GenerateDataKey", alias)["KeyId"] == data_key["KeyId"]);
  Value described = w.ok("DescribeKey", Value::map({{"KeyId", data_key["KeyId"]}}));
  CHECK(described.at_path("KeyMetadata.KeyManager").as_string() == "AWS");
  CHECK(w.error("DisableKey", Value::map({{"KeyId", data_key["KeyId"]}}))
            .starts_with("AccessDeniedException: "));
}

TEST_CASE("states of a key, in AWS's words, and deletion by time") {
  World w;
  Value key = w.key();
  std::string arn = key["Arn"].as_string();
  Value named = Value::map({{"KeyId", key["KeyId"]}});
  Value request = Value::map({{"KeyId", key["KeyId"]}, {"Plaintext", bytes("x")}});
  w.ok("CreateAlias", Value::map({{"AliasName", "alias/a"}, {"TargetKeyId", key["KeyId"]}}));
  w.ok("DisableKey", named);
  CHECK(w.error("Encrypt", request) == "DisabledException: " + arn + " is disabled.");
  w.ok("ScheduleKeyDeletion", Value::map({{"KeyId", key["KeyId"]}, {"PendingWindowInDays", 7}}));
  CHECK(w.error("Encrypt", request) ==
        "KMSInvalidStateException: " + arn + " is pending deletion.");
  w.now = w.now + 7 * day_ms;
  CHECK(w.error("DescribeKey", named) == "NotFoundException: Key '" + arn + "' does not exist");
  CHECK(w.error("DescribeKey", Value::map({{"KeyId", "alias/a"}})) ==
        "NotFoundException: Alias arn:aws:kms:eu-west-1:111111111111:alias/a is not found.");
  CHECK(w.ok("ListAliases", Value::map({}))["Aliases"].empty());
}

TEST_CASE("keys of another account are used by ARN and managed only at home") {
  World w;
  Value key = w.key();
  Value use = Value::map({{"KeyId", key["Arn"]}, {"Plaintext", bytes("x")}});
  CHECK(w.error("Encrypt", use, abroad)
            .ends_with("because no resource-based policy allows the kms:Encrypt action"));
  w.ok("PutKeyPolicy",
       Value::map({{"KeyId", key["KeyId"]},
                   {"Policy", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                     "Principal": {"AWS": ["111111111111", "222222222222"]},
                     "Action": "kms:*", "Resource": "*"}]})"}}));
  Value sealed = w.ok("Encrypt", use, abroad);
  CHECK(w.ok("Decrypt", Value::map({{"CiphertextBlob", sealed["CiphertextBlob"]}}),
             abroad)["Plaintext"]
            .as_bytes() == "x");
  Value theirs = w.ok("CreateKey", Value::map({}), abroad)["KeyMetadata"];
  Value moved = w.ok("ReEncrypt",
                     Value::map({{"CiphertextBlob", sealed["CiphertextBlob"]},
                                 {"DestinationKeyId", theirs["KeyId"]}}),
                     abroad);
  CHECK(moved["KeyId"] == theirs["Arn"]);
  CHECK(w.error("DisableKey", Value::map({{"KeyId", key["Arn"]}}), abroad)
            .starts_with("AccessDeniedException: "));
}

TEST_CASE("every signing algorithm verifies its own signature and no other message's") {
  World w;
  for (const char* spec : {"RSA_2048", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_SECG_P256K1"}) {
    Value key = w.key(Value::map({{"KeySpec", spec}, {"KeyUsage", "SIGN_VERIFY"}}));
    for (const Value& algorithm : key["SigningAlgorithms"].items()) {
      CAPTURE(algorithm.as_string());
      Value request = Value::map(
          {{"KeyId", key["KeyId"]}, {"Message", bytes("hello")}, {"SigningAlgorithm", algorithm}});
      Value verification = request;
      verification.set("Signature", w.ok("Sign", request)["Signature"]);
      CHECK(w.ok("Verify", verification)["SignatureValid"].as_bool());
      verification.set("Message", bytes("other"));
      CHECK(w.error("Verify", verification) == "KMSInvalidSignatureException: ");
    }
  }
}

TEST_CASE("RSA encrypts, HMAC keys make MACs, and neither does the other's work") {
  World w;
  Value rsa = w.key(Value::map({{"KeySpec", "RSA_2048"}, {"KeyUsage", "ENCRYPT_DECRYPT"}}));
  for (const Value& algorithm : rsa["EncryptionAlgorithms"].items()) {
    Value request = Value::map({{"KeyId", rsa["KeyId"]}, {"EncryptionAlgorithm", algorithm}});
    Value opening = request;
    request.set("Plaintext", bytes("x"));
    opening.set("CiphertextBlob", w.ok("Encrypt", request)["CiphertextBlob"]);
    CHECK(w.ok("Decrypt", opening)["Plaintext"].as_bytes() == "x");
  }
  Value mac = w.key(Value::map({{"KeySpec", "HMAC_256"}, {"KeyUsage", "GENERATE_VERIFY_MAC"}}));
  Value request = Value::map(
      {{"KeyId", mac["KeyId"]}, {"Message", bytes("m")}, {"MacAlgorithm", "HMAC_SHA_256"}});
  Value check = request;
  check.set("Mac", w.ok("GenerateMac", request)["Mac"]);
  CHECK(w.ok("VerifyMac", check)["MacValid"].as_bool());
  check.set("Message", bytes("n"));
  CHECK(w.error("VerifyMac", check) == "KMSInvalidMacException: ");
  CHECK(w.error("Encrypt", Value::map({{"KeyId", mac["KeyId"]}, {"Plaintext", bytes("x")}})) ==
        "InvalidKeyUsageException: " + mac["Arn"].as_string() +
            " key usage is GENERATE_VERIFY_MAC which is not valid for Encrypt.");
}

TEST_CASE("grants are found by key, by principal and by token, and go") {
  World w;
  Value key = w.key();
  Value terms = Value::map({{"KeyId", key["KeyId"]},
                            {"Name", "g"},
                            {"GranteePrincipal", "arn:aws:iam::222222222222:role/r"},
                            {"RetiringPrincipal", "arn:aws:iam::111111111111:role/q"},
                            {"Operations", Value::list({"Decrypt"})}});
  Value grant = w.ok("CreateGrant", terms);
  CHECK(w.ok("CreateGrant", terms) == grant);
  CHECK(w.ok("ListGrants", Value::map({{"KeyId", key["KeyId"]}}))["Grants"].size() == 1);
  CHECK(w.ok("ListRetirableGrants",
             Value::map({{"RetiringPrincipal", terms["RetiringPrincipal"]}}))["Grants"]
            .size() == 1);
  w.ok("RetireGrant", Value::map({{"GrantToken", grant["GrantToken"]}}));
  CHECK(w.ok("ListGrants", Value::map({{"KeyId", key["KeyId"]}}))["Grants"].empty());
}

}  // namespace mainstay::kms

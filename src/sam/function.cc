// AWS::Serverless::Function ("CloudFormation resources generated when AWS::Serverless::Function is
// specified").
#include "sam/translation.hh"

namespace mainstay::sam {
namespace {

// As Lambda has them.
constexpr std::initializer_list<const char*> lambda_properties = {"FunctionName",
                                                                  "Handler",
                                                                  "Runtime",
                                                                  "MemorySize",
                                                                  "Timeout",
                                                                  "Description",
                                                                  "VpcConfig",
                                                                  "Environment",
                                                                  "KmsKeyArn",
                                                                  "Layers",
                                                                  "Architectures",
                                                                  "EphemeralStorage",
                                                                  "PackageType",
                                                                  "FileSystemConfigs",
                                                                  "ReservedConcurrentExecutions",
                                                                  "ImageConfig",
                                                                  "CodeSigningConfigArn",
                                                                  "SnapStart",
                                                                  "LoggingConfig",
                                                                  "RuntimeManagementConfig",
                                                                  "RecursiveLoop"};
constexpr std::initializer_list<const char*> own_properties = {"CodeUri",
                                                               "InlineCode",
                                                               "ImageUri",
                                                               "Policies",
                                                               "Role",
                                                               "RolePath",
                                                               "PermissionsBoundary",
                                                               "AssumeRolePolicyDocument",
                                                               "Events",
                                                               "Tracing",
                                                               "DeadLetterQueue",
                                                               "Tags",
                                                               "AutoPublishAlias",
                                                               "AutoPublishCodeSha256",
                                                               "AutoPublishAliasAllProperties",
                                                               "VersionDescription",
                                                               "VersionDeletionPolicy",
                                                               "ProvisionedConcurrencyConfig",
                                                               "EventInvokeConfig",
                                                               "FunctionUrlConfig",
                                                               "PropagateTags"};

class FunctionMaker {
 public:
  explicit FunctionMaker(const Maker& m) : m_(m) {}

  void make() {
    m_.check_known({&lambda_properties, &own_properties});
    if (m_["PropagateTags"].as_bool()) m_.fault("mainstay does not transform PropagateTags.");
    code_ = code();
    if (code_.is_null()) return;
    alias_ = m_.all().known_text(m_["AutoPublishAlias"]);
    put_function();
    put_version_and_alias();
    Invoked invoked{attribute_of(m_.id(), "Arn"), reference_to(m_.id())};
    if (!alias_.empty()) invoked.arn = invoked.name = reference_to(alias_id());
    make_events(m_, invoked, policies_);
    put_invoke_config();
    put_url();
    put_role();
  }

 private:
  std::string alias_id() const { return m_.id() + "Alias" + alias_; }
  std::string role_id() const { return m_.id() + "Role"; }

  Value code() const {
    bool is_image = m_.has("ImageUri") || m_["PackageType"].as_string() == "Image";
    if (is_image && m_.has("ImageUri")) return Value::map({{"ImageUri", m_["ImageUri"]}});
    if (m_.has("InlineCode")) return Value::map({{"ZipFile", m_["InlineCode"]}});
    if (!m_.has("CodeUri")) {
      m_.fault("Either 'InlineCode' or 'CodeUri' must be set.");
      return {};
    }
    Value location = code_location(m_["CodeUri"]);
    if (location.is_null())
      m_.fault(
          "'CodeUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId "
          "query parameter.");
    return location;
  }

  void put_function() {
    Value p = m_.copied(lambda_properties);
    p.set("Code", code_);
    if (code_.has("ImageUri")) p.set("PackageType", "Image");
    p.set("Role", m_.has("Role") ? m_["Role"] : attribute_of(role_id(), "Arn"));
    if (m_.has("Tracing") && m_["Tracing"].as_string() != "Disabled")
      p.set("TracingConfig", Value::map({{"Mode", m_["Tracing"]}}));
    if (m_.has("DeadLetterQueue")) {
      const Value& target = m_["DeadLetterQueue"]["TargetArn"];
      p.set("DeadLetterConfig", Value::map({{"TargetArn", target}}));
      take_dead_letters(target);
    }
    p.set("Tags", tag_list(m_["Tags"]));
    m_.put_main("AWS::Lambda::Function", std::move(p));
  }

  void add_document(const std::string& name, const char* action, const Value& resource) {
    Value statement = Value::map({{"Action", action}, {"Effect", "Allow"}, {"Resource", resource}});
    policies_.documents.push_back(Value::map(
        {{"PolicyName", name},
         {"PolicyDocument", Value::map({{"Version", "2012-10-17"},
                                        {"Statement", Value::list({std::move(statement)})}})}}));
  }

  void take_dead_letters(const Value& target) {
    const std::string& type = m_["DeadLetterQueue"]["Type"].as_string();
    if (type != "SQS" && type != "SNS")
      return m_.fault("'DeadLetterQueue' requires Type of ['SQS', 'SNS'] to be specified.");
    add_document("DeadLetterQueuePolicy", type == "SQS" ? "sqs:SendMessage" : "sns:Publish",
                 target);
  }

  // A version is made anew whenever the code changes: its id is made of where that is.
  void put_version_and_alias() {
    if (!m_.has("AutoPublishAlias")) return;
    if (alias_.empty())
      return m_.fault("'AutoPublishAlias' must be a string or a Ref to a template parameter");
    std::string hash = hash_of(code_);
    if (m_.has("AutoPublishCodeSha256"))
      hash = m_.all().known_text(m_["AutoPublishCodeSha256"]).substr(0, hash.size());
    else if (m_["AutoPublishAliasAllProperties"].as_bool())
      hash = hash_of(m_.all().resources[m_.id()]["Properties"]);
    std::string version = m_.id() + "Version" + hash;
    Value p = Value::map({{"FunctionName", reference_to(m_.id())}});
    if (m_.has("VersionDescription")) p.set("Description", m_["VersionDescription"]);
    m_.put(version, "AWS::Lambda::Version", std::move(p));
    m_.made(version).set("DeletionPolicy", m_.has("VersionDeletionPolicy")
                                               ? m_["VersionDeletionPolicy"]
                                               : Value("Retain"));
    Value alias = Value::map({{"Name", alias_},
                              {"FunctionName", reference_to(m_.id())},
                              {"FunctionVersion", attribute_of(version, "Version")}});
    if (m_.has("ProvisionedConcurrencyConfig"))
      alias.set("ProvisionedConcurrencyConfig", m_["ProvisionedConcurrencyConfig"]);
    m_.put(alias_id(), "AWS::Lambda::Alias", std::move(alias));
    m_.all().renamed[m_.id() + ".Alias"] = alias_id();
    m_.all().renamed[m_.id() + ".Version"] = version;
  }

  // EventInvokeConfiguration: where what an asynchronous event led to is sent.
  Value destination(const char* when) {
    const Value& to = m_["EventInvokeConfig"]["DestinationConfig"][when];
    const std::string& type = to["Type"].as_string();
    const std::string policy = m_.id() + "EventInvokeConfig" + when;
    if (!to.has("Destination")) {
      m_.fault(
          "mainstay does not make the destination of an EventInvokeConfig: give its ARN as "
          "Destination.");
      return {};
    }
    if (type == "SQS") add_document(policy + "SQSPolicy", "sqs:SendMessage", to["Destination"]);
    if (type == "SNS") add_document(policy + "SNSPolicy", "sns:publish", to["Destination"]);
    if (type == "Lambda")
      add_document(policy + "LambdaPolicy", "lambda:InvokeFunction", to["Destination"]);
    if (type == "EventBridge")
      add_document(policy + "EventBridgePolicy", "events:PutEvents", to["Destination"]);
    return Value::map({{"Destination", to["Destination"]}});
  }

  void put_invoke_config() {
    const Value& config = m_["EventInvokeConfig"];
    if (!config.is_map()) return;
    Value p = Value::map({{"FunctionName", reference_to(m_.id())},
                          {"Qualifier", alias_.empty() ? "$LATEST" : alias_}});
    for (const char* name : {"MaximumEventAgeInSeconds", "MaximumRetryAttempts"})
      if (config.has(name)) p.set(name, config[name]);
    for (const char* when : {"OnSuccess", "OnFailure"})
      if (config["DestinationConfig"].has(when))
        p.member("DestinationConfig").set(when, destination(when));
    m_.put(m_.id() + "EventInvokeConfig", "AWS::Lambda::EventInvokeConfig", std::move(p));
  }

  void put_url() {
    const Value& config = m_["FunctionUrlConfig"];
    if (!config.is_map()) return;
    Value p = Value::map({{"TargetFunctionArn", reference_to(m_.id())}});
    if (!alias_.empty()) p.set("Qualifier", alias_);
    for (const char* name : {"AuthType", "Cors", "InvokeMode"})
      if (config.has(name)) p.set(name, config[name]);
    std::string id = m_.id() + "Url";
    m_.put(id, "AWS::Lambda::Url", std::move(p));
    if (!alias_.empty()) m_.made(id).set("DependsOn", alias_id());
    if (config["AuthType"].as_string() != "NONE") return;
    Value function = alias_.empty() ? reference_to(m_.id()) : reference_to(alias_id());
    m_.put(id + "PublicPermissions", "AWS::Lambda::Permission",
           Value::map({{"Action", "lambda:InvokeFunctionUrl"},
                       {"FunctionName", std::move(function)},
                       {"FunctionUrlAuthType", "NONE"},
                       {"Principal", "*"}}));
  }

  std::string managed(const std::string& name) const {
    return "arn:" + m_.all().around.partition + ":iam::aws:policy/" + name;
  }

  Value trust() const {
    if (m_.has("AssumeRolePolicyDocument")) return m_["AssumeRolePolicyDocument"];
    Value service = Value::map({{"Service", Value::list({"lambda.amazonaws.com"})}});
    Value statement = Value::map({{"Action", Value::list({"sts:AssumeRole"})},
                                  {"Effect", "Allow"},
                                  {"Principal", std::move(service)}});
    return Value::map(
        {{"Version", "2012-10-17"}, {"Statement", Value::list({std::move(statement)})}});
  }

  void put_role() {
    if (m_.has("Role")) return;
    RolePolicies all;
    all.managed.push_back(managed("service-role/AWSLambdaBasicExecutionRole"));
    if (m_["Tracing"].as_string() == "Active")
      all.managed.push_back(managed("AWSXRayDaemonWriteAccess"));
    if (m_.has("VpcConfig"))
      all.managed.push_back(managed("service-role/AWSLambdaVPCAccessExecutionRole"));
    for (const Value& arn : policies_.managed.items()) all.managed.push_back(arn);
    read_policies(m_, role_id(), all);
    for (const Value& document : policies_.documents.items()) all.documents.push_back(document);
    Value p = Value::map(
        {{"AssumeRolePolicyDocument", trust()}, {"ManagedPolicyArns", std::move(all.managed)}});
    if (!all.documents.empty()) p.set("Policies", std::move(all.documents));
    if (m_.has("PermissionsBoundary")) p.set("PermissionsBoundary", m_["PermissionsBoundary"]);
    if (m_.has("RolePath")) p.set("Path", m_["RolePath"]);
    p.set("Tags", tag_list(m_["Tags"]));
    m_.put(role_id(), "AWS::IAM::Role", std::move(p));
  }

  const Maker& m_;
  Value code_;
  std::string alias_;
  RolePolicies policies_;
};

}  // namespace

void make_function(const Maker& m) {
  FunctionMaker(m).make();
}

}  // namespace mainstay::sam

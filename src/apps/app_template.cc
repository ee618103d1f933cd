#include "apps/app_template.hh"

#include "apps/shelf.hh"
#include "base/json.hh"

namespace mainstay::apps {
namespace {

// Logical ids are alphanumeric: of "my-web" it is "MyWeb".
std::string id_of(const std::string& process, std::string_view kind) {
  std::string out;
  bool begins = true;
  for (char c : process) {
    if (c == '-' || c == '_') {
      begins = true;
      continue;
    }
    out += begins && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    begins = false;
  }
  return out + std::string(kind);
}

Value reference(const std::string& id) {
  return Value::map({{"Ref", id}});
}
Value arn_of(const std::string& id) {
  return Value::map({{"Fn::GetAtt", Value::list({id, "Arn"})}});
}
Value sub(const std::string& text) {
  return Value::map({{"Fn::Sub", text}});
}

Value role(Value policies) {
  Value trust = Value::map(
      {{"Version", "2012-10-17"},
       {"Statement", Value::list({Value::map(
                         {{"Effect", "Allow"},
                          {"Principal", Value::map({{"Service", "ecs-tasks.amazonaws.com"}})},
                          {"Action", "sts:AssumeRole"}})})}});
  return Value::map({{"Type", "AWS::IAM::Role"},
                     {"Properties", Value::map({{"AssumeRolePolicyDocument", trust},
                                                {"Policies", std::move(policies)}})}});
}

Value policy(const std::string& name, Value document) {
  return Value::list({Value::map({{"PolicyName", name}, {"PolicyDocument", std::move(document)}})});
}

// The agent reads the values of this application's variables, and nothing else.
Value execution_role(const App& app) {
  Value statement = Value::map(
      {{"Effect", "Allow"},
       {"Action", Value::list({"ssm:GetParameters"})},
       {"Resource",
        sub("arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/mainstay/apps/" +
            app.name + "/config/*")}});
  return role(policy("variables", Value::map({{"Version", "2012-10-17"},
                                              {"Statement", Value::list({statement})}})));
}

Value task_role(const App& app) {
  if (app.task_policy.empty()) return role(Value::list());
  return role(policy("task", parse_json(app.task_policy).value_or(Value::map({}))));
}

Value container_of(const App& app, const Release& release, const Process& process) {
  Value environment = Value::list(), secrets = Value::list(), ports = Value::list();
  for (const auto& [name, value] : own_environment(app, release, process))
    environment.push_back(Value::map({{"Name", name}, {"Value", value}}));
  for (const auto& [name, number] : release.variables)
    secrets.push_back(Value::map(
        {{"Name", name},
         {"ValueFrom", sub("arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter" +
                           Shelf::variable_parameter(app, name, number))}}));
  for (int64_t port : process.ports) ports.push_back(Value::map({{"ContainerPort", port}}));
  Value out = Value::map(
      {{"Name", process.name},
       {"Image", release.image},
       {"Cpu", process.size.cpu},
       {"Memory", process.size.memory},
       {"Essential", true},
       {"Environment", environment},
       {"DockerLabels", Value::map({{"app", app.name},
                                    {"process", process.name},
                                    {"release", "v" + std::to_string(release.number)}})}});
  if (!secrets.empty()) out.set("Secrets", secrets);
  if (!ports.empty()) out.set("PortMappings", ports);
  if (!process.command.empty()) out.set("Command", Value::texts(process.command));
  return out;
}

Value definition_of(const App& app, const Release& release, const Process& process) {
  // The application's own bind every process; a process adds to them and never replaces them.
  Value constraints = Value::list();
  for (const auto* list : {&app.constraints, &process.constraints})
    for (const std::string& expression : *list)
      constraints.push_back(Value::map({{"Type", "memberOf"}, {"Expression", expression}}));
  Value properties =
      Value::map({{"Family", app.name + "-" + process.name},
                  {"TaskRoleArn", arn_of("TaskRole")},
                  {"ExecutionRoleArn", arn_of("ExecutionRole")},
                  {"NetworkMode", process.ports.empty() ? "none" : "bridge"},
                  {"ContainerDefinitions", Value::list({container_of(app, release, process)})}});
  if (!constraints.empty()) properties.set("PlacementConstraints", constraints);
  return Value::map({{"Type", "AWS::ECS::TaskDefinition"}, {"Properties", properties}});
}

Value service_of(const App& app, const Process& process) {
  Value breaker = Value::map({{"Enable", true}, {"Rollback", true}});
  Value properties = Value::map(
      {{"Cluster", app.cluster},
       {"ServiceName", app.name + "-" + process.name},
       {"TaskDefinition", reference(id_of(process.name, "Task"))},
       {"DesiredCount", process.count},
       {"DeploymentConfiguration", Value::map({{"DeploymentCircuitBreaker", breaker}})}});
  Value strategies = Value::list();
  for (const Value& one : process.strategies) {
    Value strategy = Value::map({{"Type", one["type"]}});
    if (one.has("field")) strategy.set("Field", one["field"]);
    strategies.push_back(std::move(strategy));
  }
  if (!strategies.empty()) properties.set("PlacementStrategies", strategies);
  return Value::map({{"Type", "AWS::ECS::Service"}, {"Properties", properties}});
}

}  // namespace

std::string service_id(const std::string& process) {
  return id_of(process, "Service");
}

std::map<std::string, std::string> own_environment(const App& app, const Release& release,
                                                   const Process& process) {
  std::map<std::string, std::string> out = process.environment;
  out["EMPIRE_APPNAME"] = app.name;
  out["EMPIRE_PROCESS"] = process.name;
  out["EMPIRE_RELEASE"] = "v" + std::to_string(release.number);
  out["SOURCE"] = app.name + "." + process.name + ".v" + std::to_string(release.number);
  if (!process.ports.empty()) out.try_emplace("PORT", std::to_string(process.ports.front()));
  return out;
}

Value template_of(const App& app, const Release& release) {
  Value resources =
      Value::map({{"TaskRole", task_role(app)}, {"ExecutionRole", execution_role(app)}});
  Value outputs = Value::map({{"TaskRole", Value::map({{"Value", arn_of("TaskRole")}})}});
  for (const Process& process : release.processes) {
    resources.set(id_of(process.name, "Task"), definition_of(app, release, process));
    outputs.set(id_of(process.name, "Task"),
                Value::map({{"Value", reference(id_of(process.name, "Task"))}}));
    if (process.is_service) resources.set(service_id(process.name), service_of(app, process));
  }
  return Value::map(
      {{"Description", "Application " + app.name + ", release v" + std::to_string(release.number)},
       {"Resources", resources},
       {"Outputs", outputs}});
}

}  // namespace mainstay::apps

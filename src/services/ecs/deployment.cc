#include "services/ecs/deploy.hh"

namespace mainstay::ecs {

void begin_deployment(Call& call, Value& service) {
  Value deployments = Value::list();
  std::string number;
  while (number.size() < 19) number += static_cast<char>('0' + call.random.below(10));
  Value fresh =
      Value::map({{"id", "ecs-svc/" + number},
                  {"status", "PRIMARY"},
                  {"taskDefinition", service["taskDefinition"]},
                  {"desiredCount", service["desiredCount"]},
                  {"pendingCount", 0},
                  {"runningCount", 0},
                  {"failedTasks", 0},
                  {"createdAt", call.now},
                  {"updatedAt", call.now},
                  {"launchType", service["launchType"]},
                  {"rolloutState", "IN_PROGRESS"},
                  {"rolloutStateReason", "ECS deployment ecs-svc/" + number + " in progress."}});
  if (service.has("networkConfiguration"))
    fresh.set("networkConfiguration", service["networkConfiguration"]);
  deployments.push_back(std::move(fresh));
  for (Value before : service["deployments"].items())
    deployments.push_back(before.set("status", "ACTIVE").set("desiredCount", 0));
  service.set("deployments", deployments);
  service.erase("_Quiet");
}

}  // namespace mainstay::ecs

#include "embedded/embedded.hh"

#include "base/text.hh"
#include "embedded/services.hh"
#include "formation/formation.hh"
#include "host/clock.hh"
#include "host/files.hh"
#include "host/surroundings.hh"
#include "services/cloudtrail/cloudtrail.hh"
#include "services/cloudwatch/cloudwatch.hh"
#include "services/dynamodb/dynamodb.hh"
#include "services/ec2/ec2.hh"
#include "services/ecs/ecs.hh"
#include "services/events/events.hh"
#include "services/iam/iam.hh"
#include "services/kms/kms.hh"
#include "services/lambda/lambda.hh"
#include "services/logs/logs.hh"
#include "services/organizations/organizations.hh"
#include "services/rds/rds.hh"
#include "services/route53/route53.hh"
#include "services/s3/s3.hh"
#include "services/scheduler/scheduler.hh"
#include "services/secretsmanager/secretsmanager.hh"
#include "services/sns/sns.hh"
#include "services/sqs/sqs.hh"
#include "services/ssm/ssm.hh"
#include "services/sts/sts.hh"

namespace mainstay::embedded {

std::vector<cloud::Service> services() {
  std::vector<cloud::Service> out;
  out.push_back(formation::make_service());
  out.push_back(cloudtrail::make_service());
  out.push_back(cloudwatch::make_service());
  out.push_back(dynamodb::make_service());
  out.push_back(ec2::make_service());
  out.push_back(ecs::make_service());
  out.push_back(events::make_service());
  out.push_back(iam::make_service());
  out.push_back(kms::make_service());
  out.push_back(lambda::make_service());
  out.push_back(logs::make_service());
  out.push_back(organizations::make_service());
  out.push_back(rds::make_service());
  out.push_back(route53::make_service());
  out.push_back(s3::make_service());
  out.push_back(scheduler::make_service());
  out.push_back(secretsmanager::make_service());
  out.push_back(sns::make_service());
  out.push_back(sqs::make_service());
  out.push_back(ssm::make_service());
  out.push_back(sts::make_service());
  return out;
}

Result<std::unique_ptr<cloud::Cloud>> open(cloud::CloudOptions options) {
  if (!options.now) options.now = [] { return RealClock().now(); };
  // Set by the tests of clients: a member that a model lacks is an error, but for the services
  // named.
  if (const char* unchecked = std::getenv("MAINSTAY_CHECK_OUTPUTS_BUT")) {
    auto names = split(unchecked, ",");
    options.check_outputs_but.emplace(names.begin(), names.end());
  }
  return cloud::Cloud::open(std::move(options), services());
}

Result<std::unique_ptr<cloud::Cloud>> fork(cloud::Cloud& cloud) {
  return cloud.fork(services());
}

Result<std::string> default_state_directory(const Environment& environment) {
  if (std::string state = environment.text("MAINSTAY_STATE"); !state.empty()) return state;
  std::string state_home = environment.text("XDG_STATE_HOME"), home = environment.text("HOME");
  if (state_home.starts_with('/')) return state_home + "/mainstay/cloud";
  if (home.starts_with('/')) return home + "/.local/state/mainstay/cloud";
  return Error("HomeMissing", "there is no place for the embedded cloud's state: HOME is " +
                                  (home.empty() ? std::string("not set") : "\"" + home + "\""))
      .with_hint("give --state DIR or --memory, or set MAINSTAY_STATE or HOME");
}

std::string owner_line(const std::string& endpoint) {
  return "process " + std::to_string(process_id()) + ", mainstay cloud serve, " + endpoint;
}

std::optional<std::string> serving_endpoint(const std::string& state_directory) {
  constexpr size_t line_bytes_max = 512;
  auto line = RealFiles().read(state_directory + "/lock", line_bytes_max);
  if (!line.has_value()) return std::nullopt;
  size_t at = line->find("http://");
  if (at == std::string::npos) return std::nullopt;
  return std::string(trim(line->substr(at)));
}

}  // namespace mainstay::embedded

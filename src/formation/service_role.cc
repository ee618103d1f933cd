#include "formation/service_role.hh"

#include "cloud/call.hh"
#include "cloud/cloud.hh"
#include "cloud/role_session.hh"

namespace mainstay::formation {

Result<cloud::Caller> session_of_role(cloud::Call& call, const std::string& role_arn) {
  Result<cloud::Caller> session = cloud::Caller();
  call.outside([&] {
    session = cloud::session_of_role(call.cloud, call.account, call.region,
                                     "cloudformation.amazonaws.com", role_arn, "AWSCloudFormation");
  });
  if (!session.has_value()) return aws_error("ValidationError", session.error().message);
  return session;
}

}  // namespace mainstay::formation

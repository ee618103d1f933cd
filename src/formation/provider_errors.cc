#include "formation/provider_errors.hh"

#include <algorithm>

#include "formation/provider.hh"

namespace mainstay::formation {

bool is_gone(const Error& e) {
  return e.code.ends_with("NotFound") || e.code.ends_with("NotFoundException") ||
         e.code.ends_with("NotFoundFault") || e.code.ends_with("DoesNotExist") ||
         e.code.starts_with("NoSuch");
}

bool is_there_already(const Error& e) {
  return e.code.contains("AlreadyExists") || e.code.ends_with(".Duplicate");
}

Error not_yet() {
  return Error("NotYet", "not yet", 500);
}

bool is_not_yet(const Error& error) {
  return error.code == "NotYet";
}

bool is_refused(const Error& error) {
  return error.code == "UpdateRefused";
}

Error blocked(const Error& error) {
  return Error("Blocked", error.message, 500);
}

bool is_blocked(const Error& error) {
  return error.code == "Blocked";
}

Error handler_error(Subject& s, std::string_view service, const Error& error) {
  std::string name(service);
  name[0] = static_cast<char>(std::toupper(name[0]));
  Random random = s.cloud.random();
  std::string kind = is_there_already(error) ? "AlreadyExists"
                     : is_gone(error)        ? "NotFound"
                                             : "InvalidRequest";
  int status = error.status == 0 ? 400 : error.status;
  return Error(error.code,
               "Resource handler returned message: \"" + error.message + " (Service: " + name +
                   ", Status Code: " + std::to_string(status) + ", Request ID: " + random.uuid() +
                   ")\" (RequestToken: " + random.uuid() + ", HandlerErrorCode: " + kind + ")");
}

// AWS's own handlers try again while what a call needs, or what still uses the thing to be removed,
// may be under way beside it: a policy whose bucket is being made, a gateway whose addresses are
// being released. Sample templates of AWS's rely on it, though nothing in them says the order.
bool may_pass(const Value& step, const Error& error, bool removing) {
  if (removing && error.code == "DependencyViolation") return true;
  const List& codes = step["retry"].items();
  return std::find(codes.begin(), codes.end(), Value(error.code)) != codes.end();
}

// What the service is still at by itself: its own states, which take a while by the cloud's clock.
bool is_busy(const Value& step, const Error& error) {
  const List& codes = step["busy"].items();
  return std::find(codes.begin(), codes.end(), Value(error.code)) != codes.end();
}

Error not_stabilized(const Subject& s, const std::string& state) {
  Random random = s.cloud.random();
  return Error("NotStabilized", "Resource handler returned message: \"" + s.where.type + " " +
                                    s.physical_id + " is in state " + state + "\" (RequestToken: " +
                                    random.uuid() + ", HandlerErrorCode: NotStabilized)");
}

Error handler_failed(const Subject& s, const std::string& message) {
  Random random = s.cloud.random();
  return Error("GeneralServiceException", "Resource handler returned message: \"" + message +
                                              "\" (RequestToken: " + random.uuid() +
                                              ", HandlerErrorCode: GeneralServiceException)");
}

}  // namespace mainstay::formation

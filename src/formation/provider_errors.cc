#include "formation/provider_errors.hh"

#include "formation/provider.hh"

namespace mainstay::formation {

bool is_gone(const Error& e) {
  return e.code.ends_with("NotFound") || e.code.ends_with("NotFoundException") ||
         e.code.ends_with("DoesNotExist") || e.code.starts_with("NoSuch");
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

}  // namespace mainstay::formation

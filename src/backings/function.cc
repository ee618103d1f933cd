#include "backings/function.hh"

#include "base/json.hh"

namespace mainstay::backings {

void SimulatedFunctions::invoke(const FunctionSpec& spec, FunctionEvent event, Done done) {
  if (stopped_) {
    FunctionOutcome outcome;
    outcome.not_run = Error("FunctionsStopped", "the functions have been stopped");
    return done(std::move(outcome));
  }
  done(script_(spec, event));
}

std::string error_payload(std::string_view type, const std::string& message) {
  return to_json(Value::map({{"errorType", type}, {"errorMessage", message}}));
}

}  // namespace mainstay::backings

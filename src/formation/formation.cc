#include "formation/formation.hh"

#include "formation/custom_resource.hh"
#include "formation/engine.hh"
#include "formation/handlers.hh"
#include "formation/signals.hh"

namespace mainstay::formation {
namespace {

std::vector<cloud::Operation> operations() {
  using cloud::reads, cloud::writes;
  return {
      writes("CreateStack", create_stack),
      writes("UpdateStack", update_stack),
      writes("DeleteStack", delete_stack),
      writes("CancelUpdateStack", cancel_update_stack),
      writes("ContinueUpdateRollback", continue_update_rollback),
      writes("RollbackStack", rollback_stack),
      writes("UpdateTerminationProtection", update_termination_protection),
      writes("SetStackPolicy", set_stack_policy),
      reads("GetStackPolicy", get_stack_policy),
      writes("SignalResource", signal_resource),
      reads("DescribeStacks", describe_stacks),
      reads("ListStacks", list_stacks),
      reads("DescribeStackEvents", describe_stack_events),
      reads("DescribeEvents", describe_events),
      reads("DescribeStackResource", describe_stack_resource),
      reads("DescribeStackResources", describe_stack_resources),
      reads("ListStackResources", list_stack_resources),
      reads("ListExports", list_exports),
      reads("ListImports", list_imports),
      reads("DescribeAccountLimits", describe_account_limits),
      writes("DetectStackDrift", detect_stack_drift),
      writes("DetectStackResourceDrift", detect_stack_resource_drift),
      reads("DescribeStackDriftDetectionStatus", describe_stack_drift_detection_status),
      reads("DescribeStackResourceDrifts", describe_stack_resource_drifts),
      reads("GetTemplate", get_template),
      reads("GetTemplateSummary", get_template_summary),
      reads("ValidateTemplate", validate_template),
      writes("CreateChangeSet", create_change_set),
      reads("DescribeChangeSet", describe_change_set),
      reads("ListChangeSets", list_change_sets),
      writes("ExecuteChangeSet", execute_change_set),
      writes("DeleteChangeSet", delete_change_set),
      writes("CreateStackRefactor", create_stack_refactor),
      reads("DescribeStackRefactor", describe_stack_refactor),
      writes("ExecuteStackRefactor", execute_stack_refactor),
      reads("ListStackRefactors", list_stack_refactors),
      reads("ListStackRefactorActions", list_stack_refactor_actions),
  };
}

}  // namespace

cloud::Service make_service() {
  cloud::Service service;
  service.name = "cloudformation";
  service.reactions = reactions();
  service.scope = cloud::Scope::region;
  service.guard = guard;
  service.operations = operations();
  service.indexes = {{"cloudformation", "export", "ExportingStackId"},
                     {"cloudformation", "import", "StackId"},
                     {"cloudformation", "import", "Name"},
                     {"cloudformation", "resource", "PhysicalResourceId"},
                     {"cloudformation", "event", "OperationId"},
                     {"cloudformation", "change-set", "StackId"},
                     {"cloudformation", "drift-detection", "StackId"}};
  service.background = std::make_shared<Resumption>();
  service.answer_url = [](cloud::Cloud& cloud, const HttpRequest& request) {
    auto answer = answer_wait_handle(cloud, request);
    return answer ? answer : answer_custom_response(cloud, request);
  };
  return service;
}

}  // namespace mainstay::formation

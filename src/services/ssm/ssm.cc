#include "services/ssm/ssm.hh"

#include "services/ssm/handlers.hh"

namespace mainstay::ssm {

cloud::Service make_service() {
  using cloud::reads, cloud::writes;
  cloud::Service service;
  service.name = "ssm";
  service.calls = {"kms", "secretsmanager"};
  service.guard = guard;
  service.operations = {writes("PutParameter", put_parameter),
                        reads("GetParameter", get_parameter),
                        reads("GetParameters", get_parameters),
                        reads("GetParameterHistory", get_parameter_history),
                        reads("GetParametersByPath", get_parameters_by_path),
                        reads("DescribeParameters", describe_parameters),
                        writes("DeleteParameter", delete_parameter),
                        writes("DeleteParameters", delete_parameters),
                        writes("LabelParameterVersion", label_parameter_version),
                        writes("UnlabelParameterVersion", unlabel_parameter_version),
                        writes("AddTagsToResource", add_tags),
                        writes("RemoveTagsFromResource", remove_tags),
                        reads("ListTagsForResource", list_tags)};
  return service;
}

}  // namespace mainstay::ssm

// The operations, by the file that holds them.
#pragma once

#include "cloud/authorization.hh"
#include "services/ssm/parameter.hh"

namespace mainstay::ssm {

#define SSM_HANDLER(name) Result<Value> name(Call& call, const Value& in)

// put.cc
SSM_HANDLER(put_parameter);
// get.cc
SSM_HANDLER(get_parameter);
SSM_HANDLER(get_parameters);
SSM_HANDLER(get_parameter_history);
SSM_HANDLER(delete_parameter);
SSM_HANDLER(delete_parameters);
// list.cc
SSM_HANDLER(get_parameters_by_path);
SSM_HANDLER(describe_parameters);
// label.cc
SSM_HANDLER(label_parameter_version);
SSM_HANDLER(unlabel_parameter_version);
// tag.cc
SSM_HANDLER(add_tags);
SSM_HANDLER(remove_tags);
SSM_HANDLER(list_tags);
Status check_tags(const Value& tags);

#undef SSM_HANDLER

// public.cc: what AWS publishes under /aws/service/, made up: the Parameter shape, or null.
Value public_parameter(const Call& call, const std::string& name);

// guard.cc
Status guard(Call& call, const Value& in, cloud::Authorization& authorization);

}  // namespace mainstay::ssm

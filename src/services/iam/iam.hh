// AWS Identity and Access Management: users, groups, roles, policies and their versions, instance
// profiles, access keys, tags. It keeps what is said; decisions are the policy engine's.
// Source: the IAM API reference; messages as AWS answers them.
#pragma once

#include "cloud/service.hh"

namespace mainstay::iam {

cloud::Service make_service();

}  // namespace mainstay::iam

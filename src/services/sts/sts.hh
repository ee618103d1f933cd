// AWS Security Token Service: who am I, and temporary credentials.
// Source: the STS API reference. Trust policies are not evaluated yet (docs/cloud.md): a role that
// exists can be assumed.
#pragma once

#include "cloud/service.hh"

namespace mainstay::sts {

cloud::Service make_service();

}  // namespace mainstay::sts

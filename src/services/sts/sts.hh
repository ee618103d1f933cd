// AWS Security Token Service: who am I, and temporary credentials.
// Source: the STS API reference. What is issued is a document of cloud/caller.hh, which forgets
// those that have expired.
#pragma once

#include "cloud/service.hh"

namespace mainstay::sts {

cloud::Service make_service();

}  // namespace mainstay::sts

// What AWS accepts as the document of a control policy.
#pragma once

#include "base/error.hh"

namespace mainstay::organizations {

// JSON within the quota of its type, of statements as the type allows them (user guide, "SCP
// syntax", "RCP syntax"). Errors: MalformedPolicyDocumentException, ConstraintViolationException.
Status check_content(const std::string& type, const std::string& content);

}  // namespace mainstay::organizations

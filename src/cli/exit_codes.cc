#include "cli/exit_codes.hh"

#include <algorithm>
#include <string_view>

namespace mainstay::cli {
namespace {

struct Row {
  std::string_view code;
  Exit exit;
};

// Codes of ours and of AWS's. What is not listed is AWS refusing something: failed.
constexpr Row rows[] = {
    {"ActionUnknown", Exit::usage},
    {"BlueprintInvalid", Exit::usage},
    {"BlueprintUnknown", Exit::usage},
    {"ConfigInvalid", Exit::usage},
    {"DependencyCycle", Exit::usage},
    {"EnvironmentInvalid", Exit::usage},
    {"EventsInvalid", Exit::usage},
    {"FileNotFound", Exit::usage},
    {"FileTooLarge", Exit::usage},
    {"FileUnreadable", Exit::usage},
    {"FileUnwritable", Exit::usage},
    {"InvalidArgument", Exit::usage},
    {"InvalidPrincipal", Exit::usage},
    {"LookupFailed", Exit::usage},
    {"LookupInvalid", Exit::usage},
    {"MalformedPolicyDocument", Exit::usage},
    {"MissingVariable", Exit::usage},
    {"NotSupported", Exit::usage},
    {"NothingToAllow", Exit::usage},
    {"ParameterMissing", Exit::usage},
    {"PrincipalAmbiguous", Exit::usage},
    {"PrincipalUnknown", Exit::usage},
    {"ProfileFileInvalid", Exit::usage},
    {"ProfileUnknown", Exit::usage},
    {"RegionInvalid", Exit::usage},
    {"RegionMissing", Exit::usage},
    {"ResourceUnknown", Exit::usage},
    {"SnapshotInvalid", Exit::usage},
    {"TemplateInvalid", Exit::usage},
    {"TemplateTooLarge", Exit::usage},
    {"TooMuch", Exit::usage},
    {"UrlInvalid", Exit::usage},
    {"UsageInvalid", Exit::usage},
    {"ValidationError", Exit::usage},
    {"VariableInvalid", Exit::usage},
    {"VariableMissing", Exit::usage},
    {"RollbackFailed", Exit::rollback_failed},
    {"StackStuck", Exit::rollback_failed},
    {"AccountMismatch", Exit::approval},
    {"ApprovalNeeded", Exit::approval},
    {"PlanStale", Exit::approval},
    {"Protected", Exit::approval},
    {"TerminationProtected", Exit::approval},
    {"AccessDenied", Exit::credentials},
    {"AccessDeniedException", Exit::credentials},
    {"AuthFailure", Exit::credentials},
    {"CredentialsInvalid", Exit::credentials},
    {"CredentialsMissing", Exit::credentials},
    {"CredentialsUnsupported", Exit::credentials},
    {"ExpiredToken", Exit::credentials},
    {"ExpiredTokenException", Exit::credentials},
    {"InvalidClientTokenId", Exit::credentials},
    {"SignatureDoesNotMatch", Exit::credentials},
    {"UnauthorizedOperation", Exit::credentials},
    {"UnrecognizedClientException", Exit::credentials},
    {"StackBusy", Exit::locked},
    {"StateLocked", Exit::locked},
    {"RequestTimeout", Exit::timeout},
    {"WaitTimeout", Exit::timeout},
    {"Interrupted", Exit::interrupted},
    {"ConnectFailed", Exit::internal},
    {"DataMissing", Exit::internal},
    {"HttpFailed", Exit::internal},
    {"ModelInvalid", Exit::internal},
    {"OperationUnknown", Exit::internal},
    {"StateUnreadable", Exit::internal},
};

constexpr Exit gravest_first[] = {Exit::interrupted, Exit::rollback_failed, Exit::failed,
                                  Exit::credentials, Exit::approval,        Exit::locked,
                                  Exit::timeout,     Exit::usage,           Exit::internal};

}  // namespace

Exit exit_of(const Error& error) {
  auto row = std::ranges::find(rows, error.code, &Row::code);
  return row == std::end(rows) ? Exit::failed : row->exit;
}

Exit exit_of(const std::vector<Error>& errors) {
  for (Exit exit : gravest_first)
    if (std::ranges::any_of(errors, [&](const Error& e) { return exit_of(e) == exit; }))
      return exit;
  return Exit::ok;
}

}  // namespace mainstay::cli

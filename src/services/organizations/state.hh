// Organizations as documents of one shard.
//
// Tables: "organization" by id (the Organization shape, _Root, _Types the enabled policy types,
// _Revision); "account" by account id and "node" (the root and the units) by id, in the shapes that
// Describe* answer, with _Organization, _Parent, _Tags and _Policies (by type, the ids of what is
// attached); "policy" by id (Id, Arn, Name, Description, Type, AwsManaged, _Content, _Tags).
// Relations are tables of their own, "FROM|TO" each, so that a page costs what it shows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cloud/call.hh"
#include "cloud/paging.hh"

namespace mainstay::organizations {

using cloud::Call;

inline constexpr std::string_view scp_type = "SERVICE_CONTROL_POLICY";
inline constexpr std::string_view rcp_type = "RESOURCE_CONTROL_POLICY";

namespace relation {
inline constexpr std::string_view accounts_of = "accounts-of";      // organization -> account
inline constexpr std::string_view accounts_in = "accounts-in";      // root or unit -> account
inline constexpr std::string_view units_in = "units-in";            // root or unit -> unit
inline constexpr std::string_view policies_of = "policies-of";      // organization/type -> policy
inline constexpr std::string_view targets_of = "targets-of";        // organization/policy -> target
inline constexpr std::string_view requests_of = "requests-of";      // organization -> CreateAccount
inline constexpr std::string_view handshakes_of = "handshakes-of";  // organization or account
}  // namespace relation

// relation.cc
void relate(Call& call, std::string_view relation, const std::string& from, const std::string& to);
void unrelate(Call& call, std::string_view relation, const std::string& from,
              const std::string& to);
std::vector<std::string> related(Call& call, std::string_view relation, const std::string& from);
bool has_related(Call& call, std::string_view relation, const std::string& from);
// A page of the ids that `from` is related to, shown one by one: {list: [...], NextToken?}. A null
// from `show` leaves the item out.
Result<Value> page_of(Call& call, const Value& in, std::string_view relation,
                      const std::string& from, std::string_view list,
                      const std::function<Value(const std::string& id)>& show);

// The caller's organization. Errors: AWSOrganizationsNotInUseException, AccessDeniedException where
// the management account alone may ask. The one to change has its revision raised.
Result<Value> own_organization(Call& call);
Result<Value> managed_organization(Call& call);
Result<Value> organization_to_change(Call& call);
void raise_revision(Call& call, const std::string& organization_id);

// A root, unit or account of the organization, as its document. Errors: `missing`.
Result<Value> find_target(Call& call, const Value& organization, const std::string& id,
                          const Error& missing);
void put_target(Call& call, const Value& target);
// Its name in the words of ListChildren and others: ROOT, ORGANIZATIONAL_UNIT or ACCOUNT.
std::string kind_of(std::string_view id);
std::string_view parents_relation(std::string_view id);  // accounts_in or units_in

// A copy without what only this service knows.
Value shown(const Value& document);
// "arn:aws:organizations::MANAGEMENT:KIND/ORGANIZATION/ID"
std::string arn_in(const Value& organization, std::string_view kind, std::string_view id);
std::string new_name(Call& call, std::string_view prefix, size_t length);  // lower case and digits

Status check_tags(const Value& tags);
Error invalid_input(std::string message, std::string reason);
Error constraint(std::string message, std::string reason);
Error access_denied();
Error no_parent();
Error no_account();

}  // namespace mainstay::organizations

// Accounts that come and go.
#pragma once

#include "services/organizations/state.hh"

namespace mainstay::organizations {

struct NewAccount {
  std::string id, email, name;
  std::string joined;  // "CREATED" or "INVITED"
  Value tags;
};
// The address that an account has whose owner never said one.
std::string made_up_email(const std::string& account);

// Puts the account under the organization's root.
void add_account(Call& call, const Value& organization, const NewAccount& account);
void remove_account(Call& call, Value account);
// The account by its address, "" if none in any organization has it.
std::string account_of_email(Call& call, const std::string& email);

}  // namespace mainstay::organizations

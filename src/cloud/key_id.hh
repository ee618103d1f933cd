// Access key ids and session tokens, and what they tell without a lookup. Pure.
//
// An id is "AKIA" (lasting) or "ASIA" (session) and 16 characters of base32. As in AWS's ids, the
// first ten hold the account, so that an id leads to its account without a search (how AWS encodes
// it was described by Tal Be'ery, "A short note on AWS KEY ID", 2023). The last four are a check of
// the rest, so that an id made here is known for one after its document is gone; one in a million
// of AWS's own ids passes by chance. See docs/decisions/0011.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/random.hh"
#include "base/time.hh"

namespace mainstay::cloud {

// One of half a million ids that an account can have for a prefix: the caller sees to it that it is
// not taken.
std::string make_key_id(std::string_view prefix, std::string_view account, Random& random);

// Of any id in AWS's form, whoever made it.
std::optional<std::string> account_of_key_id(std::string_view id);

// Whether make_key_id made it, in this state or another.
bool is_key_id_made_here(std::string_view id);

// Unique ids of users and roles ("AIDA...", "AROA..."), made in the same way, and a character
// longer.
std::string make_principal_id(std::string_view prefix, std::string_view account, Random& random);
// Nothing for what was not made so, as before ids led to their account.
std::optional<std::string> account_of_principal_id(std::string_view id);

// Of a session: the time when it expires, and random bytes that nobody guesses.
std::string make_session_token(Time expires);

// Nothing for a text that is no such token. Not signed: only good for telling why one is refused.
std::optional<Time> expiry_of_session_token(std::string_view token);

}  // namespace mainstay::cloud

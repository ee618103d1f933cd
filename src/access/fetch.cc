#include "access/fetch.hh"

#include <algorithm>

namespace mainstay::access {
namespace {

Result<std::string> own_account(aws::Client& client) {
  TRY(Value who, client.call("sts", "GetCallerIdentity", Value::map()));
  return who["Account"].as_string();
}

Status fetch_account(aws::Client& client, const FetchOptions& options, Account& account,
                     Notes& notes) {
  CHECK_OK(fetch_principals(client, account));
  if (options.knows_policy) fetch_managed_policies(client, options.knows_policy, account, notes);
  fetch_buckets(client, account, notes);
  std::set<std::string> regions{client.region()};
  for (const Bucket& bucket : account.buckets)
    if (!bucket.region.empty()) regions.insert(bucket.region);
  fetch_keys(client, regions, account, notes);
  fetch_resources(client, regions, account, notes);
  return {};
}

// That of the account at hand, or of the first of those asked for that is in one.
Result<std::optional<FoundOrganization>> organization_of(const FetchOptions& options) {
  std::vector<std::string> asked{""};
  asked.insert(asked.end(), options.accounts.begin(), options.accounts.end());
  for (const std::string& account : asked) {
    TRY(auto client, options.client(account));
    TRY(auto found, fetch_organization(*client, options.client));
    if (found) return found;
  }
  return std::nullopt;
}

}  // namespace

void Notes::unread(const std::string& what, const Error& error) {
  std::vector<std::string>& all = snapshot_.unread;
  if (all.size() < notes_max)
    all.push_back(what + ": " + error.code + ": " + error.message);
  else if (all.size() == notes_max)
    all.push_back("and more that is not listed");
}

Result<Snapshot> fetch(const FetchOptions& options) {
  Snapshot snapshot;
  snapshot.source = options.source;
  snapshot.taken = format_iso8601(options.now);
  Notes notes(snapshot);
  TRY(auto own, options.client(""));
  TRY(std::string own_id, own_account(*own));
  auto organization = organization_of(options);
  std::vector<std::pair<std::string, std::string>> known;
  if (!organization) {
    notes.unread("the organization of account " + own_id, organization.error());
  } else if (*organization) {
    snapshot.organization = std::move((*organization)->organization);
    known = std::move((*organization)->accounts);
  }
  std::vector<std::string> wanted = options.accounts;
  if (wanted.empty() && options.whole_organization)
    for (const auto& [id, name] : known) wanted.push_back(id);
  if (wanted.empty()) wanted.push_back(own_id);
  std::ranges::sort(wanted);
  wanted.erase(std::ranges::unique(wanted).begin(), wanted.end());
  for (const std::string& id : wanted) {
    Account account;
    account.id = id;
    TRY(auto client, options.client(id == own_id ? "" : id));
    if (Status read = fetch_account(*client, options, account, notes); !read)
      return Error(read.error()).because("account " + id);
    auto named = std::ranges::find(known, id, [](const auto& pair) { return pair.first; });
    if (named != known.end()) account.name = named->second;
    snapshot.accounts.push_back(std::move(account));
  }
  return snapshot;
}

}  // namespace mainstay::access

#include "packages/git_source.hh"

#include <git2.h>

#include <memory>

#include "base/text.hh"
#include "packages/folder.hh"

namespace mainstay::packages {
namespace {

// libgit2 counts who uses it.
struct Library {
  Library() { git_libgit2_init(); }
  ~Library() { git_libgit2_shutdown(); }
};

struct FreeGit {
  void operator()(git_remote* p) const { git_remote_free(p); }
  void operator()(git_repository* p) const { git_repository_free(p); }
  void operator()(git_object* p) const { git_object_free(p); }
};

template <class T>
using Owned = std::unique_ptr<T, FreeGit>;

Error unavailable(const std::string& uri, const std::stop_token& stop) {
  if (stop.stop_requested()) return Error("Interrupted", "interrupted");
  const git_error* error = git_error_last();
  return Error("PackageUnavailable", "the repository " + printable(uri) + ": " +
                                         (error ? printable(error->message) : "unknown error"));
}

// What of it the callbacks need.
struct Session {
  const std::stop_token& stop;
  int keys_tried = 0;
};

int credentials(git_credential** out, const char*, const char* user, unsigned allowed,
                void* payload) {
  auto& session = *static_cast<Session*>(payload);
  // The same key again and again would be asked for without end.
  if ((allowed & GIT_CREDENTIAL_SSH_KEY) == 0 || ++session.keys_tried > 1) {
    git_error_set_str(GIT_ERROR_NET,
                      "it asks for credentials; only keys of the SSH agent can be given");
    return GIT_EAUTH;
  }
  return git_credential_ssh_key_from_agent(out, user ? user : "git");
}

int heed_stop(const git_indexer_progress*, void* payload) {
  return static_cast<Session*>(payload)->stop.stop_requested() ? -1 : 0;
}

git_remote_callbacks callbacks_for(Session& session) {
  git_remote_callbacks callbacks = GIT_REMOTE_CALLBACKS_INIT;
  callbacks.credentials = credentials;
  callbacks.transfer_progress = heed_stop;
  callbacks.payload = &session;
  return callbacks;
}

Status check_out(git_repository* repository, const std::string& uri, const std::string& revision,
                 const std::stop_token& stop) {
  git_object* found = nullptr;
  if (git_revparse_single(&found, repository, revision.c_str()) != 0)
    return Error("PackageUnavailable", "the repository " + printable(uri) +
                                           " has no commit or tag \"" + printable(revision) + "\"");
  Owned<git_object> object(found);
  git_checkout_options options = GIT_CHECKOUT_OPTIONS_INIT;
  options.checkout_strategy = GIT_CHECKOUT_FORCE;
  if (git_checkout_tree(repository, object.get(), &options) != 0) return unavailable(uri, stop);
  return {};
}

}  // namespace

Result<std::string> remote_commit(const std::string& uri, const std::string& branch,
                                  const std::stop_token& stop) {
  Library library;
  Session session{stop};
  git_remote* made = nullptr;
  if (git_remote_create_detached(&made, uri.c_str()) != 0) return unavailable(uri, stop);
  Owned<git_remote> remote(made);
  git_remote_callbacks callbacks = callbacks_for(session);
  if (git_remote_connect(remote.get(), GIT_DIRECTION_FETCH, &callbacks, nullptr, nullptr) != 0)
    return unavailable(uri, stop);
  const git_remote_head** heads = nullptr;
  size_t count = 0;
  if (git_remote_ls(&heads, &count, remote.get()) != 0) return unavailable(uri, stop);
  std::string wanted = branch.empty() ? "HEAD" : "refs/heads/" + branch;
  for (size_t i = 0; i < count; ++i) {
    if (wanted != heads[i]->name) continue;
    char text[GIT_OID_HEXSZ + 1];
    return std::string(git_oid_tostr(text, sizeof text, &heads[i]->oid));
  }
  return Error("PackageUnavailable", "the repository " + printable(uri) + " has no " +
                                         (branch.empty() ? "HEAD" : "branch " + printable(branch)));
}

Status fetch_git(const std::string& uri, const std::string& revision, const std::string& folder,
                 const std::stop_token& stop) {
  return make_folder(folder, [&](const std::string& fresh) -> Status {
    Library library;
    Session session{stop};
    git_clone_options options = GIT_CLONE_OPTIONS_INIT;
    options.checkout_opts.checkout_strategy = GIT_CHECKOUT_NONE;
    options.fetch_opts.callbacks = callbacks_for(session);
    git_repository* made = nullptr;
    if (git_clone(&made, uri.c_str(), fresh.c_str(), &options) != 0) return unavailable(uri, stop);
    Owned<git_repository> repository(made);
    return check_out(repository.get(), uri, revision, stop);
  });
}

}  // namespace mainstay::packages

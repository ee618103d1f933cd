#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "host/files.hh"
#include "host/process.hh"
#include "packages/archive.hh"
#include "packages/git_source.hh"

using namespace mainstay;
using namespace mainstay::packages;

namespace {

struct Workplace {
  std::string path = "/tmp/mainstay-packages-XXXXXX";
  Workplace() { REQUIRE(::mkdtemp(path.data())); }
  ~Workplace() { std::filesystem::remove_all(path); }

  std::string sh(const std::string& script) const {
    RealProcesses processes;
    ProcessSpec spec;
    spec.argv = {"sh", "-ec", script};
    spec.directory = path;
    spec.environment = {"PATH=/usr/bin:/bin",   "HOME=" + path,         "GIT_AUTHOR_NAME=a",
                        "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b"};
    auto ran = run_process(processes, spec, "");
    REQUIRE(ran);
    REQUIRE_MESSAGE(ran->exit.code == 0, ran->errors);
    return ran->output;
  }
  std::string read(const std::string& name) const {
    return RealFiles().read(path + "/" + name, 1000).value_or("(not there)");
  }
};

}  // namespace

TEST_CASE("a repository at a branch, a tag and a commit") {
  Workplace at;
  std::string first = at.sh(
      "git init -q -b main r; cd r; echo one > a; git add a; git commit -qm 1; git tag v1; "
      "git rev-parse HEAD");
  first.pop_back();
  std::string second = at.sh("cd r; echo two > a; git commit -qam 2; git rev-parse HEAD");
  second.pop_back();
  std::string uri = at.path + "/r";
  CHECK(remote_commit(uri, "", {}).value() == second);
  CHECK(remote_commit(uri, "main", {}).value() == second);
  CHECK(remote_commit(uri, "none", {}).error().code == "PackageUnavailable");
  REQUIRE(fetch_git(uri, "v1", at.path + "/cache/tag", {}));
  REQUIRE(fetch_git(uri, second, at.path + "/cache/commit", {}));
  CHECK(at.read("cache/tag/a") == "one\n");
  CHECK(at.read("cache/commit/a") == "two\n");
  // What is there is used again, also where the repository has gone.
  at.sh("rm -rf r");
  CHECK(fetch_git(uri, "v1", at.path + "/cache/tag", {}));
  auto gone = fetch_git(uri, "v2", at.path + "/cache/other", {});
  CHECK(gone.error().code == "PackageUnavailable");
  CHECK_FALSE(std::filesystem::exists(at.path + "/cache/other"));
  CHECK(RealFiles().list(at.path + "/cache").value() == std::vector<std::string>{"commit", "tag"});
}

TEST_CASE("archives of each kind, and none that writes elsewhere") {
  Workplace at;
  at.sh(
      "mkdir -p d/in; echo x > d/in/f; ln -s /etc d/link; tar -cf a.tar -C d .; "
      "tar -czf a.tar.gz -C d .; echo y > out; mkdir sub; cd sub; tar -P -cf ../bad.tar ../out");
  for (const char* name : {"a.tar", "a.tar.gz"}) {
    INFO(name);
    std::string bytes = RealFiles().read(at.path + "/" + name, 1 << 20).value();
    std::string folder = std::string("got-") + name;
    REQUIRE(unpack(bytes, name, at.path + "/" + folder));
    CHECK(at.read(folder + "/in/f") == "x\n");
    CHECK_FALSE(std::filesystem::exists(at.path + "/" + folder + "/link"));
  }
  std::string bad = RealFiles().read(at.path + "/bad.tar", 1 << 20).value();
  CHECK(unpack(bad, "bad.tar", at.path + "/got-bad").error().message.contains("leads out"));
  CHECK(unpack("not an archive", "x.zip", at.path + "/got-x").error().code == "PackageUnavailable");
  CHECK_FALSE(std::filesystem::exists(at.path + "/got-x"));
}

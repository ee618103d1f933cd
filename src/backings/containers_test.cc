// The same cases against scripts and against a Docker Engine of our own, where this machine has one
// and lets us start it (Debian's docker.io, as root); elsewhere what is left out is counted.
#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "backings/container.hh"
#include "backings/docker_engine.hh"
#include "backings/reconcile.hh"
#include "backings/simulated_containers.hh"
#include "host/process.hh"

using namespace mainstay;
using namespace mainstay::backings;

namespace {

constexpr const char* image = "mainstay/test:1";

// A daemon on a folder of its own, without a network; it ends with the test.
class Daemon {
 public:
  Daemon() {
    auto program =
        processes_.find_program("dockerd", "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin");
    if (!program || ::geteuid() != 0) return;
    char name[] = "/tmp/mainstay-docker-XXXXXX";
    folder_ = ::mkdtemp(name);
    ProcessSpec spec;
    spec.argv = {*program,
                 "--data-root",
                 folder_ + "/data",
                 "--exec-root",
                 folder_ + "/exec",
                 "-H",
                 "unix://" + socket(),
                 "--pidfile",
                 folder_ + "/pid",
                 "--bridge=none",
                 "--iptables=false"};
    spec.environment = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"};
    spec.output = ProcessSpec::Stream::to_file(folder_ + "/log");
    spec.errors_to_output = true;
    if (auto started = processes_.spawn(spec)) process_ = std::move(*started);
    DockerEngine engine(socket());
    for (int i = 0; process_ && i < 300 && !works_; ++i) {
      works_ = engine.version().has_value();
      if (!works_ && process_->wait(100).has_value()) break;  // it may not run here
    }
  }
  ~Daemon() {
    if (process_) {
      (void)process_->kill(SIGTERM);  // it unmounts what it mounted
      (void)process_->wait(30'000);
    }
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  bool works() const { return works_; }
  std::string socket() const { return folder_ + "/docker.sock"; }

 private:
  RealProcesses processes_;
  std::string folder_;
  std::unique_ptr<Process> process_;
  bool works_ = false;
};

// A root file system of three programs of this machine and what they need.
std::string small_image() {
  RealProcesses processes;
  ProcessSpec spec;
  spec.argv = {
      "sh", "-c",
      "tar -ch -C / $(for p in sh sleep cat; do echo bin/$p; ldd /bin/$p | grep -o '/[^ ]*'; "
      "done | sed 's|^/||' | sort -u)"};
  spec.environment = {"PATH=/usr/bin:/bin"};
  auto result = run_process(processes, spec, "", {60'000, 64 << 20});
  REQUIRE(result);
  REQUIRE(result->exit.code == 0);
  return result->output;
}

ContainerSpec spec_of(const std::string& script) {
  ContainerSpec spec;
  spec.image = image;
  spec.command = {"/bin/sh", "-c", script};
  spec.network = "none";
  return spec;
}

void check_life(Containers& containers) {
  CHECK_FALSE(containers.version()->empty());
  CHECK(*containers.has_image(image));
  CHECK_FALSE(*containers.has_image("mainstay/nothing:1"));
  ContainerSpec unknown = spec_of("true");
  unknown.image = "mainstay/nothing:1";
  CHECK(containers.create(unknown).error().code == "ImageMissing");

  ContainerSpec spec = spec_of("echo $WORD; echo bad >&2; exit 3");
  spec.name = "mainstay-test-life";
  spec.environment = {"WORD=good"};
  spec.labels = {{"mainstay.test", "life"}};
  auto id = containers.create(spec);
  REQUIRE(id);
  CHECK(containers.create(spec).error().code == "ContainerConflict");
  CHECK(containers.inspect(*id)->status == "created");
  REQUIRE(containers.start(*id));
  CHECK(*containers.wait(*id, 60'000) == 3);
  auto state = containers.inspect(*id);
  REQUIRE(state);
  CHECK(state->status == "exited");
  CHECK(state->exit_code == 3);
  CHECK(state->name == "mainstay-test-life");
  CHECK(state->labels.at("mainstay.test") == "life");
  auto logs = containers.logs(*id, 100);
  REQUIRE(logs);
  CHECK(logs->output == "good\n");
  CHECK(logs->errors == "bad\n");
  REQUIRE(containers.remove(*id, false));
  CHECK(containers.inspect(*id).error().code == "ContainerMissing");

  auto runs = containers.create(spec_of("sleep 600"));
  REQUIRE(runs);
  REQUIRE(containers.start(*runs));
  REQUIRE(containers.start(*runs));  // it runs already
  CHECK(containers.wait(*runs, 200).error().code == "ContainerTimeout");
  auto ran = containers.exec(*runs, {"/bin/sh", "-c", "echo inside; exit 4"}, 60'000);
  REQUIRE(ran);
  CHECK(ran->output == "inside\n");
  CHECK(ran->exit_code == 4);
  CHECK(containers.remove(*runs, false).error().code == "ContainerConflict");
  REQUIRE(containers.kill(*runs, "SIGKILL"));
  CHECK(*containers.wait(*runs, 60'000) == 137);
  CHECK(containers.exec(*runs, {"/bin/true"}, 1000).error().code == "ContainerConflict");
  REQUIRE(containers.remove(*runs, true));
}

// crash: whatever happens to containers when the machine or this program goes down.
void check_reconciling(Containers& containers, const std::function<void()>& crash) {
  auto names = [](std::initializer_list<const char*> list) {
    return std::vector<std::string>(list.begin(), list.end());
  };
  auto stranger = containers.create(spec_of("sleep 600"));
  REQUIRE(stranger);
  std::map<std::string, ContainerSpec> wanted = {
      {"a", spec_of("sleep 600")}, {"b", spec_of("sleep 601")}, {"c", spec_of("sleep 602")}};
  auto done = reconcile(containers, "state-1", wanted);
  REQUIRE(done);
  CHECK(done->made == names({"a", "b", "c"}));
  CHECK(done->failed.empty());
  auto before = done->ids;
  done = reconcile(containers, "state-1", wanted);
  CHECK(done->kept.size() == 3);
  CHECK(done->ids == before);
  crash();
  wanted.erase("a");
  wanted["b"].environment = {"CHANGED=1"};
  wanted["d"] = spec_of("sleep 603");
  wanted["e"] = spec_of("sleep 604");
  wanted["e"].image = "mainstay/nothing:1";
  done = reconcile(containers, "state-1", wanted);
  REQUIRE(done);
  CHECK(done->removed == names({"a"}));
  CHECK(done->replaced == names({"b"}));
  CHECK(done->made == names({"b", "d"}));
  CHECK(done->ids["c"] == before["c"]);
  CHECK(done->failed.at("e").code == "ImageMissing");
  CHECK(containers.inspect(done->ids["c"])->is_running());
  CHECK(containers.list({{state_label, "state-1"}})->size() == 3);
  // Of another state nothing is touched, nor what carries no label.
  CHECK(reconcile(containers, "state-2", {})->removed.empty());
  CHECK(reconcile(containers, "state-1", {})->removed.size() == 3);
  CHECK(containers.inspect(*stranger));
  REQUIRE(containers.remove(*stranger, true));
}

}  // namespace

TEST_CASE("containers that are scripts") {
  SimulatedContainers containers;
  SimulatedContainers::Script script;
  script.start = [](const ContainerSpec& spec) -> std::optional<ContainerOutput> {
    if (spec.command.back().starts_with("sleep")) return std::nullopt;
    return ContainerOutput{3, "good\n", "bad\n"};
  };
  script.exec = [](const std::vector<std::string>&) { return ContainerOutput{4, "inside\n", ""}; };
  containers.add_image(image, script);
  check_life(containers);
  check_reconciling(containers, [&] { containers.lose_power(); });
}

TEST_CASE("containers of a Docker Engine") {
  Daemon daemon;
  if (!daemon.works()) {
    MESSAGE("left out: no Docker Engine can be started on this machine (docker.io, as root)");
    return;
  }
  DockerEngine engine(daemon.socket());
  REQUIRE(engine.import_image(image, small_image()));
  CHECK(engine.import_image("mainstay/broken:1", "no tar file").error().code == "EngineFailed");
  check_life(engine);
  check_reconciling(engine, [&] {
    // One of them dies behind our back.
    auto there = engine.list({{resource_label, "c"}});
    REQUIRE(there->size() == 1);
    REQUIRE(engine.kill(there->at(0).id, "SIGKILL"));
    REQUIRE(engine.wait(there->at(0).id, 60'000));
  });
  ContainerSpec hungry = spec_of("x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done");
  hungry.memory_bytes = 16 << 20;
  auto id = engine.create(hungry);
  REQUIRE(id);
  REQUIRE(engine.start(*id));
  CHECK(*engine.wait(*id, 60'000) != 0);
  REQUIRE(engine.remove(*id, true));
  REQUIRE(engine.remove_image(image));
  CHECK_FALSE(*engine.has_image(image));
}

TEST_CASE("no engine says what is missing") {
  DockerEngine engine("/nowhere/docker.sock");
  auto refused = engine.create(spec_of("true"));
  CHECK(refused.error().code == "EngineMissing");
  CHECK(refused.error().to_string().contains("/nowhere/docker.sock"));
  using Variables = std::map<std::string, std::string>;
  SimulatedEnvironment remote(Variables{{"DOCKER_HOST", "tcp://elsewhere:2375"}});
  CHECK(DockerEngine::find_socket(remote).error().code == "EngineMissing");
  SimulatedEnvironment local(Variables{{"DOCKER_HOST", "unix:///run/user/1/docker.sock"}});
  CHECK(DockerEngine::find_socket(local).value() == "/run/user/1/docker.sock");
  CHECK(DockerEngine::find_socket(SimulatedEnvironment()).value() == "/var/run/docker.sock");
}

TEST_CASE("two streams in one") {
  std::string frames = std::string("\1\0\0\0\0\0\0\3out", 11) + std::string("\2\0\0\0\0\0\0\1e", 9);
  auto split = split_streams(frames);
  REQUIRE(split);
  CHECK(split->output == "out");
  CHECK(split->errors == "e");
  for (size_t cut = 1; cut < frames.size(); ++cut)
    if (cut != 11) CHECK(split_streams(frames.substr(0, cut)).error().code == "EngineFailed");
}

TEST_CASE("what a container is made of") {
  ContainerSpec spec = spec_of("true");
  spec.ports = {{80, 0}, {443, 8443}};
  spec.mounts = {{"/here", "/there", true}};
  spec.memory_bytes = 1 << 20;
  Value value = spec.to_value();
  CHECK(value["HostConfig"]["PortBindings"]["80/tcp"].at(0)["HostIp"].as_string() == "127.0.0.1");
  CHECK(value["HostConfig"]["PortBindings"]["80/tcp"].at(0)["HostPort"].as_string() == "");
  CHECK(value["HostConfig"]["PortBindings"]["443/tcp"].at(0)["HostPort"].as_string() == "8443");
  CHECK(value["ExposedPorts"].size() == 2);
  CHECK(value["HostConfig"]["Mounts"].at(0)["ReadOnly"].as_bool());
  CHECK(value["HostConfig"]["MemorySwap"].as_int() == 1 << 20);
  CHECK_FALSE(value.has("Entrypoint"));
}

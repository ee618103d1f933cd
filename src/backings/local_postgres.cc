#include "backings/local_postgres.hh"

#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "backings/loopback_port.hh"
#include "base/digest.hh"
#include "base/text.hh"

namespace mainstay::backings {
namespace {

namespace fs = std::filesystem;

constexpr int64_t start_ms_max = 60'000, stop_ms_max = 60'000, program_ms_max = 120'000;
constexpr size_t said_bytes_max = 2'000;
constexpr const char* version_file = "/PG_VERSION";  // its major version, by initdb

Error failed(std::string message) {
  return Error("DatabaseFailed", std::move(message));
}

Status checked(const std::error_code& error, const std::string& what) {
  if (!error) return {};
  return failed(what + ": " + error.message());
}

std::string first_line(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

// The end of what a program said, on one line.
std::string said(std::string text) {
  if (text.size() > said_bytes_max) text.erase(0, text.size() - said_bytes_max);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return std::string(trim(text));
}

// A killed server that nobody has waited for yet counts as alive to PostgreSQL, which then does not
// start beside its lock file.
void remove_lock_of_dead(const std::string& lock) {
  std::ifstream stat("/proc/" + first_line(lock) + "/stat");
  std::string text((std::istreambuf_iterator<char>(stat)), std::istreambuf_iterator<char>());
  size_t state = text.rfind(") ");  // "PID (NAME) STATE …" (proc(5))
  bool is_alive = state != std::string::npos && text.substr(state + 2, 1) != "Z";
  std::error_code none;
  if (!is_alive) fs::remove(lock, none);
}

std::string in_quotes(std::string_view text, char by) {
  std::string out(1, by);
  for (char c : text) {
    if (c == by) out += by;
    out += c;
  }
  return out + by;
}

// The master user is no superuser on RDS but a member of rds_superuser ("Understanding the
// rds_superuser role", RDS user guide). A statement a line, as a server on its own takes them.
std::string first_statements(const DatabaseSpec& spec) {
  std::string user = in_quotes(spec.user, '"');
  std::string sql = "CREATE ROLE rds_superuser;\n";
  sql += "CREATE ROLE " + user + " LOGIN CREATEDB CREATEROLE PASSWORD " +
         in_quotes(spec.password, '\'') + " IN ROLE rds_superuser;\n";
  if (!spec.database.empty())
    sql += "CREATE DATABASE " + in_quotes(spec.database, '"') + " OWNER " + user + ";\n";
  return sql;
}

constexpr const char* settings =
    "\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 60\n"
    "shared_buffers = 16MB\n";

}  // namespace

std::string postgres_major(std::string_view version) {
  auto parts = split(version, ".");
  bool is_old = parts.front() == "9" && parts.size() > 1;  // two numbers made a major version
  return is_old ? parts[0] + "." + parts[1] : parts.front();
}

std::string databases_folder(const std::string& state_directory) {
  if (::geteuid() != 0) return state_directory + "/databases";
  return "/var/tmp/mainstay-databases-" + hex_encode(sha256(state_directory)).substr(0, 16);
}

LocalPostgres::LocalPostgres(std::string root, std::string installed)
    : root_(std::move(root)), installed_(std::move(installed)) {
  if (::geteuid() != 0) return;
  for (const char* name : {"postgres", "nobody"}) {
    const passwd* found = ::getpwnam(name);
    if (!found) continue;
    user_ = User{found->pw_uid, found->pw_gid};
    break;
  }
}

LocalPostgres::~LocalPostgres() {
  std::vector<std::string> running;
  for (const auto& [id, server] : servers_) running.push_back(id);
  for (const std::string& id : running) (void)stop(id);
}

std::string LocalPostgres::program(const std::string& major, const char* name) const {
  return installed_ + "/" + major + "/bin/" + name;
}

std::vector<std::string> LocalPostgres::versions() const {
  std::vector<std::string> out;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(installed_, none))
    if (fs::exists(entry.path() / "bin/postgres", none) &&
        fs::exists(entry.path() / "bin/initdb", none))
      out.push_back(entry.path().filename());
  std::sort(out.begin(), out.end(), [](const std::string& a, const std::string& b) {
    return parse_real(a).value_or(0) > parse_real(b).value_or(0);
  });
  return out;
}

Status LocalPostgres::make_root() {
  std::error_code error;
  fs::create_directories(root_, error);
  CHECK_OK(checked(error, root_));
  if (user_) fs::permissions(root_, fs::perms::owner_all | fs::perms::others_exec, error);
  return checked(error, root_);
}

// To the user that the server runs as.
Status LocalPostgres::own(const std::string& path) const {
  if (!user_) return {};
  std::error_code error;
  auto give = [&](const fs::path& p) { return ::lchown(p.c_str(), user_->id, user_->group) == 0; };
  bool good = give(path);
  for (const auto& entry : fs::recursive_directory_iterator(path, error))
    good = give(entry.path()) && good;
  return good && !error ? Status() : Status(failed(path + ": its owner can't be changed"));
}

ProcessSpec LocalPostgres::spec_of(std::vector<std::string> argv) const {
  ProcessSpec spec;
  spec.argv = std::move(argv);
  spec.environment = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"};
  spec.directory = "/";
  if (user_) {
    spec.user = user_->id;
    spec.group = user_->group;
  }
  return spec;
}

Status LocalPostgres::run(std::vector<std::string> argv, std::string_view input) {
  std::string name = argv.front();
  ProcessSpec spec = spec_of(std::move(argv));
  TRY(ProcessResult result, run_process(processes_, std::move(spec), input, {program_ms_max}));
  if (result.exit.code == 0) return {};
  return failed(name + ": " + result.exit.text() + ": " + said(result.errors + result.output));
}

// Without clients: a server that reads statements from its input. It goes on after one that fails,
// so what it says is looked through.
Status LocalPostgres::run_alone(const std::string& id, std::string_view sql) {
  TRY(std::string major, major_of(id));
  ProcessSpec spec =
      spec_of({program(major, "postgres"), "--single", "-D", folder(id), "postgres"});
  TRY(ProcessResult result, run_process(processes_, std::move(spec), sql, {program_ms_max}));
  size_t at = result.errors.find("ERROR:");
  if (at == std::string::npos) at = result.errors.find("FATAL:");
  if (result.exit.code == 0 && at == std::string::npos) return {};
  return failed(said(at == std::string::npos ? result.errors : result.errors.substr(at)));
}

Result<std::string> LocalPostgres::major_of(const std::string& id) const {
  std::string major = first_line(folder(id) + version_file);
  if (major.empty()) return failed("there is no database in " + folder(id));
  return major;
}

bool LocalPostgres::has(const std::string& id) const {
  return !first_line(folder(id) + version_file).empty();
}

std::unique_lock<std::mutex> LocalPostgres::turn(const std::string& id) {
  std::mutex* mine = nullptr;
  {
    std::scoped_lock lock(mutex_);
    auto& kept = turns_[id];
    if (!kept) kept = std::make_unique<std::mutex>();
    mine = kept.get();
  }
  return std::unique_lock(*mine);
}

std::optional<uint16_t> LocalPostgres::port_of(const std::string& id) {
  std::scoped_lock lock(mutex_);
  auto found = servers_.find(id);
  if (found == servers_.end()) return std::nullopt;
  if (!found->second.process->wait(0).has_value()) return found->second.port;
  servers_.erase(found);  // it has ended by itself
  return std::nullopt;
}

// In a folder of another name until it is whole, so that a kill leaves nothing that looks like one.
Status LocalPostgres::create(const DatabaseSpec& spec) {
  std::string major = postgres_major(spec.version);
  auto here = versions();
  if (std::find(here.begin(), here.end(), major) == here.end())
    return Error("EngineMissing", "no PostgreSQL " + major + " is installed in " + installed_);
  auto mine = turn(spec.id);
  if (has(spec.id)) return {};
  CHECK_OK(make_root());
  const std::string making = spec.id + ".making";
  CHECK_OK(remove_in_turn(making));
  std::error_code error;
  fs::create_directory(folder(making), error);
  CHECK_OK(checked(error, folder(making)));
  CHECK_OK(own(folder(making)));
  CHECK_OK(run({program(major, "initdb"), "-D", folder(making), "-U", "rdsadmin", "-E", "UTF8",
                "--auth-host=md5", "--auth-local=reject", "--no-sync"},
               ""));
  std::ofstream(folder(making) + "/postgresql.conf", std::ios::app) << settings;
  CHECK_OK(run_alone(making, first_statements(spec)));
  fs::rename(folder(making), folder(spec.id), error);
  return checked(error, folder(spec.id));
}

// Until it takes connections: the last line of its own lock file says so ("postmaster.pid", since
// 10; a killed one's may still be there); of older ones the port does.
Status LocalPostgres::await(Process& process, const std::string& id, uint16_t port) {
  bool says_so = !first_line(folder(id) + version_file).starts_with("9.");
  const std::string pid = std::to_string(process.id().pid);
  for (int64_t waited = 0; waited < start_ms_max; waited += 50) {
    if (process.wait(50).has_value()) break;
    std::ifstream in(folder(id) + "/postmaster.pid");
    std::string line, first, last;
    while (std::getline(in, line)) {
      if (first.empty()) first = line;
      last = line;
    }
    if (says_so ? first == pid && trim(last) == "ready" : is_listening(port)) return {};
  }
  std::ifstream log(folder(id) + ".log");
  std::string text((std::istreambuf_iterator<char>(log)), std::istreambuf_iterator<char>());
  return failed("PostgreSQL does not start: " + said(text));
}

Result<uint16_t> LocalPostgres::start_once(const std::string& id, uint16_t asked) {
  TRY(std::string major, major_of(id));
  auto port = free_port(asked);
  if (!port) return failed("there is no free port");
  remove_lock_of_dead(folder(id) + "/postmaster.pid");
  ProcessSpec spec =
      spec_of({program(major, "postgres"), "-D", folder(id), "-p", std::to_string(*port)});
  spec.output = ProcessSpec::Stream::to_file(folder(id) + ".log");
  spec.errors_to_output = true;
  TRY(std::unique_ptr<Process> process, processes_.spawn(spec));
  CHECK_OK(await(*process, id, *port));
  std::scoped_lock lock(mutex_);
  servers_[id] = Server{std::move(process), *port};
  return *port;
}

// What a killed server has started itself may take a moment to end, and holds its memory until
// then; and somebody else may take a port that was free.
Result<uint16_t> LocalPostgres::start_in_turn(const std::string& id, uint16_t asked) {
  if (auto port = port_of(id)) return *port;
  constexpr int tries_max = 6;
  for (int tries = 1;; ++tries) {
    auto port = start_once(id, asked);
    if (port.has_value() || tries == tries_max) return port;
    const std::string& why = port.error().message;
    bool is_taken = why.contains("could not create any TCP/IP sockets");
    if (is_taken) asked = 0;
    bool may_pass = why.contains("is still in use") || why.contains("already exists");
    if (!is_taken && !may_pass) return port;
    std::this_thread::sleep_for(std::chrono::milliseconds(is_taken ? 0 : 500));
  }
}

Result<uint16_t> LocalPostgres::start(const std::string& id, uint16_t asked) {
  auto mine = turn(id);
  return start_in_turn(id, asked);
}

// "Fast": transactions under way are undone, and all that was kept is on disk (pg_ctl(1)).
Status LocalPostgres::stop_in_turn(const std::string& id) {
  std::unique_ptr<Process> process;
  {
    std::scoped_lock lock(mutex_);
    auto found = servers_.find(id);
    if (found == servers_.end()) return {};
    process = std::move(found->second.process);
    servers_.erase(found);
  }
  CHECK_OK(process->kill(SIGINT));
  if (process->wait(stop_ms_max).has_value()) return {};
  return failed("PostgreSQL does not stop");
}

Status LocalPostgres::stop(const std::string& id) {
  auto mine = turn(id);
  return stop_in_turn(id);
}

Status LocalPostgres::set_password(const std::string& id, const std::string& user,
                                   const std::string& password) {
  auto mine = turn(id);
  auto port = port_of(id);
  CHECK_OK(stop_in_turn(id));
  Status done = run_alone(
      id, "ALTER ROLE " + in_quotes(user, '"') + " PASSWORD " + in_quotes(password, '\'') + ";\n");
  if (port)
    if (auto again = start_in_turn(id, *port); !again.has_value()) return again.error();
  return done;
}

Status LocalPostgres::copy(const std::string& from, const std::string& to) {
  auto mine = turn(from);
  if (has(to)) return {};
  auto port = port_of(from);
  CHECK_OK(stop_in_turn(from));
  Status copied = copy_folder(from, to);
  if (port)
    if (auto again = start_in_turn(from, *port); !again.has_value()) return again.error();
  return copied;
}

Status LocalPostgres::copy_folder(const std::string& from, const std::string& to) {
  CHECK_OK(make_root());
  const std::string making = to + ".making";
  CHECK_OK(remove_in_turn(making));
  std::error_code error;
  fs::copy(folder(from), folder(making), fs::copy_options::recursive, error);
  CHECK_OK(checked(error, folder(making)));
  fs::permissions(folder(making), fs::perms::owner_all, error);
  CHECK_OK(own(folder(making)));
  fs::rename(folder(making), folder(to), error);
  return checked(error, folder(to));
}

Status LocalPostgres::remove_in_turn(const std::string& id) {
  CHECK_OK(stop_in_turn(id));
  std::error_code error;
  fs::remove_all(folder(id), error);
  CHECK_OK(checked(error, folder(id)));
  fs::remove(folder(id) + ".log", error);
  return {};
}

Status LocalPostgres::remove(const std::string& id) {
  auto mine = turn(id);
  return remove_in_turn(id);
}

}  // namespace mainstay::backings

#include "backings/local_postgres.hh"

#include <arpa/inet.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

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

// A port of the loopback interface that nobody has: the one asked for, or any.
std::optional<uint16_t> free_port(uint16_t asked) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return std::nullopt;
  int on = 1;  // connections of the last server may still be ending there
  (void)::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::optional<uint16_t> found;
  for (uint16_t port : {asked, uint16_t{0}}) {
    address.sin_port = htons(port);
    socklen_t size = sizeof address;
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0) continue;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    found = ntohs(address.sin_port);
    break;
  }
  ::close(fd);
  return found;
}

bool is_listening(uint16_t port) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  bool taken = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return taken;
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

// In a folder of another name until it is whole, so that a kill leaves nothing that looks like one.
Status LocalPostgres::create(const DatabaseSpec& spec) {
  std::string major = postgres_major(spec.version);
  auto here = versions();
  if (std::find(here.begin(), here.end(), major) == here.end())
    return Error("EngineMissing", "no PostgreSQL " + major + " is installed in " + installed_);
  if (has(spec.id)) return {};
  CHECK_OK(make_root());
  const std::string making = spec.id + ".making";
  CHECK_OK(remove(making));
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

// Until it takes connections: the last line of its lock file says so ("postmaster.pid", since 10);
// of older ones the port does.
Status LocalPostgres::await(Process& process, const std::string& id, uint16_t port) {
  bool says_so = !first_line(folder(id) + version_file).starts_with("9.");
  for (int64_t waited = 0; waited < start_ms_max; waited += 50) {
    if (process.wait(50).has_value()) break;
    std::ifstream in(folder(id) + "/postmaster.pid");
    std::string line, last;
    while (std::getline(in, line)) last = line;
    if (says_so ? trim(last) == "ready" : is_listening(port)) return {};
  }
  std::ifstream log(folder(id) + ".log");
  std::string text((std::istreambuf_iterator<char>(log)), std::istreambuf_iterator<char>());
  return failed("PostgreSQL does not start: " + said(text));
}

Result<uint16_t> LocalPostgres::start(const std::string& id, uint16_t asked) {
  {
    std::scoped_lock lock(mutex_);
    auto found = servers_.find(id);
    bool runs = found != servers_.end() && !found->second.process->wait(0).has_value();
    if (runs) return found->second.port;
    if (found != servers_.end()) servers_.erase(found);
  }
  TRY(std::string major, major_of(id));
  auto port = free_port(asked);
  if (!port) return failed("there is no free port");
  std::error_code none;
  fs::remove(folder(id) + "/postmaster.pid", none);  // of a killed one: it ended with us
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

// "Fast": transactions under way are undone, and all that was kept is on disk (pg_ctl(1)).
Status LocalPostgres::stop(const std::string& id) {
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

Status LocalPostgres::set_password(const std::string& id, const std::string& user,
                                   const std::string& password) {
  uint16_t port = 0;
  {
    std::scoped_lock lock(mutex_);
    if (auto found = servers_.find(id); found != servers_.end()) port = found->second.port;
  }
  CHECK_OK(stop(id));
  Status done = run_alone(
      id, "ALTER ROLE " + in_quotes(user, '"') + " PASSWORD " + in_quotes(password, '\'') + ";\n");
  if (port != 0)
    if (auto again = start(id, port); !again.has_value()) return again.error();
  return done;
}

Status LocalPostgres::copy(const std::string& from, const std::string& to) {
  if (has(to)) return {};
  CHECK_OK(make_root());
  const std::string making = to + ".making";
  CHECK_OK(remove(making));
  std::error_code error;
  fs::copy(folder(from), folder(making), fs::copy_options::recursive, error);
  CHECK_OK(checked(error, folder(making)));
  fs::permissions(folder(making), fs::perms::owner_all, error);
  CHECK_OK(own(folder(making)));
  fs::rename(folder(making), folder(to), error);
  return checked(error, folder(to));
}

Status LocalPostgres::remove(const std::string& id) {
  CHECK_OK(stop(id));
  std::error_code error;
  fs::remove_all(folder(id), error);
  CHECK_OK(checked(error, folder(id)));
  fs::remove(folder(id) + ".log", error);
  return {};
}

}  // namespace mainstay::backings

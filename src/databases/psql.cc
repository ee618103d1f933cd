#include "databases/psql.hh"

#include "base/text.hh"

namespace mainstay::databases {
namespace {

constexpr size_t output_max = 1'000'000, piece_max = 65'536;
constexpr int64_t silence_ms = int64_t{11} * 60 * 1000;

}  // namespace

Result<std::string> run_psql(Processes& processes, const std::string& path, const SqlPlace& place,
                             const std::string& sql) {
  ProcessSpec spec;
  spec.argv = {"psql",
               "-X",
               "-A",
               "-t",
               "-q",
               "-v",
               "ON_ERROR_STOP=1",
               "-h",
               place.host,
               "-p",
               std::to_string(place.port),
               "-U",
               place.user,
               "-d",
               place.database,
               "-c",
               sql};
  spec.environment = {"PATH=" + path, "LC_ALL=C.UTF-8", "PGCONNECT_TIMEOUT=10",
                      "PGPASSWORD=" + place.password,
                      "PGOPTIONS=-c default_transaction_read_only=on -c statement_timeout=600000"};
  spec.output = ProcessSpec::Stream::piped();
  spec.errors = ProcessSpec::Stream::piped();
  TRY(auto process, processes.spawn(spec));
  std::string output, errors;
  for (;;) {
    TRY(Process::Piece piece, process->read(piece_max, silence_ms));
    if (piece.from == Process::Source::end) break;
    std::string& into = piece.from == Process::Source::output ? output : errors;
    into += piece.bytes;
    if (into.size() > output_max) return Error("SqlFailed", "its result is longer than 1 MB");
  }
  TRY(ProcessExit exit, process->wait(silence_ms));
  if (exit.code != 0) return Error("SqlFailed", std::string(trim(errors)));
  while (output.ends_with('\n')) output.pop_back();
  return output;
}

}  // namespace mainstay::databases

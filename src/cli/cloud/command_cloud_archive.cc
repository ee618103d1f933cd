#include <fmt/core.h>

#include "base/text.hh"
#include "cli/cloud/cloud_commands.hh"
#include "cli/cloud/cloud_run.hh"
#include "store/archive.hh"

namespace mainstay::cli {
namespace {

constexpr int private_mode = 0600;  // secrets are in it

struct ArchiveFlags : CloudFlags {
  std::string file, fork;
  bool replace = false;
};

struct Exported {
  std::string bytes;
  int64_t documents = 0, blobs = 0;
};

Result<Exported> export_served(CloudRun& run, const ArchiveFlags& flags) {
  std::string fork = flags.fork.empty() ? "" : "?fork=" + percent_encode(flags.fork);
  TRY(HttpResponse response, run.send("GET", "export" + fork, ""));
  auto count = [&](const char* header) {
    return parse_int(response.headers.get(header)).value_or(0);
  };
  return Exported{std::move(response.body), count("X-Mainstay-Documents"),
                  count("X-Mainstay-Blobs")};
}

Result<Exported> export_state(const CloudRun& run) {
  TRY(std::unique_ptr<cloud::Cloud> cloud, run.open_state());
  Exported out;
  TRY(store::ArchiveCounts counts, cloud->store().export_to([&](std::string_view part) -> Status {
    out.bytes += part;
    return {};
  }));
  out.documents = static_cast<int64_t>(counts.documents);
  out.blobs = static_cast<int64_t>(counts.blobs);
  return out;
}

Exit export_command(const ArchiveFlags& flags) {
  CloudRun run(flags);
  auto served = flags.fork.empty() ? run.endpoint_if_served() : run.endpoint();
  if (!served) return run.fail(served.error());
  auto exported = served->empty() ? export_state(run) : export_served(run, flags);
  if (!exported) return run.fail(exported.error());
  if (Status written = run.files().write(flags.file, exported->bytes, private_mode); !written)
    return run.fail(written.error());
  return run.done("exported",
                  Value::map({{"file", flags.file},
                              {"documents", exported->documents},
                              {"blobs", exported->blobs},
                              {"bytes", exported->bytes.size()}}),
                  fmt::format("{}: {} documents, {} blobs, {} bytes\n", one_line(flags.file),
                              exported->documents, exported->blobs, exported->bytes.size()));
}

Result<Value> import_state(const CloudRun& run, const std::string& archive, bool replace) {
  TRY(std::unique_ptr<cloud::Cloud> cloud, run.open_state());
  TRY(store::ArchiveCounts counts, cloud->import_from(archive, replace));
  return Value::map({{"documents", counts.documents}, {"blobs", counts.blobs}});
}

Result<Value> import_served(CloudRun& run, std::string archive, bool replace) {
  TRY(HttpResponse response,
      run.send("POST", replace ? "import?replace=true" : "import", std::move(archive)));
  return parse_json(response.body);
}

Exit import_command(const ArchiveFlags& flags) {
  CloudRun run(flags);
  auto archive = run.files().read(flags.file, archive_bytes_max);
  if (!archive) return run.fail(archive.error());
  auto served = run.endpoint_if_served();
  if (!served) return run.fail(served.error());
  auto counts = served->empty() ? import_state(run, *archive, flags.replace)
                                : import_served(run, std::move(*archive), flags.replace);
  if (!counts) return run.fail(Error(counts.error()).because(flags.file));
  return run.done("imported",
                  Value::map({{"file", flags.file},
                              {"documents", (*counts)["documents"]},
                              {"blobs", (*counts)["blobs"]}}),
                  fmt::format("imported {} documents, {} blobs\n", (*counts)["documents"].as_int(),
                              (*counts)["blobs"].as_int()));
}

}  // namespace

void add_cloud_export(CLI::App& cloud, int& exit_code) {
  auto flags = std::make_shared<ArchiveFlags>();
  CLI::App* command = add_cloud_command(
      cloud, exit_code, "export", "Write the whole state, as it is at one moment, into a file",
      flags, export_command);
  command
      ->add_option("FILE", flags->file, "File to write; it holds secrets, so only you may read it")
      ->required();
  command->add_option("--fork", flags->fork, "Of this fork");
  command->footer(
      "Examples:\n  mainstay cloud export before.state\n"
      "  mainstay cloud export --fork rehearsal after.state\n"
      "  mainstay cloud export --state ./cloud copy.state");
}

void add_cloud_import(CLI::App& cloud, int& exit_code) {
  auto flags = std::make_shared<ArchiveFlags>();
  CLI::App* command = add_cloud_command(cloud, exit_code, "import",
                                        "Take up a state that was exported", flags, import_command);
  command->add_option("FILE", flags->file, "What `mainstay cloud export` wrote")->required();
  command->add_flag("--replace", flags->replace, "Lose what is in the state now");
  command->footer(
      "A file that is damaged, foreign or of a newer version changes nothing.\n"
      "Examples:\n  mainstay cloud import before.state\n"
      "  mainstay cloud import --replace before.state\n"
      "  mainstay cloud import --state ./copy before.state");
}

}  // namespace mainstay::cli

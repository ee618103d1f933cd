#include <fmt/core.h>

#include "base/digest.hh"
#include "base/text.hh"
#include "cli/stack/run_steps.hh"
#include "cli/stack/stack_commands.hh"

namespace mainstay::cli {
namespace {

constexpr int64_t look_every_ms = 400;
constexpr size_t files_max = 20'000;
constexpr int depth_max = 20;

struct WatchFlags : StackFlags {
  bool up = false;
  int runs = 0;  // then it ends; 0: never
};

// What the files below a folder are like, in a few letters: another text where one has changed.
class WatchedFiles {
 public:
  explicit WatchedFiles(const Files& files) : files_(files) {}

  void folder(const std::string& path, int depth = 0) {
    auto names = files_.list(path);
    if (!names || depth > depth_max) return;
    for (const std::string& name : *names)
      if (is_watched(name)) one(join_path(path, name), depth);
  }
  void one(const std::string& path, int depth = 0) {
    auto facts = files_.facts(path);
    if (!facts || seen_ == files_max) return;
    if (facts->kind == FileFacts::Kind::directory) return folder(path, depth + 1);
    ++seen_;
    all_ +=
        path + " " + std::to_string(facts->bytes) + " " + std::to_string(facts->changed_ns) + "\n";
  }
  std::string text() const { return sha256(all_); }
  bool too_many() const { return seen_ == files_max; }

 private:
  // What programs write beside the sources is none.
  static bool is_watched(const std::string& name) {
    return !name.starts_with('.') && name != "node_modules" && name != "__pycache__";
  }

  const Files& files_;
  size_t seen_ = 0;
  std::string all_;
};

Exit watch(const WatchFlags& flags) {
  RealFiles files;
  RealClock clock;
  std::string folder = directory_of(flags.files.back());
  auto look = [&] {
    WatchedFiles found(files);
    found.folder(folder);
    for (const std::string& file : flags.files) found.one(file);
    return found;
  };
  WatchedFiles first = look();
  if (first.too_many())
    fmt::print(stderr, "warning: of {} only the first {} files are watched\n", one_line(folder),
               files_max);
  std::string seen = first.text();
  for (int runs = 1;; ++runs) {
    Exit exit = flags.up ? run_up(flags) : run_diff(flags, false);
    if (runs == flags.runs) return exit;
    fmt::print(stderr, "watching {} (Ctrl-C ends it)\n", one_line(folder));
    // Several files are often written at once: until nothing has changed from one look to the next.
    std::string now = seen;
    for (std::string before; now == seen || now != before;) {
      before = now;
      clock.sleep_ms(look_every_ms);
      now = look().text();
    }
    seen = now;
  }
}

}  // namespace

void add_watch(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<WatchFlags>();
  CLI::App* command =
      app.add_subcommand("watch", "Show what `up` would change, again whenever a file changes");
  add_common_flags(*command, *flags);
  add_target_names(*command, *flags, "Only this stack or target, and what it depends on");
  command->add_flag("--up", flags->up, "Bring it up each time, instead of showing only");
  command->add_option("--runs", flags->runs, "End after so many");
  add_approve_flag(*command, *flags);
  add_graph_flags(*command, *flags);
  command->footer(
      "Examples:\n  mainstay watch staging.env stacker.yml\n"
      "  mainstay watch --up staging.env stacker.yml\n"
      "  mainstay watch --stacks web staging.env stacker.yml");
  command->callback([flags, &exit_code] {
    flags->verb = flags->up ? "up" : "diff";
    exit_code = static_cast<int>(watch(*flags));
  });
}

}  // namespace mainstay::cli

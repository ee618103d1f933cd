#include <fmt/core.h>

#include <set>

#include "access/matrix.hh"
#include "access/picture.hh"
#include "base/text.hh"
#include "cli/access/access_commands.hh"
#include "cli/access/access_run.hh"

namespace mainstay::cli {
namespace {

constexpr size_t who_threads = 4, listed_max = 10;

struct WhoFlags : AccessFlags {
  std::string action, matrix;
  std::vector<std::string> resources;
  bool all = false;
};

// Besides the snapshot's principals: anyone at all, and accounts that only resources speak of.
std::vector<access::Actor> outsiders(const access::World& world,
                                     const std::vector<access::Target>& targets) {
  std::set<std::string> accounts;
  for (const access::Target& target : targets)
    for (const policy::Policy* policy : target.policies)
      for (const policy::Statement& statement : policy->document().statements) {
        if (!statement.principals) continue;
        for (const std::string& arn : statement.principals->aws) {
          auto parts = split(arn, ":");
          if (parts.size() > 4 && !world.snapshot().find(parts[4])) accounts.insert(parts[4]);
        }
      }
  std::vector<access::Actor> out;
  for (const std::string& account : accounts)
    if (auto actor = world.actor(account)) out.push_back(*actor);
  if (auto anyone = world.actor("*")) out.push_back(*anyone);
  return out;
}

std::string who_name(const access::Actor& actor) {
  if (actor.arn == "*") return "* (anyone, unsigned)";
  return actor.assumed ? actor.principal.arn + " (not in the snapshot)" : actor.arn;
}

class WhoReport {
 public:
  WhoReport(AccessRun& run, const WhoFlags& flags, const access::Matrix& matrix,
            const policy::Context& context)
      : run_(run), flags_(flags), matrix_(matrix), context_(context) {}

  void lines() const {
    for (size_t row = 0; row < matrix_.actors.size(); ++row) {
      Value resources = Value::list();
      for (size_t column = 0; column < matrix_.targets.size(); ++column)
        if (matrix_.may(row, column)) resources.push_back(matrix_.targets[column].arn);
      if (resources.empty() && !flags_.all) continue;
      run_.json()->line("who", Value::map({{"principal", matrix_.actors[row]->arn},
                                           {"action", flags_.action},
                                           {"allowed", !resources.empty()},
                                           {"resources", std::move(resources)}}));
    }
  }

  std::string text() const {
    bool one = matrix_.targets.size() == 1;
    std::string text =
        flags_.action + " on " +
        (one ? matrix_.targets[0].arn : std::to_string(matrix_.targets.size()) + " resources") +
        "\n";
    size_t able = 0;
    std::string rows;
    for (size_t row = 0; row < matrix_.actors.size(); ++row) {
      size_t count = matrix_.count(row);
      if (count > 0) ++able;
      if (count == 0 && !flags_.all) continue;
      rows += one ? single(row) : several(row, count);
    }
    return text + fmt::format("{} of {} principals may\n", able, matrix_.actors.size()) + rows;
  }

  access::Picture picture() const {
    access::Picture picture;
    picture.title = "Who may " + flags_.action;
    picture.about = std::to_string(matrix_.actors.size()) + " principals by " +
                    std::to_string(matrix_.targets.size()) + " resources";
    for (const access::Target& target : matrix_.targets) picture.columns.push_back(target.arn);
    for (size_t row = 0; row < matrix_.actors.size(); ++row) {
      picture.rows.push_back(who_name(*matrix_.actors[row]));
      for (const access::Target& target : matrix_.targets) {
        bool may = matrix_.may(row, static_cast<size_t>(&target - matrix_.targets.data()));
        picture.cells.push_back({may ? access::Tone::look : access::Tone::none, may ? "yes" : "no",
                                 picture.rows.back() + (may ? " may " : " may not ") +
                                     flags_.action + " on " + target.arn});
      }
    }
    return picture;
  }

 private:
  std::string single(size_t row) const {
    access::Question question{
        matrix_.actors[row], flags_.action, &matrix_.targets[0], context_, {}};
    access::Answer answer = access::answer(run_.world(), question, access::Detail::verdict);
    const access::Step* step = answer.refusing();
    bool may = !step;
    return fmt::format(
        "  {}  {}\n       {}\n",
        may ? run_.style().paint(Ink::good, "yes") : run_.style().paint(Ink::bad, "no "),
        one_line(who_name(*matrix_.actors[row])),
        one_line(access::reason(step ? *step : answer.steps.front())));
  }

  std::string several(size_t row, size_t count) const {
    std::string text = fmt::format("  {}  {} of {}\n", one_line(who_name(*matrix_.actors[row])),
                                   count, matrix_.targets.size());
    if (count == matrix_.targets.size() && !flags_.all) return text;
    size_t listed = 0;
    for (size_t column = 0; column < matrix_.targets.size(); ++column) {
      if (!matrix_.may(row, column)) continue;
      if (listed++ == listed_max && !flags_.all) {
        text += fmt::format("      and {} more (--all lists them)\n", count - listed_max);
        break;
      }
      text += "      " + one_line(matrix_.targets[column].arn) + "\n";
    }
    return text;
  }

  AccessRun& run_;
  const WhoFlags& flags_;
  const access::Matrix& matrix_;
  const policy::Context& context_;
};

Exit who_command(const WhoFlags& flags) {
  AccessRun run(flags);
  auto context = run.context();
  if (!context) return run.fail(context.error());
  if (Status opened = run.open(); !opened) return run.fail(opened.error());
  actions::ActionTable table;
  run.warn_of_unknown_action(table, flags.action);
  auto targets = access::targets_of(run.world(), table, flags.action, flags.resources);
  if (!targets) return run.fail(targets.error());
  std::vector<access::Actor> others = outsiders(run.world(), *targets);
  std::vector<const access::Actor*> actors;
  for (const access::Actor& actor : run.world().actors()) actors.push_back(&actor);
  for (const access::Actor& actor : others) actors.push_back(&actor);
  ThreadPool threads(who_threads);
  auto matrix = access::fill_matrix(run.world(), flags.action, std::move(actors),
                                    std::move(*targets), *context, threads);
  if (!matrix) return run.fail(matrix.error());
  WhoReport report(run, flags, *matrix, *context);
  if (!flags.matrix.empty()) {
    auto drawn = access::draw(report.picture(), flags.matrix);
    if (!drawn) return run.fail(drawn.error());
    if (Status saved = run.files().write(flags.matrix, *drawn); !saved)
      return run.fail(saved.error());
    run.note("matrix written to " + flags.matrix);
  }
  if (run.json()) report.lines();
  run.print(report.text());
  return Exit::ok;
}

}  // namespace

void add_access_who(CLI::App& access, int& exit_code) {
  auto flags = std::make_shared<WhoFlags>();
  CLI::App* command = access.add_subcommand("who", "Every principal that may do this");
  command->add_option("action", flags->action, "As in policies: s3:GetObject")->required();
  command
      ->add_option("resource", flags->resources,
                   "ARNs; with * or ?, all that fit of those that are known")
      ->required();
  command->add_flag("--all", flags->all, "Also those who may not, and every resource");
  command->add_option("--matrix", flags->matrix, "Draw principals by resources: FILE.svg or .html");
  add_context_flag(*command, *flags);
  add_access_source_flags(*command, *flags);
  command->footer(
      "Examples:\n  mainstay access who s3:GetObject 'arn:aws:s3:::data/*'\n"
      "  mainstay access who dynamodb:DeleteTable '*' --from access.json\n"
      "  mainstay access who kms:Decrypt '*' --matrix keys.html");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(who_command(*flags)); });
}

}  // namespace mainstay::cli

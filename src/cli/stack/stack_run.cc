#include "cli/stack/stack_run.hh"

#include <fmt/core.h>
#include <unistd.h>

#include "base/digest.hh"
#include "base/text.hh"
#include "cli/journal/redacting.hh"
#include "cli/stack/holding_approver.hh"
#include "cli/target/client_models.hh"
#include "stacks/fingerprint.hh"
#include "stacks/hooks.hh"
#include "stacks/prune.hh"

namespace mainstay::cli {
namespace {

constexpr size_t file_bytes_max = 4 * 1024 * 1024;
constexpr size_t threads_max = 64;

// Of a real account the API's limits are to be spared.
stacks::PollPolicy poll_policy(Target::Kind kind) {
  stacks::PollPolicy policy;
  if (kind == Target::Kind::embedded) policy.longest_ms = 250;
  if (kind == Target::Kind::account) {
    policy.first_ms = 1'000;
    policy.longest_ms = 8'000;
    policy.together_from = 5;
  }
  return policy;
}

}  // namespace

StackRun::StackRun(const StackFlags& flags)
    : flags_(flags),
      signals_([this](int, int count) { on_signal(count); }),
      input_(terminal_of(0, environment_)),
      error_(terminal_of(2, environment_)),
      style_(style_for(flags.colour, terminal_of(1, environment_), environment_)),
      run_id_(hex_encode(secure_random(6))),
      threads_(flags.at_once == 0 ? threads_max : std::min(flags.at_once, threads_max)) {
  if (flags.json || !flags.json_into.empty()) ndjson_ = std::make_shared<Ndjson>(*clock_, run_id_);
  if (ndjson_) ndjson_->hide(secrets_);
  if (flags.json) ndjson_->add(stdout);
}

StackRun::~StackRun() {
  (void)release_graph();
}

// On the thread of the signals, which must stay free for the next one.
void StackRun::on_signal(int count) {
  if (count > 1) ::_exit(static_cast<int>(Exit::interrupted));
  begin_nothing_.request_stop();
  if (can_ask() && session_ && session_->is_waiting()) {
    question_ = std::jthread([this](std::stop_token stop) { ask_what_to_do(stop); });
    return;
  }
  constexpr std::string_view said =
      "\ninterrupted: starting nothing more and no longer waiting; what CloudFormation has begun "
      "goes on (again to quit at once)\n";
  (void)!::write(2, said.data(), said.size());
  stop_waiting_.request_stop();
}

// The run may end while the question stands: then nobody needs the answer.
void StackRun::ask_what_to_do(std::stop_token over) {
  progress_->hold(true);
  auto answer = ask(
      "\ninterrupted: nothing more is begun. What CloudFormation has begun goes on, unless you\n"
      "cancel it: updates are rolled back then, what is being created can't be cancelled.\n"
      "[d]etach or [c]ancel? (Ctrl-C again quits at once) ",
      over);
  progress_->hold(false);
  if (over.stop_requested()) return;
  bool cancel = answer && (*answer == "c" || *answer == "cancel");
  (cancel ? take_back_ : stop_waiting_).request_stop();
}

Status StackRun::load() {
  if (!flags_.json_into.empty()) CHECK_OK(ndjson_->add_file(flags_.json_into));
  if (flags_.files.size() == 2) {
    TRY(std::string text, files_.read(flags_.files[0], file_bytes_max));
    TRY(variables_, stacks::parse_environment(text, flags_.files[0]));
  }
  for (const std::string& assignment : flags_.assignments)
    CHECK_OK(stacks::add_override(variables_, assignment));
  TRY(config_, read_config(flags_.files.back()));
  if (!flags_.target.rehearses) return {};
  rehearsal_ = std::make_shared<RehearsalRecord>();
  for (const std::string& hook : stacks::leave_out_hooks(config_))
    rehearsal_->unproven("the hook " + hook + " is not run, since it may reach outside of AWS");
  return {};
}

Result<stacks::Config> StackRun::read_config(const std::string& file) {
  TRY(std::string text, files_.read(file == "-" ? "/dev/stdin" : file, file_bytes_max));
  stacks::PackageContext packages{environment_, files_,
                                  [this]() -> Result<std::shared_ptr<aws::Client>> {
                                    CHECK_OK(open_once());
                                    return target_.client("");
                                  },
                                  stop_waiting_.get_token()};
  return stacks::parse_config(text, file, variables_, &files_, [&](const cfn::Document& document) {
    return stacks::fetch_packages(document, packages);
  });
}

stacks::RunOptions StackRun::run_options() const {
  stacks::RunOptions options;
  options.force.insert(flags_.force.begin(), flags_.force.end());
  options.targets.insert(flags_.targets.begin(), flags_.targets.end());
  options.recreate_failed = flags_.recreate_failed || flags_.interactive;
  options.interactive = flags_.interactive;
  options.replacements_only = flags_.replacements_only;
  options.at_once = flags_.at_once;
  options.offline = flags_.offline;
  options.dumping = !flags_.dump_directory.empty();
  options.continue_rollback = flags_.continue_rollback;
  for (const std::string& skipped : flags_.skipped_resources) {
    size_t colon = skipped.find(':');
    options.skipped_resources[skipped.substr(0, colon)].push_back(
        colon == std::string::npos ? "" : skipped.substr(colon + 1));
  }
  options.pruning = at_work_ == &left_;
  options.python_first = environment_.text("MAINSTAY_BLUEPRINTS") == "python";
  return options;
}

// What earlier runs took, where the target is one that stays.
std::shared_ptr<KeptRuns> StackRun::kept_runs(std::string& warning) const {
  auto path = history_path(environment_);
  if (!path || target_.address.empty()) return nullptr;
  auto kept = std::make_shared<KeptRuns>();
  kept->path = *path;
  kept->target = target_.address;
  if (auto loaded = RunHistory::load(files_, *path))
    kept->history = std::move(*loaded);
  else
    warning = "how long earlier runs took can't be read: " + loaded.error().to_string();
  return kept;
}

// Of what is only rehearsed in memory nothing is kept.
std::shared_ptr<RunJournal> StackRun::make_journal() {
  auto folder = journal::journal_folder(environment_);
  if (target_.address.empty()) return nullptr;
  if (!folder) {
    if (target_.kind == Target::Kind::account)
      fmt::print(stderr,
                 "warning: no folder for the journal of runs is known (HOME, "
                 "XDG_STATE_HOME, MAINSTAY_JOURNAL): this run is not kept\n");
    return nullptr;
  }
  return std::make_shared<RunJournal>(
      RunJournal::Setup{files_, *clock_, secrets_, *folder, run_id_});
}

void StackRun::begin_work() {
  if (!journal_) return;
  journal_->begin({flags_.verb, again_command(flags_), user_name(), host_name(), target_.where,
                   flags_.files.back(), config_.name_space, MAINSTAY_VERSION});
}

Exit StackRun::end_work(Exit exit, const stacks::RunResult& result) {
  if (Status released = release_graph(); !released) {
    Exit why = fail(released.error());
    if (exit == Exit::ok) exit = why;
  }
  if (journal_)
    journal_->end({result.changed, result.skipped, result.failed, result.cancelled,
                   static_cast<int>(exit), 0, result.errors});
  return exit;
}

std::unique_ptr<Progress> StackRun::make_progress() {
  std::string warning;
  auto kept = kept_runs(warning);
  ProgressOptions options;
  if (kept)
    options.usual = [kept](const stacks::OperationReport& report) {
      return kept->history.usual(kept->address_of(report), report.operation);
    };
  options.style = style_for(flags_.colour, error_, environment_);
  options.terminal = error_;
  options.measure = [this] { return terminal_of(2, environment_); };
  options.tail = flags_.tail || flags_.verbose;
  options.next = {again_command(flags_), target_flags(flags_.target)};
  // Rows that are drawn over would spoil questions.
  bool live = error_.interactive && !options.style.ascii && !flags_.interactive;
  std::unique_ptr<Progress> progress;
  if (!flags_.json)
    progress =
        live ? live_progress(options, *clock_, files_) : plain_progress(options, *clock_, files_);
  if (ndjson_) progress = with_json(std::move(progress), json_progress(ndjson_, options.usual));
  if (kept) progress = kept_progress(std::move(progress), kept, *clock_, files_);
  journal_ = make_journal();
  if (journal_) {
    progress = journalled_progress(std::move(progress), journal_);
    journal_->on_warning([this](const std::string& text) {
      if (progress_) progress_->warning(text);
    });
  }
  if (rehearsal_) progress = recorded_progress(std::move(progress), rehearsal_);
  progress = redacting_progress(std::move(progress), secrets_);
  if (!warning.empty()) progress->warning(warning);
  return progress;
}

// What is fetched from S3 for the configuration needs the target before anything else does.
Status StackRun::open_once() {
  if (!target_.where.empty()) return {};
  TargetContext context{environment_,  files_,   clock_, stop_waiting_.get_token(),
                        secure_seed(), &secrets_};
  TRY(target_, open_target(flags_.target, context));
  return {};
}

Status StackRun::open() {
  CHECK_OK(open_once());
  if (ndjson_)
    ndjson_->line("target", Value::map({{"where", target_.where}, {"region", target_.region}}));
  if (!flags_.json && !flags_.offline) fmt::print(stderr, "{}\n", one_line(target_.where));
  progress_ = make_progress();
  if (!target_.notice.empty()) progress_->warning(target_.notice);
  for (const std::string& warning : config_.warnings) progress_->warning(warning);
  CHECK_OK(tell_of_profiles());
  TRY(Approvals approvals, Approvals::parse(flags_.approve));
  approver_ = std::make_unique<TerminalApprover>(can_ask() || answers_come(), std::move(approvals),
                                                 style_, stop_waiting_.get_token());
  asking_ = std::make_unique<HoldingApprover>(*approver_, *progress_, secrets_);
  if (rehearsal_) asking_ = agreeing_approver(rehearsal_);
  make_session(run_options());
  return {};
}

Status StackRun::open_graph(bool look_only) {
  if (config_.graph_key.empty()) return {};
  TRY(graph_,
      GraphHold::open({config_, target_, environment_, files_, *clock_, run_id_, flags_.break_lock},
                      look_only));
  if (const std::string& notice = graph_->keeper().notice(); !notice.empty())
    progress_->warning(notice);
  make_session(run_options());
  return {};
}

Status StackRun::hold_graph() {
  return open_graph(false);
}

Status StackRun::look_at_graph() {
  return open_graph(true);
}

Status StackRun::release_graph() {
  return graph_ ? graph_->keeper().release() : Status();
}

void StackRun::tell_what_left() {
  if (!graph_) return;
  std::vector<std::string> names = stacks::left_behind(graph_->keeper().graph(), config_);
  if (names.empty()) return;
  progress_->warning(
      "no longer in the configuration, and still there unless somebody deleted them: " +
      one_line(join(names, ", ")) + " (`mainstay prune` deletes them)");
}

bool StackRun::turn_to_what_left() {
  left_ = stacks::pruned_config(config_, graph_->keeper().graph());
  at_work_ = &left_;
  make_session(run_options());
  return !left_.stacks.empty();
}

// What becomes of the stacks' profiles where there is no real account.
Status StackRun::tell_of_profiles() {
  if (target_.kind == Target::Kind::account || flags_.offline) return {};
  std::set<std::string> profiles;
  for (const stacks::StackConfig& stack : config_.stacks)
    if (stack.enabled && !stack.profile.empty()) profiles.insert(stack.profile);
  for (const std::string& profile : profiles) {
    if (!target_.account_of) {
      progress_->warning("the profile " + one_line(profile) + " only counts on real accounts");
      continue;
    }
    TRY(std::string account, target_.account_of(profile));
    std::string said = (profile.starts_with("arn:") ? "role " : "profile ") + one_line(profile) +
                       " is account " + one_line(account) + " here";
    if (ndjson_) ndjson_->line("target", Value::map({{"where", said}, {"region", target_.region}}));
    if (!flags_.json) fmt::print(stderr, "{}\n", said);
  }
  return {};
}

stacks::Programs& StackRun::programs() {
  auto said = [this](const std::string& program, const std::string& line) {
    if (progress_)
      progress_->said(program, line);
    else
      fmt::print(stderr, "{}: {}\n", one_line(program), one_line(line));
  };
  if (!programs_)
    programs_ = std::make_unique<stacks::UserPrograms>(
        config_, variables_.values,
        stacks::ProgramSetup{environment_, processes_, clock_, target_.region, said,
                             stop_waiting_.get_token()});
  return *programs_;
}

void StackRun::make_session(stacks::RunOptions options) {
  stacks::Knowledge knowledge = embedded_knowledge();
  knowledge.validates = target_.kind == Target::Kind::account;
  knowledge.has_all_types = target_.kind == Target::Kind::embedded;
  stacks::Surroundings around{
      environment_,
      files_,
      clock_,
      threads_,
      target_.client,
      *progress_,
      *asking_,
      poll_policy(target_.kind),
      {begin_nothing_.get_token(), stop_waiting_.get_token(), take_back_.get_token()},
      run_id_,
      knowledge,
      &secrets_,
      &programs(),
      target_.access};
  around.processes = &processes_;
  if (graph_) around.graph = &graph_->keeper();
  session_ = std::make_unique<stacks::Session>(*at_work_, variables_, std::move(options), around);
}

Result<StackRun::Plan> StackRun::plan(const std::function<void(const stacks::StackDiff&)>& show) {
  Plan plan;
  std::map<std::string, std::string> all;
  CHECK_OK(stacks::diff_all(*session_, [&](const stacks::StackDiff& diff) {
    all[diff.stack] = diff.fingerprint;
    if (!diff.awaits_outputs && !diff.fingerprint.empty())
      plan.stacks[diff.stack] = diff.fingerprint;
    show(diff);
  }));
  plan.id = stacks::plan_id(target_.where, all);
  return plan;
}

Status StackRun::hold_to_plan(const std::string& id) {
  std::optional<Error> error;
  TRY(Plan now, plan([&](const stacks::StackDiff& diff) {
        if (diff.error && !error) error = diff.error;
      }));
  if (error) return std::move(*error);
  if (now.id != id)
    return Error("PlanStale", "plan " + one_line(id) +
                                  " no longer holds: the configuration or what is deployed has "
                                  "moved since it was shown (it would be " +
                                  now.id + " now)")
        .with_hint("look at `mainstay diff` again; nothing was changed");
  stacks::RunOptions options = run_options();
  options.plan = std::move(now.stacks);
  make_session(std::move(options));
  return {};
}

Exit StackRun::fail(const Error& said) {
  Error error = secrets_.redacted(said);
  if (progress_) progress_->finish();
  (void)release_graph();
  if (ndjson_) ndjson_->error(error);
  if (!flags_.json)
    fmt::print(stderr, "{}",
               secrets_.redacted_text(
                   error_text(error, files_, style_for(flags_.colour, error_, environment_))));
  if (journal_) journal_->end({0, 0, 0, 0, static_cast<int>(exit_of(error)), 0, {error}});
  return exit_of(error);
}

void StackRun::print(const std::string& text) const {
  if (flags_.json) return;
  std::string shown = only_colours(secrets_.redacted_text(text));
  std::fwrite(shown.data(), 1, shown.size(), stdout);
  std::fflush(stdout);
}

}  // namespace mainstay::cli

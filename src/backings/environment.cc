#include "backings/environment.hh"

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "backings/runtime_api.hh"
#include "backings/runtime_program.hh"

namespace mainstay::backings {
namespace {

constexpr int64_t busy_look_ms = 50, idle_look_ms = 1'000;
constexpr uint64_t output_bytes_max = 64 << 20;

}  // namespace

ExecutionEnvironment::ExecutionEnvironment(const Workshop& workshop, FunctionSpec spec,
                                           uint64_t number)
    : workshop_(workshop),
      spec_(std::move(spec)),
      name_("environment-" + std::to_string(number)),
      started_ms_(workshop.clock.monotonic_ms()),
      used_ms_(started_ms_) {}

bool ExecutionEnvironment::offer(FunctionEvent& event, Functions::Done& done) {
  std::scoped_lock lock(mutex_);
  int64_t now_ms = workshop_.clock.monotonic_ms();
  bool takes = (stage_ == Stage::idle || stage_ == Stage::away) && !work_ && !retired_ &&
               !stopping_ && now_ms - started_ms_ < workshop_.limits.age_ms_max;
  if (!takes) return false;
  used_ms_ = now_ms;
  work_ = Work{std::move(event), std::move(done), 0,
               now_ms + spec_.timeout_ms + workshop_.limits.init_ms_max};
  if (stage_ == Stage::idle) hand_over(*work_);
  return true;
}

// The time limit runs from here, not from the start of a cold environment.
void ExecutionEnvironment::hand_over(Work& work) {
  stage_ = Stage::busy;
  work.began_ms = workshop_.clock.monotonic_ms();
  work.deadline_ms = work.began_ms + spec_.timeout_ms;
  waiting_->answer(event_response(work.event, (workshop_.clock.now() + spec_.timeout_ms).ms));
  waiting_.reset();
}

bool ExecutionEnvironment::ended() const {
  std::scoped_lock lock(mutex_);
  return over_;
}

bool ExecutionEnvironment::idle() const {
  std::scoped_lock lock(mutex_);
  return stage_ == Stage::idle && !work_;
}

int64_t ExecutionEnvironment::used_ms() const {
  std::scoped_lock lock(mutex_);
  return used_ms_;
}

void ExecutionEnvironment::retire() {
  std::scoped_lock lock(mutex_);
  retired_ = true;
  if (!work_ && process_) (void)process_->kill_group(SIGKILL);
}

void ExecutionEnvironment::stop() {
  std::scoped_lock lock(mutex_);
  stopping_ = true;
  if (process_) (void)process_->kill_group(SIGKILL);
}

Result<std::unique_ptr<Process>> ExecutionEnvironment::start_process() {
  TRY(code_, workshop_.packages.unpack(spec_.code));
  TRY(layers_, workshop_.packages.unpack_over(spec_.layers));
  TRY(Variables variables, spec_.variables());
  Places places{*code_, layers_ ? *layers_ : "", workshop_.scratch.folder() + "/runtime"};
  TRY(ProcessSpec program,
      program_of(spec_, places, variables, workshop_.processes, workshop_.surroundings));
  TRY(OutputFile output, OutputFile::make(workshop_.scratch.folder() + "/" + name_ + ".log"));
  program.environment.push_back("AWS_LAMBDA_RUNTIME_API=" + address_);
  program.environment.push_back(std::string(mark_variable) + "=" +
                                workshop_.scratch.mark(spec_.owner));
  program.output = ProcessSpec::Stream::to_file(output.path());
  program.errors_to_output = true;
  {
    std::scoped_lock lock(mutex_);
    output_ = std::move(output);
    for (const auto& [name, value] : variables)
      if (name == "AWS_LAMBDA_LOG_STREAM_NAME") log_stream_ = value;
  }
  return workshop_.processes.spawn(program);
}

void ExecutionEnvironment::run() {
  live();
  std::scoped_lock lock(mutex_);
  over_ = true;
}

void ExecutionEnvironment::live() {
  http::ServerOptions options;
  options.threads = 1;
  options.body_bytes_max = workshop_.limits.payload_bytes_max * 2;
  auto server = http::Server::start(options, [this](HttpRequest&& request, http::Reply reply) {
    serve(std::move(request), std::move(reply));
  });
  if (!server) return fail_to_start(server.error());
  {
    std::scoped_lock lock(mutex_);  // somebody may ask already
    address_ = "127.0.0.1:" + std::to_string((*server)->port());
  }
  auto process = start_process();
  if (!process) return fail_to_start(process.error());
  {
    std::scoped_lock lock(mutex_);
    process_ = process->get();
    if (stopping_ || (retired_ && !work_)) (void)process_->kill_group(SIGKILL);
  }
  watch(**process);
  {
    std::scoped_lock lock(mutex_);
    process_ = nullptr;
    waiting_.reset();
  }
  process->reset();  // with what it started
  (*server)->stop(0);
  end_without_answer(ProcessExit{});
  std::remove(output_->path().c_str());
}

// Until the process has ended. What ended it is told to whoever waits for an answer.
void ExecutionEnvironment::watch(Process& process) {
  while (true) {
    bool is_busy = !idle();
    auto exit = process.wait(is_busy ? busy_look_ms : idle_look_ms);
    if (exit) return end_without_answer(*exit);
    if (exit.error().code != "ProcessTimeout") {
      (void)process.kill_group(SIGKILL);
      return end_without_answer(ProcessExit{0, SIGKILL, true});
    }
    if (!look_at(process)) (void)process.kill_group(SIGKILL);
  }
}

// Whether it may live on.
bool ExecutionEnvironment::look_at(Process& process) {
  auto usage = process.usage();
  std::scoped_lock lock(mutex_);
  int64_t now_ms = workshop_.clock.monotonic_ms();
  output_->bound(output_bytes_max);
  if (usage) memory_peak_ = std::max(memory_peak_, usage->resident_bytes_peak);
  if (stopping_) return false;
  if (work_) {
    over_memory_ = usage && usage->resident_bytes >> 20 >= static_cast<uint64_t>(spec_.memory_mb);
    late_ = now_ms >= work_->deadline_ms;
    return !over_memory_ && !late_;
  }
  if (stage_ == Stage::away)
    return now_ms - used_ms_ < workshop_.limits.init_ms_max + spec_.timeout_ms;
  return !retired_ && now_ms - used_ms_ < workshop_.limits.idle_ms_max;
}

void ExecutionEnvironment::serve(HttpRequest&& request, http::Reply reply) {
  // Only the runtime itself: no page in a browser, which would send another host's name or an
  // origin.
  std::string address;
  {
    std::scoped_lock lock(mutex_);
    address = address_;
  }
  if (request.headers.get("Host") != address || request.headers.has("Origin"))
    return reply.answer(refused_response(403, "Forbidden", "this is the runtime's alone"));
  RuntimeRequest asked = read_runtime_request(request);
  switch (asked.kind) {
    case RuntimeRequest::Kind::next:
      return serve_next(std::move(reply));
    case RuntimeRequest::Kind::response:
      return serve_answer(std::move(request), asked.request_id, false, reply);
    case RuntimeRequest::Kind::error:
      return serve_answer(std::move(request), asked.request_id, true, reply);
    case RuntimeRequest::Kind::init_error: {
      std::scoped_lock lock(mutex_);
      init_error_ = std::move(request.body);
      return reply.answer(accepted_response());
    }
    case RuntimeRequest::Kind::other:
      return reply.answer(refused_response(404, "NotFound", "no such path"));
  }
}

void ExecutionEnvironment::serve_next(http::Reply reply) {
  std::scoped_lock lock(mutex_);
  int64_t now_ms = workshop_.clock.monotonic_ms();
  if (init_ms_ < 0) {
    init_ms_ = now_ms - started_ms_;
    init_log_ = output_->take(workshop_.limits.log_bytes_max);
  }
  if (stage_ == Stage::busy)
    return reply.answer(
        refused_response(403, "InvalidStateTransition", "the event before has not been answered"));
  stage_ = Stage::idle;
  waiting_ = std::move(reply);
  if (work_) return hand_over(*work_);
  if (retired_ && process_) (void)process_->kill_group(SIGKILL);
}

void ExecutionEnvironment::serve_answer(HttpRequest&& request, const std::string& request_id,
                                        bool failed, const http::Reply& reply) {
  {
    std::scoped_lock lock(mutex_);
    if (stage_ != Stage::busy || !work_ || work_->event.request_id != request_id)
      return reply.answer(refused_response(400, "InvalidRequestID", "Invalid request ID"));
    stage_ = Stage::away;
  }
  std::string limit = std::to_string(workshop_.limits.payload_bytes_max);
  FunctionOutcome outcome;
  if (request.body.size() > workshop_.limits.payload_bytes_max) {
    reply.answer(refused_response(413, "RequestEntityTooLarge",
                                  "Exceeded maximum allowed payload size (" + limit + " bytes)."));
    outcome.failed = true;
    outcome.payload = error_payload(
        "Function.ResponseSizeTooLarge",
        "Response payload size exceeded maximum allowed payload size (" + limit + " bytes).");
  } else {
    reply.answer(accepted_response());
    outcome.failed = failed;
    outcome.payload = std::move(request.body);
  }
  finish(std::move(outcome), "", request_id);
}

}  // namespace mainstay::backings

#include "python/worker.hh"

#include <csignal>

#include "base/json.hh"
#include "base/text.hh"
#include "python/package.hh"
#include "python/raised.hh"

namespace mainstay::python {
namespace {

constexpr size_t frame_bytes_max = 64 * 1024 * 1024;
constexpr size_t piece_bytes_max = 256 * 1024;
constexpr size_t log_line_bytes_max = 4096;
constexpr size_t log_lines_max = 20'000;
constexpr size_t last_lines_kept = 5;
constexpr int64_t start_ms_max = 60'000;
constexpr int64_t look_ms = 200;  // how soon a stop is heeded
constexpr int64_t end_ms_max = 2'000;

std::string frame_of(std::string_view text) {
  return std::to_string(text.size()) + "\n" + std::string(text);
}

}  // namespace

// The right to talk to the process; nested calls of the thread that has it have it too.
struct Worker::Turn {
  explicit Turn(Worker& w) : worker(w) {
    std::unique_lock lock(worker.mutex_);
    auto self = std::this_thread::get_id();
    if (worker.depth_ > 0 && worker.whose_turn_ != self)
      worker.free_.wait(lock, [&] { return worker.depth_ == 0; });
    worker.whose_turn_ = self;
    ++worker.depth_;
  }
  ~Turn() {
    std::scoped_lock lock(worker.mutex_);
    if (--worker.depth_ == 0) worker.free_.notify_one();
  }
  Worker& worker;
};

// It ends by itself when nothing can follow; one that does not is ended with its object.
Worker::~Worker() {
  if (!process_ || broken_) return;
  process_->close_input();
  for (;;) {
    auto piece = process_->read(piece_bytes_max, end_ms_max);
    if (!piece || piece->from == Process::Source::end) break;
    if (piece->from == Process::Source::errors) take_log(piece->bytes);
  }
}

Value Worker::greeting() const {
  std::scoped_lock lock(mutex_);
  return greeting_;
}

Error Worker::give_up(const std::string& why) {
  std::string message = "the Python process (" + setup_.interpreter + ") " + why;
  if (process_) (void)process_->kill_group(SIGKILL);
  if (!log_line_.empty()) last_lines_.push_back(log_line_);
  if (!last_lines_.empty())
    message +=
        "; it said last: " + printable(join({last_lines_.begin(), last_lines_.end()}, " | "));
  broken_ = Error("PythonFailed", message);
  return *broken_;
}

void Worker::take_log(std::string_view bytes) {
  for (char c : bytes) {
    if (c != '\n') {
      if (log_line_.size() < log_line_bytes_max) log_line_ += c;
      continue;
    }
    std::string line = std::exchange(log_line_, {});
    last_lines_.push_back(line);
    if (last_lines_.size() > last_lines_kept) last_lines_.pop_front();
    if (++log_lines_ <= log_lines_max && setup_.log) setup_.log(line);
    if (log_lines_ == log_lines_max && setup_.log) setup_.log("(what follows is left out)");
  }
}

// What was printed before the answer is there by now.
void Worker::read_log() {
  for (;;) {
    auto piece = process_->read(piece_bytes_max, 0);
    if (!piece || piece->from == Process::Source::end) return;
    if (piece->from == Process::Source::errors) take_log(piece->bytes);
    if (piece->from == Process::Source::output) unread_ += piece->bytes;
  }
}

Status Worker::send(const std::string& text) {
  std::string frame = frame_of(text);
  for (size_t sent = 0; sent < frame.size();) {
    auto taken = process_->write(std::string_view(frame).substr(sent), look_ms);
    if (taken) {
      sent += *taken;
      continue;
    }
    if (taken.error().code != "ProcessTimeout") {
      // Why it went away stands in its log.
      while (auto piece = process_->read(piece_bytes_max, end_ms_max)) {
        if (piece->from == Process::Source::end) break;
        if (piece->from == Process::Source::errors) take_log(piece->bytes);
      }
      return give_up("ended before it was told what to do");
    }
    if (setup_.stop.stop_requested()) return Error("Interrupted", "interrupted");
  }
  return {};
}

// Nothing where the frame is not whole yet.
Result<std::optional<std::string>> Worker::take_frame() {
  constexpr size_t digits_max = 12;
  size_t end = unread_.find('\n');
  if (end == std::string::npos && unread_.size() <= digits_max) return std::nullopt;
  auto size = end > digits_max ? std::nullopt : parse_int(unread_.substr(0, end));
  if (!size || *size < 0) return give_up("wrote something that is no message");
  if (static_cast<size_t>(*size) > frame_bytes_max)
    return give_up("wrote a message of more than 64 MB");
  if (unread_.size() < end + 1 + static_cast<size_t>(*size)) return std::nullopt;
  std::string text = unread_.substr(end + 1, static_cast<size_t>(*size));
  unread_.erase(0, end + 1 + text.size());
  return text;
}

Result<Value> Worker::receive(int64_t deadline_ms) {
  for (;;) {
    TRY(auto frame, take_frame());
    if (frame) {
      auto message = parse_json(*frame, 200);
      if (!message || !message->is_map()) return give_up("wrote a message that can't be read");
      return message;
    }
    if (setup_.stop.stop_requested()) {
      (void)give_up("was interrupted");
      return Error("Interrupted", "interrupted");
    }
    int64_t left = deadline_ms - setup_.clock->monotonic_ms();
    if (left <= 0) return give_up("did not answer in time");
    auto piece = process_->read(piece_bytes_max, std::min(left, look_ms));
    if (!piece && piece.error().code == "ProcessTimeout") continue;
    if (!piece) return give_up("can't be read from: " + piece.error().message);
    if (piece->from == Process::Source::output) unread_ += piece->bytes;
    if (piece->from == Process::Source::errors) take_log(piece->bytes);
    if (piece->from != Process::Source::end) continue;
    auto exit = process_->wait(end_ms_max);
    return give_up("ended: " + (exit ? exit->text() : std::string("its pipes are closed")));
  }
}

Status Worker::reply(const Value& message, const Answer& answer) {
  auto given = answer(message["ask"].as_string(), message["with"]);
  if (given) return send(to_json(Value::map({{"answer", std::move(*given)}})));
  return send(to_json(Value::map({{"refused", refusal_value(given.error())}})));
}

Result<Value> Worker::exchange(const std::string& operation, const Value& with,
                               const Answer& answer, int64_t timeout_ms) {
  CHECK_OK(send(to_json(Value::map({{"do", operation}, {"with", with}}))));
  int64_t deadline = setup_.clock->monotonic_ms() + timeout_ms;
  for (;;) {
    TRY(Value message, receive(deadline));
    if (message.has("ask")) {
      int64_t before = setup_.clock->monotonic_ms();
      CHECK_OK(reply(message, answer));
      deadline += setup_.clock->monotonic_ms() - before;
    } else if (message.has("ok") || message["error"].is_map()) {
      read_log();
      if (message.has("ok")) return message["ok"];
      return raised_error(message["error"]);
    } else {
      return give_up("wrote a message of no known kind");
    }
  }
}

Status Worker::start(const Answer& answer) {
  ProcessSpec spec;
  spec.argv = {setup_.interpreter, "-c", boot_program()};
  spec.environment = setup_.environment;
  spec.input = spec.output = spec.errors = ProcessSpec::Stream::piped();
  auto started = setup_.processes.spawn(spec);
  if (!started) return give_up("can't be started: " + started.error().message);
  process_ = std::move(*started);
  CHECK_OK(send(std::string(package_json())));
  TRY(Value greeting, exchange("hello", setup_.hello, answer, start_ms_max));
  std::scoped_lock lock(mutex_);
  greeting_ = std::move(greeting);
  return {};
}

Result<Value> Worker::call(const std::string& operation, const Value& with, const Answer& answer,
                           int64_t timeout_ms) {
  Turn turn(*this);
  if (broken_) return *broken_;
  if (!process_)
    if (Status started = start(answer); !started) {
      if (!broken_) broken_ = started.error();
      return started.error();
    }
  return exchange(operation, with, answer, timeout_ms);
}

}  // namespace mainstay::python

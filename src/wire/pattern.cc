#include "wire/pattern.hh"

#include <re2/re2.h>

namespace mainstay::wire {

Pattern::Pattern(std::string_view text) : text_(text) {}
Pattern::~Pattern() = default;

const re2::RE2* Pattern::compiled() const {
  std::call_once(once_, [this] {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    compiled_ = std::make_unique<re2::RE2>(re2::StringPiece(text_.data(), text_.size()), options);
  });
  return compiled_->ok() ? compiled_.get() : nullptr;
}

bool Pattern::checked() const {
  return compiled() != nullptr;
}

bool Pattern::matches(std::string_view subject) const {
  const re2::RE2* re = compiled();
  return re == nullptr ||
         re2::RE2::FullMatch(re2::StringPiece(subject.data(), subject.size()), *re);
}

}  // namespace mainstay::wire

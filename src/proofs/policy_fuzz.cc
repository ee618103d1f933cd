// Any text is a policy document or an error with a message, never a crash or a hang; and what was
// read says the same when written and read again, and allows no more than itself.
#include <cstdlib>

#include "base/json.hh"
#include "proofs/symbolic.hh"

using namespace mainstay;
using namespace mainstay::policy;
using namespace mainstay::policy::proofs;

namespace {

Request fuzzed_request(std::string_view text) {
  Request out;
  out.principal = Principal::from_text("arn:aws:iam::123456789012:user/ann").value();
  out.action = "s3:GetObject";
  out.resource = "arn:aws:s3:::b/" + std::string(text.substr(0, 64));
  out.context.set("aws:username", std::string(text.substr(0, 16)));
  out.context.set_list("aws:TagKeys", {"a", std::string(text.substr(0, 8))});
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  Kind kind = data[0] % 3 == 0 ? Kind::resource : data[0] % 3 == 1 ? Kind::trust : Kind::identity;
  auto parsed = Policy::parse("fuzzed", text, kind);
  if (!parsed.has_value()) {
    if (parsed.error().message.empty()) std::abort();
    return 0;
  }
  auto again = Policy::parse("again", to_json(to_value((*parsed)->document())), kind);
  if (!again.has_value()) std::abort();
  Request request = fuzzed_request(text);
  if (allows({parsed->get()}, request) != allows({again->get()}, request)) std::abort();
  SymbolicOptions options;
  options.work_max = 200'000;
  if (compare({parsed->get()}, {again->get()}, options).answer == Answer::more) std::abort();
  Comparison all = compare({}, {parsed->get()}, options);
  if (all.answer == Answer::more && !allows({parsed->get()}, all.witnesses[0].request))
    std::abort();
  if (all.answer == Answer::no_more && allows({parsed->get()}, request) && kind == Kind::identity)
    std::abort();
  return 0;
}

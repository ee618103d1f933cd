// Real actions and what each can be about, as the symbolic comparison of policies wants them: its
// witnesses are then requests that somebody could make.
#pragma once

#include <memory>

#include "actions/action_table.hh"
#include "proofs/known_actions.hh"
#include "proofs/symbolic.hh"

namespace mainstay::access {

// Immutable; any number of threads. Outlives the options that it gives.
class Vocabulary {
 public:
  Vocabulary();
  const actions::ActionTable& table() const { return table_; }
  policy::proofs::SymbolicOptions options() const;

 private:
  actions::ActionTable table_;
  std::unique_ptr<const policy::proofs::KnownActions> known_;
};

// "s3:PutObject on arn:aws:s3:::b/k with aws:SourceIp=10.0.0.1".
// Keys as `spelling` has them, in lower case where it has none.
std::string witness_text(const policy::Request& request,
                         const policy::proofs::Spelling& spelling = {});
Value witness_value(const policy::Request& request, const policy::proofs::Spelling& spelling = {});

}  // namespace mainstay::access

// A policy made ready to be evaluated many times: patterns cut up, operators resolved, names
// folded.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "policy/condition.hh"
#include "policy/document.hh"
#include "policy/glob.hh"
#include "policy/pattern.hh"
#include "policy/request.hh"

namespace mainstay::policy {

// How a statement's Principal element reaches a caller. The order is the strength of the grant: see
// "Policy evaluation for requests within a single account" on what each form needs beside it.
enum class Reach {
  none,
  account,  // by the account of the caller: needs the account's own policies too
  role,     // by the role of a session, or the user behind a federated session
  direct    // by the very session, user or service, or everyone
};

Reach reach_of(const Principals& named, const Principal& principal);

// A resource element: matched as a whole text, or segment by segment where a star stands inside one
// of the first five segments (only a star at a segment's end reaches beyond its colon). Source:
// "IAM JSON policy elements: Resource".
class ResourcePattern {
 public:
  ResourcePattern(std::string_view text, bool variables);
  bool matches(std::string_view arn, const Context& context) const;
  const Pattern& pattern() const { return pattern_; }
  bool by_segment() const { return by_segment_; }

 private:
  Pattern pattern_;
  bool by_segment_ = false;
  ArnGlob segments_;
};

// One statement. Refers to the document of its Policy.
class Rule {
 public:
  Rule(const Statement& statement, bool variables);

  const Statement& statement() const { return *statement_; }
  bool allows() const { return statement_->effect == Effect::allow; }

  // The parts of a match. `action` in lower case.
  bool covers_action(std::string_view action) const;
  bool covers_resource(std::string_view resource, const Context& context) const;
  Reach reaches(const Principal& principal) const;  // direct where there is no Principal element
  const Test* failing_test(const Context& context) const;  // nullptr where all hold
  // The keys that the conditions and resources ask for, in lower case.
  const std::vector<Test>& tests() const { return tests_; }
  void drop_tests() { tests_.clear(); }
  void drop_actions() { every_action_ = true; }  // the action is known to be covered
  const std::vector<ResourcePattern>& resources() const { return resources_; }
  const std::vector<Glob>& actions() const { return actions_; }

 private:
  const Statement* statement_;
  std::vector<Glob> actions_;
  std::vector<ResourcePattern> resources_;
  std::vector<Test> tests_;
  bool every_action_ = false;
};

// Immutable once made: any number of threads may evaluate one.
class Policy {
 public:
  // `name` is what a trace calls it: a policy's ARN, "inline policy x of role y".
  Policy(std::string name, Document document);
  static Result<std::shared_ptr<const Policy>> parse(std::string name, std::string_view json,
                                                     Kind kind);
  Policy(const Policy&) = delete;
  Policy& operator=(const Policy&) = delete;

  const std::string& name() const { return name_; }
  const Document& document() const { return *document_; }
  const std::vector<Rule>& rules() const { return rules_; }
  // Only the statements that can match this request on some resource; conditions that ask for none
  // of the keys in `of_resource` (lower case, sorted or not) are asked now.
  std::unique_ptr<const Policy> narrowed(const Request& request,
                                         const std::vector<std::string>& of_resource) const;

 private:
  Policy(std::string name, std::shared_ptr<const Document> document);

  std::string name_;
  std::shared_ptr<const Document> document_;
  std::vector<Rule> rules_;
};

}  // namespace mainstay::policy

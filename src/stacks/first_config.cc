#include "stacks/first_config.hh"

#include <set>

#include "base/json.hh"
#include "base/text.hh"
#include "cfn/document.hh"
#include "stacks/rendering.hh"

namespace mainstay::stacks {
namespace {

// In a configuration a dollar is written twice, as the environment fills in what follows one.
std::string quoted(const std::string& text) {
  std::string out;
  append_json_string(out, text);
  return replace_all(out, "$", "$$");
}

class Writer {
 public:
  Writer(const CloudFormation& cloud, const std::string& name_space)
      : cloud_(cloud), prefix_(name_space.empty() ? "" : name_space + "-") {}

  Result<FirstConfig> write(const std::string& name_space) {
    TRY(std::vector<DeployedStack> all, cloud_.all_stacks());
    CHECK_OK(find_imports(all));
    out_.config = "namespace: " + quoted(name_space) +
                  "\n# as they are: else every stack would get the tag stacker_namespace\n"
                  "tags: {}\nstacks:\n";
    for (const DeployedStack& stack : all)
      if (is_wanted(stack)) CHECK_OK(write_stack(stack));
    if (out_.stacks == 0) out_.config = replace_all(out_.config, "stacks:\n", "stacks: []\n");
    return std::move(out_);
  }

 private:
  bool is_wanted(const DeployedStack& stack) const {
    bool there = stack.phase() != StackPhase::deleted && stack.phase() != StackPhase::in_review;
    return there && !stack.is_nested && stack.name.starts_with(prefix_) &&
           stack.name.size() > prefix_.size();
  }

  std::string short_name(const std::string& name) const { return name.substr(prefix_.size()); }

  // Who imports what: that is what a stack must wait for.
  Status find_imports(const std::vector<DeployedStack>& all) {
    std::map<std::string, const DeployedStack*> by_id;
    for (const DeployedStack& stack : all) by_id[stack.id] = &stack;
    TRY(auto exports, cloud_.exports());
    for (const auto& [name, exporter] : exports) {
      auto from = by_id.find(exporter);
      if (from == by_id.end() || !is_wanted(*from->second)) continue;
      TRY(auto importers, cloud_.importers(name));
      for (const std::string& importer : importers)
        if (importer != from->second->name) needs_[importer].insert(from->second->name);
    }
    return {};
  }

  Status write_stack(const DeployedStack& stack) {
    TRY(std::string body, cloud_.template_body(stack.id));
    std::string name = short_name(stack.name);
    std::string path = "templates/" + name + (trim(body).starts_with('{') ? ".json" : ".yaml");
    out_.config += "  - name: " + quoted(name) + "\n    template_path: " + quoted(path) + "\n";
    CHECK_OK(write_variables(stack, body));
    write_map("tags", stack.tags);
    write_list("requires", needed_by(stack));
    write_list("notification_arns", stack.notification_arns);
    if (stack.termination_protection) out_.config += "    termination_protection: true\n";
    if (!stack.role_arn.empty())
      note(stack, "CloudFormation goes on working with its role " + stack.role_arn);
    if (stack.phase() != StackPhase::complete) note(stack, "it is " + stack.status);
    out_.templates[path] = std::move(body);
    ++out_.stacks;
    return {};
  }

  void note(const DeployedStack& stack, const std::string& what) {
    out_.notes.push_back("stack " + stack.name + ": " + what);
  }

  std::vector<std::string> needed_by(const DeployedStack& stack) const {
    std::vector<std::string> names;
    if (auto found = needs_.find(stack.name); found != needs_.end())
      for (const std::string& other : found->second) names.push_back(short_name(other));
    return names;
  }

  // A hidden value isn't told; a parameter that is not given keeps the one deployed.
  Status write_variables(const DeployedStack& stack, const std::string& body) {
    TRY(cfn::Document document,
        cfn::parse_document(body, stack.name, cfn::ParseOptions::for_template()));
    std::vector<Tag> given;
    for (const auto& [key, value] : stack.parameters) {
      std::string text = value.to_text();
      bool hidden = is_hidden(document.root["Parameters"][key]);
      if (hidden || text.contains("${"))
        note(stack, "its parameter " + key + " stays as it is, as its value " +
                        (hidden ? "is not told" : "would be taken for a lookup"));
      else
        given.push_back({key, text});
    }
    write_map("variables", given);
    return {};
  }

  void write_map(const char* key, const std::vector<Tag>& members) {
    if (members.empty()) return;
    out_.config += "    " + std::string(key) + ":\n";
    for (const Tag& one : members)
      out_.config += "      " + quoted(one.key) + ": " + quoted(one.value) + "\n";
  }

  void write_list(const char* key, const std::vector<std::string>& items) {
    if (items.empty()) return;
    out_.config += "    " + std::string(key) + ":\n";
    for (const std::string& one : items) out_.config += "      - " + quoted(one) + "\n";
  }

  const CloudFormation& cloud_;
  std::string prefix_;
  std::map<std::string, std::set<std::string>> needs_;  // by full name
  FirstConfig out_;
};

}  // namespace

Result<FirstConfig> first_config(const CloudFormation& cloud, const std::string& name_space) {
  return Writer(cloud, name_space).write(name_space);
}

}  // namespace mainstay::stacks

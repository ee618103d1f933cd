#include "cli/access/policy_file.hh"

#include <algorithm>

namespace mainstay::cli {
namespace {

struct KindRow {
  const char* name;
  policy::Kind kind;
};
constexpr KindRow kind_rows[] = {{"identity", policy::Kind::identity},
                                 {"resource", policy::Kind::resource},
                                 {"trust", policy::Kind::trust},
                                 {"scp", policy::Kind::service_control},
                                 {"boundary", policy::Kind::boundary}};

policy::Kind kind_of(const Value& document, const std::string& name) {
  for (const KindRow& row : kind_rows)
    if (name == row.name) return row.kind;
  const Value& statements = document["Statement"];
  auto names_principals = [](const Value& one) {
    return one.has("Principal") || one.has("NotPrincipal");
  };
  bool resource = statements.is_list() ? std::ranges::any_of(statements.items(), names_principals)
                                       : names_principals(statements);
  auto has_resource = [](const Value& one) {
    return one.has("Resource") || one.has("NotResource");
  };
  bool trust =
      resource && !(statements.is_list() ? std::ranges::any_of(statements.items(), has_resource)
                                         : has_resource(statements));
  return trust ? policy::Kind::trust : resource ? policy::Kind::resource : policy::Kind::identity;
}

}  // namespace

const std::vector<std::string>& policy_file_kinds() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out{"auto"};
    for (const KindRow& row : kind_rows) out.emplace_back(row.name);
    return out;
  }();
  return names;
}

Position PolicyFile::statement(const policy::Rule& rule) const {
  const std::vector<policy::Statement>& all = policy->document().statements;
  auto index = static_cast<size_t>(&rule.statement() - all.data());
  if (!text.root["Statement"].is_list()) return text.at(cfn::Path{"Statement"});
  return text.at(cfn::Path{"Statement", std::to_string(index)});
}

Result<PolicyFile> read_policy_file(const Files& files, const std::string& path,
                                    const std::string& kind) {
  constexpr size_t policy_bytes_max = 4 * 1024 * 1024;
  TRY(std::string text, files.read(path, policy_bytes_max));
  PolicyFile out;
  TRY(out.text, cfn::parse_document(text, path, cfn::ParseOptions::for_config()));
  auto document = policy::from_value(out.text.root, kind_of(out.text.root, kind));
  if (!document) return Error(document.error()).because(path);
  out.policy = std::make_shared<const policy::Policy>(path, std::move(*document));
  return out;
}

}  // namespace mainstay::cli

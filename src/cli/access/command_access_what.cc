#include <fmt/core.h>

#include <map>

#include "access/grants.hh"
#include "access/picture.hh"
#include "base/text.hh"
#include "cli/access/access_commands.hh"
#include "cli/access/access_run.hh"

namespace mainstay::cli {
namespace {

struct WhatFlags : AccessFlags {
  std::string principal, service, matrix;
};

using GrantedList = std::vector<access::Granted>;

// Actions of one service and level that are allowed on the same resources.
struct Bundle {
  std::string service, level;
  std::vector<std::string> resources, exceptions, actions;
};

std::vector<Bundle> bundled(const GrantedList& grants) {
  std::map<std::string, Bundle> by_key;
  for (const access::Granted& one : grants) {
    std::string service(access::service_of(one));
    std::string level(actions::level_name(one.action->level));
    Bundle& bundle = by_key[service + "\n" + level + "\n" + join(one.resources, "\n") + "\r" +
                            join(one.exceptions, "\n")];
    bundle.service = service;
    bundle.level = level;
    bundle.resources = one.resources;
    bundle.exceptions = one.exceptions;
    bundle.actions.push_back(one.action->name.substr(service.size() + 1));
  }
  std::vector<Bundle> out;
  for (auto& [key, bundle] : by_key) out.push_back(std::move(bundle));
  return out;
}

size_t count_of(const actions::Service& service, const std::string& level) {
  return static_cast<size_t>(std::ranges::count_if(
      service.actions(),
      [&](const actions::Action& action) { return actions::level_name(action.level) == level; }));
}

std::string wrapped(const std::vector<std::string>& words, const std::string& indent) {
  constexpr size_t width = 78;
  std::string text, line = indent;
  for (size_t i = 0; i < words.size(); ++i) {
    std::string word = one_line(words[i]) + (i + 1 < words.size() ? ", " : "");
    if (line.size() > indent.size() && line.size() + word.size() > width) {
      text += line + "\n";
      line = indent;
    }
    line += word;
  }
  return text + line + "\n";
}

std::string what_text(const GrantedList& grants, const actions::ActionTable& table,
                      const access::Actor& actor, const Style& style) {
  std::string text = fmt::format("{} may {} action{}\n", one_line(actor.arn), grants.size(),
                                 grants.size() == 1 ? "" : "s");
  std::string service;
  for (const Bundle& bundle : bundled(grants)) {
    const actions::Service* known = table.service(bundle.service);
    if (bundle.service != service)
      text += "\n" + style.paint(Ink::bold, bundle.service) + "  " + known->name() + "\n";
    service = bundle.service;
    size_t all = count_of(*known, bundle.level);
    text += fmt::format("  {} {} of {}\n", bundle.level, bundle.actions.size(), all);
    if (bundle.actions.size() < all) text += wrapped(bundle.actions, "    ");
    text += wrapped(bundle.resources, "      on ");
    if (!bundle.exceptions.empty()) text += wrapped(bundle.exceptions, "      but not on ");
  }
  return text;
}

access::Tone tone_of(const actions::Action& action) {
  switch (access::effect_of(action)) {
    case access::Effect::read:
      return access::Tone::look;
    case access::Effect::change:
      return access::Tone::change;
    case access::Effect::remove:
    case access::Effect::escalate:
      return access::Tone::danger;
  }
  return access::Tone::none;
}

// Services by resources; a cell has the gravest of what may be done.
access::Picture what_picture(const GrantedList& grants, const access::Actor& actor) {
  access::Picture picture;
  picture.title = "What " + actor.arn + " may do";
  picture.about = "services by resources, as its policies and the snapshot name them";
  std::map<std::string, std::map<std::string, std::vector<const access::Granted*>>> cells;
  std::map<std::string, size_t> columns;
  for (const access::Granted& one : grants)
    for (const std::string& resource : one.resources) {
      cells[std::string(access::service_of(one))][resource].push_back(&one);
      columns.emplace(resource, 0);
    }
  for (auto& [resource, place] : columns) {
    place = picture.columns.size();
    picture.columns.push_back(resource);
  }
  for (const auto& [service, row] : cells) {
    picture.rows.push_back(service);
    size_t first = picture.cells.size();
    picture.cells.resize(first + columns.size());
    for (const auto& [resource, all] : row) {
      access::PictureCell& cell = picture.cells[first + columns[resource]];
      cell.word = std::to_string(all.size());
      cell.title = service + " on " + resource + ":";
      for (const access::Granted* one : all) {
        cell.tone = std::max(cell.tone, tone_of(*one->action));
        if (cell.title.size() < 500) cell.title += " " + one->action->name;
      }
    }
  }
  return picture;
}

void what_lines(Ndjson& out, const GrantedList& grants, const access::Actor& actor) {
  for (const access::Granted& one : grants)
    out.line("what", Value::map({{"principal", actor.arn},
                                 {"action", one.action->name},
                                 {"level", actions::level_name(one.action->level)},
                                 {"resources", Value::texts(one.resources)},
                                 {"exceptions", Value::texts(one.exceptions)}}));
}

Exit what_command(const WhatFlags& flags) {
  AccessRun run(flags);
  auto context = run.context();
  if (!context) return run.fail(context.error());
  if (Status opened = run.open(); !opened) return run.fail(opened.error());
  auto actor = run.world().actor(flags.principal);
  if (!actor) return run.fail(actor.error());
  actions::ActionTable table;
  GrantedList grants = access::Grants(run.world(), table, *context).of(*actor);
  if (!flags.service.empty())
    std::erase_if(grants,
                  [&](const auto& one) { return access::service_of(one) != flags.service; });
  if (!flags.matrix.empty()) {
    auto drawn = access::draw(what_picture(grants, *actor), flags.matrix);
    if (!drawn) return run.fail(drawn.error());
    if (Status saved = run.files().write(flags.matrix, *drawn); !saved)
      return run.fail(saved.error());
    run.note("matrix written to " + flags.matrix);
  }
  if (run.json()) what_lines(*run.json(), grants, *actor);
  run.print(what_text(grants, table, *actor, run.style()));
  return Exit::ok;
}

}  // namespace

void add_access_what(CLI::App& access, int& exit_code) {
  auto flags = std::make_shared<WhatFlags>();
  CLI::App* command =
      access.add_subcommand("what", "All that a principal may do, by service, with resources");
  command->add_option("principal", flags->principal, "ARN, role/NAME, ACCOUNT:user/NAME")
      ->required();
  command->add_option("--service", flags->service, "Only this one, by its prefix: s3");
  command->add_option("--matrix", flags->matrix, "Draw services by resources: FILE.svg or .html");
  add_context_flag(*command, *flags);
  add_access_source_flags(*command, *flags);
  command->footer(
      "Examples:\n  mainstay access what role/app\n"
      "  mainstay access what user/ann --service s3 --from access.json\n"
      "  mainstay access what 111111111111:role/emr --matrix emr.svg");
  command->callback([flags, &exit_code] { exit_code = static_cast<int>(what_command(*flags)); });
}

}  // namespace mainstay::cli

#include "cli/completion.hh"

#include <fmt/core.h>

#include "aws/profiles.hh"
#include "base/text.hh"
#include "cfn/document.hh"
#include "cli/screen/error_pages.hh"

namespace mainstay::cli {
namespace {

using Commands = std::vector<CompletedCommand>;

// "TEXT:{auto,always,never}" has choices.
std::vector<std::string> choices_of(const CLI::Option& option) {
  std::string type = option.get_type_name();
  size_t open = type.find('{'), close = type.find('}');
  if (open == std::string::npos || close == std::string::npos) return {};
  return split(type.substr(open + 1, close - open - 1), ",");
}

CompletedOption option_of(const CLI::Option& option) {
  CompletedOption completed;
  for (const std::string& name : option.get_lnames()) completed.names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) completed.names.push_back("-" + name);
  completed.description = option.get_description();
  completed.takes_value = option.get_items_expected_max() > 0;
  completed.choices = choices_of(option);
  for (const std::string& name : completed.names) {
    if (name == "--profile") completed.asked_for = "profiles";
    if (name == "--stacks") completed.asked_for = "stacks";
  }
  return completed;
}

size_t add_command(CLI::App& app, const std::string& path, Commands& commands) {
  size_t own = commands.size();
  CompletedCommand command{path, app.get_aliases(), app.get_description(), {}, {}, {}};
  command.names.insert(command.names.begin(), app.get_name());
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional())
      for (std::string& choice : choices_of(*option)) command.choices.push_back(std::move(choice));
    else
      command.options.push_back(option_of(*option));
  }
  if (path == "explain")
    for (const ErrorPage& page : error_pages()) command.choices.push_back(page.code);
  commands.push_back(std::move(command));
  for (CLI::App* child : app.get_subcommands([](CLI::App*) { return true; })) {
    size_t added = add_command(
        *child, path.empty() ? child->get_name() : path + " " + child->get_name(), commands);
    commands[own].children.push_back(added);
  }
  return own;
}

// In single quotes, for all three shells.
std::string quoted(const std::string& text, bool fish = false) {
  if (!fish) return "'" + replace_all(text, "'", "'\\''") + "'";
  return "'" + replace_all(replace_all(text, "\\", "\\\\"), "'", "\\'") + "'";
}

// Cases of "PATH WORD": the command that a word leads to.
std::string steps_text(const Commands& commands) {
  std::string text;
  for (const CompletedCommand& command : commands)
    for (size_t child : command.children) {
      std::vector<std::string> patterns;
      for (const std::string& name : commands[child].names)
        patterns.push_back(quoted(command.path + " " + name));
      text += "      " + join(patterns, "|") + ") at=" + quoted(commands[child].path) + " ;;\n";
    }
  return text;
}

// Cases of "PATH OPTION" for options whose value follows. asking_command: of what is to be asked
// for.
std::string values_text(const Commands& commands, const std::string& choices_command,
                        const std::string& asking_command) {
  std::string text;
  for (const CompletedCommand& command : commands)
    for (const CompletedOption& option : command.options) {
      if (!option.takes_value) continue;
      std::vector<std::string> patterns;
      for (const std::string& name : option.names)
        patterns.push_back(quoted(command.path + " " + name));
      text += "    " + join(patterns, "|") + ") ";
      text += !option.asked_for.empty() ? replace_all(asking_command, "WHAT", option.asked_for)
              : option.choices.empty()
                  ? "return"
                  : fmt::format(fmt::runtime(choices_command), join(option.choices, " "));
      text += " ;;\n";
    }
  return text;
}

std::vector<std::string> option_names(const CompletedCommand& command) {
  std::vector<std::string> names;
  for (const CompletedOption& option : command.options)
    names.insert(names.end(), option.names.begin(), option.names.end());
  return names;
}

std::vector<std::string> word_names(const Commands& commands, const CompletedCommand& command) {
  std::vector<std::string> names = command.choices;
  for (size_t child : command.children)
    names.insert(names.end(), commands[child].names.begin(), commands[child].names.end());
  return names;
}

// Where nothing is offered, bash's own completion of files steps in.
std::string bash_script(const Commands& commands) {
  std::string text =
      "# mainstay completion bash\n_mainstay() {\n"
      "  local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
      "  local at='' i options='' words=''\n  COMPREPLY=()\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n    case \"$at ${COMP_WORDS[i]}\" in\n" +
      steps_text(commands) + "    esac\n  done\n  case \"$at $prev\" in\n" +
      values_text(commands, "COMPREPLY=($(compgen -W '{}' -- \"$cur\")); return",
                  "COMPREPLY=($(compgen -W \"$(\"${COMP_WORDS[0]}\" completion words WHAT "
                  "\"${COMP_WORDS[@]}\" 2>/dev/null)\" -- \"$cur\")); return") +
      "  esac\n  case \"$at\" in\n";
  for (const CompletedCommand& command : commands)
    text += "    " + quoted(command.path) +
            ") options=" + quoted(join(option_names(command), " ")) +
            " words=" + quoted(join(word_names(commands, command), " ")) + " ;;\n";
  return text +
         "  esac\n  [[ $cur == -* ]] && words=$options\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
         "complete -o bashdefault -o default -F _mainstay mainstay\n";
}

// "name:description", where a colon in the name is escaped.
std::string described(const std::string& name, const std::string& description) {
  return quoted(replace_all(name, ":", "\\:") + ":" + description);
}

std::string zsh_script(const Commands& commands) {
  std::string text =
      "#compdef mainstay\n# mainstay completion zsh\n_mainstay() {\n"
      "  local at='' i prev=\"${words[CURRENT-1]}\"\n  local -a options names\n"
      "  for ((i = 2; i < CURRENT; i++)); do\n    case \"$at ${words[i]}\" in\n" +
      steps_text(commands) + "    esac\n  done\n  case \"$at $prev\" in\n" +
      replace_all(values_text(commands, "compadd -- {}; return",
                              "compadd -- ${(f)\"$($words[1] completion words WHAT $words "
                              "2>/dev/null)\"}; return"),
                  ") return ;;", ") _files; return ;;") +
      "  esac\n  case \"$at\" in\n";
  for (const CompletedCommand& command : commands) {
    std::vector<std::string> options, names = command.choices;
    for (const CompletedOption& option : command.options)
      for (const std::string& name : option.names)
        options.push_back(described(name, option.description));
    for (size_t child : command.children)
      for (const std::string& name : commands[child].names)
        names.push_back(described(name, commands[child].description));
    text += "    " + quoted(command.path) + ") options=(" + join(options, " ") + ") names=(" +
            join(names, " ") + ") ;;\n";
  }
  return text +
         "  esac\n  if [[ $PREFIX == -* ]]; then\n    _describe option options\n"
         "  elif (( ${#names} )); then\n    _describe command names\n"
         "  else\n    _files\n  fi\n}\n"
         "if [[ $funcstack[1] == _mainstay ]]; then _mainstay \"$@\"; else compdef _mainstay "
         "mainstay; fi\n";
}

std::string fish_option(const CompletedCommand& command, const CompletedOption& option) {
  std::string text =
      "complete -c mainstay -n " + quoted("__mainstay_at " + quoted(command.path, true), true);
  for (const std::string& name : option.names)
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (!option.asked_for.empty())
    text += " -x -a " + quoted("(mainstay completion words " + option.asked_for +
                                   " (commandline -opc) 2>/dev/null)",
                               true);
  else if (option.takes_value)
    text += option.choices.empty() ? " -r" : " -x -a " + quoted(join(option.choices, " "), true);
  return text + " -d " + quoted(option.description, true) + "\n";
}

std::string fish_script(const Commands& commands) {
  std::string text =
      "# mainstay completion fish\nfunction __mainstay_at\n  set -l at ''\n"
      "  for word in (commandline -opc)[2..-1]\n    switch \"$at $word\"\n";
  for (const CompletedCommand& command : commands)
    for (size_t child : command.children) {
      std::vector<std::string> patterns;
      for (const std::string& name : commands[child].names)
        patterns.push_back(quoted(command.path + " " + name, true));
      text += "      case " + join(patterns, " ") + "\n        set at " +
              quoted(commands[child].path, true) + "\n";
    }
  text += "    end\n  end\n  test \"$at\" = \"$argv[1]\"\nend\n";
  for (const CompletedCommand& command : commands) {
    std::string condition = " -n " + quoted("__mainstay_at " + quoted(command.path, true), true);
    for (size_t child : command.children)
      text += "complete -c mainstay -f" + condition + " -a " +
              quoted(join(commands[child].names, " "), true) + " -d " +
              quoted(commands[child].description, true) + "\n";
    if (!command.choices.empty())
      text += "complete -c mainstay -f" + condition + " -a " +
              quoted(join(command.choices, " "), true) + "\n";
    for (const CompletedOption& option : command.options) text += fish_option(command, option);
  }
  return text;
}

}  // namespace

std::vector<std::string> completed_words(const std::string& what,
                                         const std::vector<std::string>& line,
                                         const Environment& environment, const Files& files) {
  if (what == "profiles") {
    auto profiles = aws::Profiles::load(environment, files);
    return profiles ? profiles->names() : std::vector<std::string>{};
  }
  std::vector<std::string> names;
  for (const std::string& word : line) {
    if (!word.ends_with(".yml") && !word.ends_with(".yaml")) continue;
    auto text = files.read(word, cfn::ParseOptions::for_config().size_max);
    if (!text) continue;
    auto document = cfn::parse_document(*text, word, cfn::ParseOptions::for_config());
    if (!document) continue;
    const Value& stacks = document->root["stacks"];
    for (const auto& [name, stack] : stacks.members()) names.push_back(name);
    for (const Value& stack : stacks.items())
      if (stack["name"].is_string()) names.push_back(stack["name"].as_string());
  }
  return names;
}

std::vector<CompletedCommand> completed_commands(CLI::App& app) {
  Commands commands;
  add_command(app, "", commands);
  return commands;
}

std::string completion_script(const std::vector<CompletedCommand>& commands,
                              const std::string& shell) {
  if (shell == "zsh") return zsh_script(commands);
  return shell == "fish" ? fish_script(commands) : bash_script(commands);
}

}  // namespace mainstay::cli

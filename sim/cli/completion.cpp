// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/completion.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/base/error.hpp"
#include "sim/cli/commands.hpp"
#include "sim/config/check.hpp"
#include "sim/config/experiment_keys.hpp"
#include "sim/config/names.hpp"
#include "sim/config/sweep_reader.hpp"
#include "sim/sweep/plan.hpp"

namespace mimosa {
namespace {

/// The shell's part: $1 is the word to complete, the words before it are in `words`. Answers in `answers`.
/// `@NAME@` stands for what is made below; both shells run it.
constexpr const char* common = R"sh(# Completion of mimosa, made by `mimosa completion`.
_mimosa_keys="@KEYS@"
_mimosa_axes="@AXES@"

_mimosa_values() { # KEY: what it may be, where that is a choice
  case $1 in
@CHOICES@    chip | device | network) mimosa list "$1s" 2>/dev/null | cut -d' ' -f1 ;;
  esac
}

_mimosa_options() { # COMMAND
  case $1 in
@OPTIONS@  esac
}

_mimosa_argument() { # OPTION: what follows it; empty: nothing does; file: a path; free: what nobody can guess
  case $1 in
@ARGUMENTS@  esac
}

_mimosa_operands() { # COMMAND: words it takes beside files
  case $1 in
@OPERANDS@  esac
}

_mimosa_takes_axis() { # COMMAND WORD…: whether what follows is an axis of a sweep, KEY=VALUES
  [[ $1 == sweep ]] || return 1
  shift
  local word last="" operand=""
  for word in "$@"; do # bash has KEY = VALUE as three words
    if [[ $word != -* && $word != = && $last != = && -z $(_mimosa_argument "$last") ]]; then
      operand=${operand:-$word}
    fi
    last=$word
  done
  [[ -n $operand && $operand != status && $operand != collect && $operand != cancel ]]
}
)sh";

constexpr const char* bash_part = R"sh(
_mimosa_offer_keys() { # KEYS, each with '=' and no space behind it
  compopt -o nospace 2>/dev/null
  COMPREPLY=($(compgen -S = -W "$1" -- "$current"))
}

_mimosa() {
  # bash splits words at '=': --set KEY=VALUE comes as three of them.
  local current=${COMP_WORDS[COMP_CWORD]} previous="" key="" command=${COMP_WORDS[1]} candidates="" files=""
  ((COMP_CWORD > 0)) && previous=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    candidates="@COMMANDS@ --help --version"
  else
    if [ "$current" = "=" ]; then
      key=$previous current=""
    elif [ "$previous" = "=" ]; then
      key=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    if [[ $key == --* ]]; then
      previous=$key key=""
    fi
    if [ -n "$key" ]; then
      candidates=$(_mimosa_values "$key")
      if [[ $current == *,* ]]; then # of values already given only the last is not yet whole
        COMPREPLY=($(compgen -P "${current%,*}," -W "$candidates" -- "${current##*,}"))
        return
      fi
    elif [ "$previous" = --set ]; then
      _mimosa_offer_keys "$_mimosa_keys"
      return
    elif [[ $current != -* && -z $(_mimosa_argument "$previous") ]] &&
      _mimosa_takes_axis "$command" "${COMP_WORDS[@]:2:COMP_CWORD-2}"; then
      _mimosa_offer_keys "$_mimosa_axes"
      return
    elif [[ $current == -* ]]; then
      candidates=$(_mimosa_options "$command")
    else
      candidates=$(_mimosa_argument "$previous")
      if [ -z "$candidates" ]; then
        candidates=$(_mimosa_operands "$command")
        files=yes
      elif [ "$candidates" = file ]; then
        candidates="" files=yes
      elif [ "$candidates" = free ]; then
        candidates=""
      fi
    fi
  fi
  COMPREPLY=($(compgen -W "$candidates" -- "$current"))
  if [ -n "$files" ]; then
    COMPREPLY+=($(compgen -f -- "$current"))
    compopt -o filenames 2>/dev/null
  fi
}
complete -F _mimosa mimosa ./mimosa
)sh";

constexpr const char* zsh_part = R"sh(
_mimosa() {
  local current=${words[CURRENT]} previous=${words[CURRENT-1]} command=${words[2]} key="" candidates=""
  if ((CURRENT == 2)); then
    compadd -- @COMMANDS@ --help --version
    return
  fi
  local keys=""
  if [[ $previous == --set ]]; then
    keys=$_mimosa_keys
  elif [[ $current != -* && -z $(_mimosa_argument $previous) ]] && _mimosa_takes_axis $command ${words[3,CURRENT-1]}; then
    keys=$_mimosa_axes
  fi
  if [[ -n $keys && $current == *=* ]]; then
    key=${current%%=*}
    compset -P '*[=,]'
    compadd -- ${=$(_mimosa_values $key)}
  elif [[ -n $keys ]]; then
    compadd -S = -- ${=keys}
  elif [[ $current == -* ]]; then
    compadd -- ${=$(_mimosa_options $command)}
  else
    candidates=$(_mimosa_argument $previous)
    if [[ -z $candidates ]]; then
      compadd -- ${=$(_mimosa_operands $command)}
      _files
    elif [[ $candidates == file ]]; then
      _files
    elif [[ $candidates != free ]]; then
      compadd -- ${=candidates}
    fi
  fi
}
compdef _mimosa mimosa ./mimosa
)sh";

std::string replaced(std::string text, const std::string& name, const std::string& with) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + with.size()))
    text.replace(at, name.size(), with);
  return text;
}

std::string case_line(const std::string& pattern, const std::string& words) {
  return words.empty() ? "" : fmt::format("    {}) echo \"{}\" ;;\n", pattern, words);
}

std::string choices_of(const ConfigKey& key) {
  if (key.kind == KeyKind::Choice) return fmt::format("{}", fmt::join(key.choices, " "));
  return key.kind == KeyKind::Switch ? "true false" : "";
}

/// What follows an option: the choices of the key it is short for, names, a file, or what is free.
std::string argument_of(const Option& option, const KeyTable& table) {
  if (option.value_name.empty()) return "";
  if (option.key == "chip" || option.key == "device") return fmt::format("$(_mimosa_values {})", option.key);
  if (const ConfigKey* key = table.key(option.key); key != nullptr && !choices_of(*key).empty())
    return choices_of(*key);
  if (option.name == "launcher") return "local slurm";
  if (option.name == "kind") return fmt::format("{}", fmt::join(config_kinds(), " "));
  const bool is_path = option.value_name == "PATH" || option.value_name == "DIR" ||
                       option.value_name.find('.') != std::string::npos;
  return is_path ? "file" : "free";
}

/// The words among a command's operands as its usage names them: "a|b|c".
std::string operands_of(const Command& command) {
  if (command.name == "explain") return "$_mimosa_keys";
  const std::string experiments = "$(mimosa list experiments 2>/dev/null | cut -d' ' -f1)";
  if (command.name == "sweep") return experiments + " status collect cancel";
  if (command.name == "run" || command.name == "compile") return experiments;
  std::string words = command.operands;
  if (words.find('|') == std::string::npos) return "";
  for (const char* other : {"[", "]", " …"}) words = replaced(words, other, "");
  return replaced(words, "|", " ");
}

}  // namespace

std::string completion_script(const std::string& shell) {
  const std::vector<std::string> shells = {"bash", "zsh"};
  if (std::find(shells.begin(), shells.end(), shell) == shells.end())
    throw UserError(
        fmt::format("completion: \"{}\" is no shell it knows{}", shell, allowed_names(shell, shells)));
  Experiment defaults;
  const KeyTable table = experiment_keys(defaults);
  std::string keys = "network chip device", choices, options, arguments, operands, names, axes = keys;
  for (const ConfigKey& key : table.keys)
    if (may_be_axis(key.path)) axes += ' ' + key.path;
  SweepSpec sweep;
  const KeyTable sweeps = sweep_keys(sweep);
  for (const KeyTable* of : {&table, &sweeps})
    for (const ConfigKey& key : of->keys) {
      keys += ' ' + key.path;
      choices += case_line(key.path, choices_of(key));
    }
  for (const SweepTextKey& key : sweep_text_keys()) keys += ' ' + key.path;
  for (const Command& command : commands()) {
    names += (names.empty() ? "" : " ") + command.name;
    std::string words = "--help";
    for (const std::string& option : command.options) words += " --" + option;
    options += case_line(command.name, words);
    operands += case_line(command.name, operands_of(command));
  }
  for (const Option& option : all_options())
    arguments +=
        case_line(option.name == "jobs" ? "--jobs | -j" : "--" + option.name, argument_of(option, table));
  std::string script = std::string(common) + (shell == "bash" ? bash_part : zsh_part);
  script = replaced(script, "@KEYS@", keys);
  script = replaced(script, "@AXES@", axes);
  script = replaced(script, "@CHOICES@", choices);
  script = replaced(script, "@OPTIONS@", options);
  script = replaced(script, "@ARGUMENTS@", arguments);
  script = replaced(script, "@OPERANDS@", operands);
  return replaced(script, "@COMMANDS@", names);
}

}  // namespace mimosa

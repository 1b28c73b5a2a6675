#include "cli/completion.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "client/pages.hpp"

namespace xzepr::cli {

namespace {

constexpr std::size_t names_max = 200;
constexpr auto names_timeout = std::chrono::milliseconds{500};

bool is_flag(const CLI::Option& option) { return option.get_items_expected_max() == 0; }

std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const auto& name : option.get_lnames()) names.push_back("--" + name);
  for (const auto& name : option.get_snames()) names.push_back("-" + name);
  return names;
}

const CLI::Option* find_option(const CLI::App& app, std::string_view name) {
  for (const auto* option : app.get_options()) {
    const auto names = names_of(*option);
    if (std::ranges::find(names, name) != names.end()) return option;
  }
  return nullptr;
}

std::vector<const CLI::App*> subcommands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); });
}

const CLI::App* find_subcommand(const CLI::App& app, const std::string& word) {
  for (const auto* one : subcommands(app)) {
    if (one->check_name(word)) return one;
  }
  return nullptr;
}

const CLI::Option* positional(const CLI::App& app, std::size_t index) {
  const CLI::Option* last = nullptr;
  std::size_t at = 0;
  for (const auto* option : app.get_options()) {
    if (!option->get_positional()) continue;
    if (at++ == index) return option;
    last = option;
  }
  // One that takes many takes the rest.
  const bool takes_rest =
      last != nullptr && last->get_expected_max() >= CLI::detail::expected_max_vector_size;
  return takes_rest ? last : nullptr;
}

// The values of CLI::IsMember, which tells them only in its description: {a,b,c}.
std::vector<Candidate> values_of(const CLI::Option& option) {
  std::vector<Candidate> values;
  const std::string text = option.get_type_name();
  const auto open = text.find('{');
  const auto close = text.find('}', open == text.npos ? 0 : open);
  if (open == text.npos || close == text.npos) return values;
  std::string_view rest = std::string_view(text).substr(open + 1, close - open - 1);
  while (!rest.empty()) {
    const auto comma = std::min(rest.find(','), rest.size());
    values.push_back({.text = std::string(rest.substr(0, comma))});
    rest.remove_prefix(std::min(rest.size(), comma + 1));
  }
  return values;
}

NameKind names_wanted(const std::string& name) {
  if (name == "receiver") return NameKind::receivers;
  return name == "group" ? NameKind::groups : NameKind::none;
}

PathKind paths_wanted(const CLI::Option& option, const std::string& name) {
  const std::string& text = option.get_option_text();
  if (text == "DIR") return PathKind::folders;
  return text.starts_with("FILE") || name == "file" ? PathKind::files : PathKind::none;
}

void add_values(Completion& out, const CLI::Option* option) {
  if (option == nullptr) return;
  const std::string name =
      option->get_lnames().empty() ? option->get_name(true) : option->get_lnames().front();
  out.candidates = values_of(*option);
  out.names = names_wanted(name);
  out.paths = paths_wanted(*option, name);
}

void add_options(Completion& out, const CLI::App& app) {
  for (const auto* option : app.get_options()) {
    for (auto& name : names_of(*option)) {
      if (name.starts_with("--"))
        out.candidates.push_back({.text = std::move(name), .about = option->get_description()});
    }
  }
}

void add_subcommands(Completion& out, const CLI::App& app) {
  for (const auto* one : subcommands(app)) {
    out.candidates.push_back({.text = one->get_name(), .about = one->get_description()});
    for (const auto& alias : one->get_aliases())
      out.candidates.push_back({.text = alias, .about = one->get_description()});
  }
}

// Where in the tree the words before the cursor lead.
struct Place {
  const CLI::App* app;
  std::size_t positionals = 0;
  const CLI::Option* awaited = nullptr;  ///< an option whose value comes next
  bool is_after_dashes = false;
};

void step(Place& place, const std::string& word) {
  if (place.awaited != nullptr) {
    // bash makes words of --option = value.
    if (word != "=") place.awaited = nullptr;
  } else if (!place.is_after_dashes && word == "--") {
    place.is_after_dashes = true;
  } else if (!place.is_after_dashes && word.starts_with('-') && word != "-") {
    const auto* option = find_option(*place.app, word);
    if (option != nullptr && !is_flag(*option)) place.awaited = option;
  } else if (const auto* below = find_subcommand(*place.app, word)) {
    place = {.app = below};
  } else {
    ++place.positionals;
  }
}

std::string one_line(std::string text) {
  std::ranges::replace_if(text, [](char c) { return c == '\n' || c == '\t' || c == '\r'; }, ' ');
  return printable(text);
}

bool is_printable(const std::string& text) { return !text.empty() && printable(text) == text; }

// --url and --api-key as they are typed: they are not parsed yet.
void take_server(Session& session, const std::vector<std::string>& words) {
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == "--url") session.options.url = words[i + 1];
    if (words[i] == "--api-key") session.options.api_key = words[i + 1];
  }
}

void add_names(Completion& out, Session& session) {
  auto api = make_api(session);
  if (!api) return;
  const client::Call call{.path = client::path_of(out.names == NameKind::receivers ? "receivers" : "groups"),
                          .query = {{"limit", std::to_string(names_max)}},
                          .timeout = names_timeout};
  const auto answer = api->send(call);
  const auto* data = answer ? find_member(*answer, "data") : nullptr;
  if (data == nullptr || !data->is_array()) return;
  std::set<std::string> seen;
  for (const auto& item : data->get_array()) {
    std::string name = client::text_of(item, "name");
    const bool is_wanted = is_printable(name) && name.starts_with(out.typed) && seen.insert(name).second;
    if (is_wanted)
      out.candidates.push_back({.text = out.before + name, .about = client::text_of(item, "description")});
  }
}

constexpr std::string_view bash_script = R"(# xzepr completion for bash:  source <(xzepr completion bash)
_xzepr() {
  local program=${COMP_WORDS[0]/#\~/$HOME} typed=${COMP_WORDS[COMP_CWORD]} line word
  local -a lines=()
  mapfile -t lines < <("$program" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  COMPREPLY=()
  [[ $typed == "=" ]] && typed=
  case ${lines[0]} in
    files) mapfile -t COMPREPLY < <(compgen -f -- "$typed"); compopt -o filenames 2>/dev/null ;;
    folders) mapfile -t COMPREPLY < <(compgen -d -- "$typed"); compopt -o filenames 2>/dev/null ;;
  esac
  for line in "${lines[@]:1}"; do
    printf -v word %q "${line%%$'\t'*}"
    COMPREPLY+=("$word")
  done
}
complete -F _xzepr xzepr
)";

constexpr std::string_view zsh_script = R"(#compdef xzepr
# xzepr completion for zsh:  source <(xzepr completion zsh), or as a file _xzepr in a folder of $fpath
_xzepr() {
  local -a lines described
  local line text
  lines=("${(@f)$("${words[1]/#\~/$HOME}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "${(@)lines[2,-1]}"; do
    text=${line%%$'\t'*}
    described+=("${text//:/\\:}:${line#*$'\t'}")
  done
  case $lines[1] in
    files) _files ;;
    folders) _files -/ ;;
  esac
  (( $#described )) && _describe xzepr described
}
if [[ $funcstack[1] == _xzepr ]]; then _xzepr "$@"; else compdef _xzepr xzepr; fi
)";

constexpr std::string_view fish_script = R"(# xzepr completion for fish:  xzepr completion fish | source
function __xzepr_complete
  set -l words (commandline -opc)
  set -l typed (commandline -ct)
  set -l lines (command $words[1] __complete $words[2..-1] "$typed" 2>/dev/null)
  switch "$lines[1]"
    case files
      __fish_complete_path "$typed"
    case folders
      __fish_complete_directories "$typed"
  end
  if test (count $lines) -gt 1
    printf '%s\n' $lines[2..-1]
  end
end
complete -c xzepr -f -a '(__xzepr_complete)'
)";

}  // namespace

Completion complete(const CLI::App& root, const std::vector<std::string>& words) {
  Place place{.app = &root};
  for (std::size_t i = 0; i + 1 < words.size(); ++i) step(place, words[i]);
  Completion out;
  out.typed = words.empty() ? std::string() : words.back();
  if (place.awaited != nullptr) {
    if (out.typed == "=") out.typed.clear();
    add_values(out, place.awaited);
  } else if (out.typed.starts_with('-') && !place.is_after_dashes) {
    const auto equals = out.typed.find('=');
    if (equals == out.typed.npos) {
      add_options(out, *place.app);
    } else {
      add_values(out, find_option(*place.app, out.typed.substr(0, equals)));
      out.before = out.typed.substr(0, equals + 1);
      out.typed.erase(0, equals + 1);
    }
  } else {
    if (place.positionals == 0) add_subcommands(out, *place.app);
    if (out.candidates.empty()) add_values(out, positional(*place.app, place.positionals));
  }
  std::erase_if(out.candidates, [&](const Candidate& one) { return !one.text.starts_with(out.typed); });
  for (auto& one : out.candidates) one.text.insert(0, out.before);
  return out;
}

ExitCode run_complete(const CLI::App& root, Session& session, const std::vector<std::string>& words) {
  Completion found = complete(root, words);
  take_server(session, words);
  if (found.names != NameKind::none) add_names(found, session);
  std::string text = found.paths == PathKind::files     ? "files\n"
                     : found.paths == PathKind::folders ? "folders\n"
                                                        : "none\n";
  for (const auto& one : found.candidates) text += fmt::format("{}\t{}\n", one.text, one_line(one.about));
  session.terminal.out(text);
  return ExitCode::ok;
}

std::string_view completion_script(std::string_view shell) {
  if (shell == "bash") return bash_script;
  return shell == "zsh" ? zsh_script : fish_script;
}

}  // namespace xzepr::cli

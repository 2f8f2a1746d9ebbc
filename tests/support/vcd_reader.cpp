// SPDX-License-Identifier: Apache-2.0
#include "tests/support/vcd_reader.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <sstream>
#include <stdexcept>

namespace mimosa {
namespace {

const std::set<std::string> commands = {"$comment", "$date",   "$enddefinitions", "$scope",    "$timescale",
                                        "$upscope", "$var",    "$version",        "$dumpvars", "$dumpall",
                                        "$dumpon",  "$dumpoff"};

template <class Number>
Number number_of(const std::string& text) {
  Number value{};
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || stopped != text.data() + text.size())
    throw std::runtime_error("\"" + text + "\" is no number");
  return value;
}

void require(bool holds, const std::string& message) {
  if (!holds) throw std::runtime_error(message);
}

double bits_value(const std::string& digits, int bits) {
  require(!digits.empty() && digits.find_first_not_of("01") == std::string::npos,
          "\"" + digits + "\" holds other digits than 0 and 1");
  require(static_cast<int>(digits.size()) <= bits, "\"" + digits + "\" is longer than its variable");
  double value = 0.0;
  for (const char digit : digits) value = 2.0 * value + (digit - '0');
  return value;
}

class Reader {
 public:
  explicit Reader(const std::string& text) : in_(text) {}

  VcdDump read() {
    try {
      while (!defined_) take_definition();
      for (std::string token; next(token);) take_change(token);
      require(dumped_.size() == dump_.variables.size(), "the dump has no initial values");
      require(!in_dumpvars_, "$dumpvars is not closed");
    } catch (const std::runtime_error& e) {
      throw std::runtime_error("token " + std::to_string(tokens_) + ": " + e.what());
    }
    return dump_;
  }

 private:
  bool next(std::string& token) {
    ++tokens_;
    return static_cast<bool>(in_ >> token);
  }

  std::vector<std::string> until_end() {
    std::vector<std::string> words;
    for (std::string token; next(token) && token != "$end";) {
      require(commands.count(token) == 0, token + " within a command");  // others may be identifiers
      words.push_back(token);
    }
    require(static_cast<bool>(in_), "a command without $end");
    return words;
  }

  void take_definition() {
    std::string command;
    require(next(command), "no $enddefinitions");
    const std::vector<std::string> words = until_end();
    if (command == "$var") return declare(words);
    if (command == "$timescale") {
      require(dump_.timescale.empty(), "two time scales");
      for (const std::string& word : words) dump_.timescale += word;
    } else if (command == "$scope") {
      require(words.size() == 2 && words[0] == "module", "$scope needs a kind and a name");
      scopes_.push_back(words[1]);
    } else if (command == "$upscope") {
      require(words.empty() && !scopes_.empty(), "$upscope without a scope");
      scopes_.pop_back();
    } else if (command == "$enddefinitions") {
      require(words.empty() && scopes_.empty(), "$enddefinitions within a scope");
      require(!dump_.timescale.empty(), "no time scale");
      defined_ = true;
    } else {
      require(command == "$comment" || command == "$date" || command == "$version", command + " is unknown");
    }
  }

  /// type, bits, identifier, name and perhaps [msb:lsb]
  void declare(const std::vector<std::string>& words) {
    require(words.size() == 4 || (words.size() == 5 && words[4].front() == '['), "$var needs four words");
    VcdReadVariable variable{
        .name = {}, .id = words[2], .bits = number_of<int>(words[1]), .real = words[0] == "real"};
    require(variable.real || words[0] == "wire", words[0] + " is no type we write");
    require(variable.bits >= 1 && (!variable.real || variable.bits == 64),
            "a variable of " + words[1] + " bits");
    for (const std::string& scope : scopes_) variable.name += scope + '.';
    variable.name += words[3].substr(0, words[3].find('['));
    require(by_id_.emplace(variable.id, dump_.variables.size()).second, variable.id + " is declared twice");
    require(names_.insert(variable.name).second, variable.name + " is declared twice");
    dump_.variables.push_back(variable);
  }

  void take_change(const std::string& token) {
    if (token.front() == '#') return take_time(token);
    if (token == "$dumpvars") {
      require(dumped_.empty() && timed_, "$dumpvars stands wrong");
      in_dumpvars_ = true;
    } else if (token == "$end") {
      require(in_dumpvars_, "$end closes nothing");
      in_dumpvars_ = false;
    } else {
      take_value(token);
    }
  }

  void take_time(const std::string& token) {
    const auto time = number_of<std::int64_t>(token.substr(1));
    require(!in_dumpvars_, "a time within $dumpvars");
    require(timed_ ? time > dump_.last : time >= 0, token + " does not follow " + std::to_string(dump_.last));
    if (!timed_) dump_.first = time;
    dump_.last = time;
    timed_ = true;
  }

  void take_value(const std::string& token) {
    const bool vector = token.front() == 'b', real = token.front() == 'r';
    std::string id = token.substr(1);
    if (vector || real) require(next(id), "a value without identifier");
    const auto found = by_id_.find(id);
    require(found != by_id_.end(), "\"" + id + "\" is not declared");
    const VcdReadVariable& variable = dump_.variables[found->second];
    require(timed_, "a value before the first time");
    require(real == variable.real, "a value of another type than " + variable.name);
    require(vector || real || variable.bits == 1, variable.name + " is no single bit");
    const std::string digits = token.substr(vector || real ? 1 : 0, vector || real ? std::string::npos : 1);
    const double value = real ? number_of<double>(digits) : bits_value(digits, variable.bits);
    if (in_dumpvars_)
      require(dumped_.insert(found->second).second, variable.name + " stands twice in $dumpvars");
    else
      require(dumped_.count(found->second) == 1, variable.name + " has no initial value");
    dump_.events.push_back({dump_.last, found->second, value});
  }

  std::istringstream in_;
  VcdDump dump_;
  std::vector<std::string> scopes_;
  std::map<std::string, std::size_t> by_id_;
  std::set<std::string> names_;
  std::set<std::size_t> dumped_;
  bool defined_ = false, timed_ = false, in_dumpvars_ = false;
  long tokens_ = 0;
};

}  // namespace

VcdDump read_vcd(const std::string& text) {
  return Reader(text).read();
}

std::size_t VcdDump::find(const std::string& name) const {
  for (std::size_t v = 0; v < variables.size(); ++v)
    if (variables[v].name == name) return v;
  throw std::runtime_error("no variable " + name);
}

std::vector<std::pair<std::int64_t, double>> VcdDump::changes(const std::string& name) const {
  std::vector<std::pair<std::int64_t, double>> list;
  const std::size_t wanted = find(name);
  for (const VcdEvent& event : events)
    if (event.variable == wanted) list.emplace_back(event.time, event.value);
  return list;
}

std::int64_t VcdDump::time_at(const std::string& name, double value) const {
  std::int64_t sum = 0;
  const auto list = changes(name);
  for (std::size_t i = 0; i < list.size(); ++i)
    if (list[i].second == value) sum += (i + 1 < list.size() ? list[i + 1].first : last) - list[i].first;
  return sum;
}

std::vector<std::string> sorted_events(const VcdDump& dump) {
  std::vector<std::string> lines;
  for (const VcdEvent& event : dump.events) {
    std::ostringstream line;
    line.precision(15);
    line << event.time << ' ' << dump.variables[event.variable].name << ' ' << event.value;
    lines.push_back(line.str());
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace mimosa

// SPDX-License-Identifier: Apache-2.0
// Sequences that go on by themselves: a causal network of linear attention takes one token of every sequence
// of a pass at a time and remembers a state whose size does not depend on how many it has seen.
//
//   token_by_token NETWORK COUNT TOKENS …     NETWORK: a name, or the path of a network's YAML; COUNT tokens
//   are
//                                             added to every sequence; TOKENS: one sequence of a pass, as
//                                             1,6,2
#include <algorithm>
#include <charconv>
#include <exception>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/error.hpp"
#include "models/nn/token_stream.hpp"
#include "sim/config/config_files.hpp"
#include "sim/config/network_reader.hpp"

namespace {

using namespace mimosa;
using Sequences = std::vector<std::vector<int>>;

constexpr const char* usage = "usage: token_by_token NETWORK COUNT TOKENS …";

int number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0)
    throw UserError(fmt::format("'{}' is no whole number from 0 up; {}", text, usage));
  return value;
}

std::vector<int> tokens_of(std::string_view text) {
  std::vector<int> tokens;
  for (std::size_t comma = 0; comma != std::string_view::npos; text.remove_prefix(comma + 1)) {
    comma = text.find(',');
    tokens.push_back(number(text.substr(0, comma)));
    if (comma == std::string_view::npos) break;
  }
  return tokens;
}

Sequences sequences_of(const std::vector<std::string>& arguments, const Network& network) {
  Sequences sequences;
  for (const std::string& text : arguments) sequences.push_back(tokens_of(text));
  if (sequences.size() != static_cast<std::size_t>(network.inputs_per_pass))
    throw UserError(fmt::format("{} sequences; {} takes {} a pass", sequences.size(), network.name,
                                network.inputs_per_pass));
  for (const std::vector<int>& s : sequences)
    if (s.size() != sequences.front().size())
      throw UserError(fmt::format("sequences of {} and {} tokens; they go together, token by token",
                                  sequences.front().size(), s.size()));
  return sequences;
}

/// The most probable token of every sequence behind position `at`, which the network is given.
std::vector<int> step(TokenStream& stream, const Sequences& sequences, std::size_t at) {
  std::vector<float> now;
  for (const std::vector<int>& s : sequences) now.push_back(static_cast<float>(s[at]));
  const std::vector<float> logits = stream.step(now);
  const auto classes = static_cast<std::ptrdiff_t>(logits.size() / sequences.size());
  std::vector<int> best;
  for (auto first = logits.begin(); first != logits.end(); first += classes)
    best.push_back(static_cast<int>(std::max_element(first, first + classes) - first));
  return best;
}

void run(const std::vector<std::string>& arguments) {
  if (arguments.size() < 3) throw UserError(usage);
  const Network network =
      read_network(find_config_or_path("network", arguments[0], "", config_roots("")), 0, true);
  if (network.graph.output().shape.size() != network.graph.vocabulary)
    throw UserError(fmt::format("{}: its {} outputs are not its {} tokens; nothing can go on from them",
                                network.name, network.graph.output().shape.size(), network.graph.vocabulary));
  Sequences sequences = sequences_of({arguments.begin() + 2, arguments.end()}, network);
  TokenStream stream(network);
  const std::size_t given = sequences.front().size(),
                    length = given + static_cast<std::size_t>(number(arguments[1]));
  for (std::size_t at = 0; at + 1 < length; ++at) {
    const std::vector<int> next = step(stream, sequences, at);
    if (at + 1 < given) continue;
    for (std::size_t s = 0; s < sequences.size(); ++s) sequences[s].push_back(next[s]);
  }
  for (const std::vector<int>& s : sequences) std::cout << fmt::format("{}\n", fmt::join(s, ","));
  std::cout << fmt::format("{} numbers remembered after {} tokens\n", stream.memory(), length - 1);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run({argv + 1, argv + argc});
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "token_by_token: " << error.what() << '\n';
    return 2;
  }
}

// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/where.hpp"

#include <cctype>
#include <charconv>
#include <fmt/format.h>
#include <vector>

#include "models/base/error.hpp"

namespace mimosa {

/// `kind`: "value", "name", or an operator.
struct Where::Node {
  std::string kind;
  WhereValue value;  ///< of a name: its text
  std::unique_ptr<Node> left, right;
};

namespace {

using Node = Where::Node;
using NodePtr = std::unique_ptr<Node>;

constexpr int deepest = 200;

NodePtr make(const std::string& kind, NodePtr left, NodePtr right = nullptr) {
  return std::make_unique<Node>(Node{kind, 0.0, std::move(left), std::move(right)});
}

class Parser {
 public:
  explicit Parser(const std::string& text) : text_(text) {}

  NodePtr parse() {
    NodePtr root = either();
    skip();
    if (at_ < text_.size() && text_[at_] == '=') fail("expected an operator; equal is ==");
    if (at_ < text_.size()) fail("expected an operator");
    return root;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw UserError(fmt::format("sweep.where: \"{}\", character {}: {}", text_, at_ + 1, what));
  }
  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  static bool in_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
  }
  /// Takes `token` where it stands next; one of letters only as a whole word.
  bool take(const std::string& token) {
    skip();
    if (text_.compare(at_, token.size(), token) != 0) return false;
    const std::size_t end = at_ + token.size();
    if (in_word(token[0]) && end < text_.size() && in_word(text_[end])) return false;
    at_ = end;
    return true;
  }

  NodePtr either() {
    NodePtr left = both();
    while (take("or")) left = make("or", std::move(left), both());
    return left;
  }
  NodePtr both() {
    NodePtr left = negated();
    while (take("and")) left = make("and", std::move(left), negated());
    return left;
  }
  NodePtr negated() {
    if (take("not")) return make("not", nested(&Parser::negated));
    NodePtr left = sum();
    for (const char* op : {"<=", ">=", "==", "!=", "<", ">"})
      if (take(op)) return make(op, std::move(left), sum());
    return left;
  }
  NodePtr sum() {
    NodePtr left = product();
    for (;;) {
      if (take("+"))
        left = make("+", std::move(left), product());
      else if (take("-"))
        left = make("-", std::move(left), product());
      else
        return left;
    }
  }
  NodePtr product() {
    NodePtr left = unary();
    for (;;) {
      if (take("*"))
        left = make("*", std::move(left), unary());
      else if (take("/"))
        left = make("/", std::move(left), unary());
      else
        return left;
    }
  }
  NodePtr unary() {
    if (take("-")) return make("negative", nested(&Parser::unary));
    if (take("(")) {
      NodePtr inner = nested(&Parser::either);
      if (!take(")")) fail("expected \")\"");
      return inner;
    }
    return operand();
  }
  NodePtr nested(NodePtr (Parser::*rule)()) {
    if (++depth_ > deepest) fail("too many levels");
    NodePtr node = (this->*rule)();
    --depth_;
    return node;
  }
  NodePtr operand() {
    skip();
    if (at_ == text_.size()) fail("expected a key, a number or a 'text'");
    if (const char quote = text_[at_]; quote == '\'' || quote == '"') {
      const std::size_t end = text_.find(quote, at_ + 1);
      if (end == std::string::npos) fail("a quote that is not closed");
      NodePtr node = std::make_unique<Node>(Node{"value", text_.substr(at_ + 1, end - at_ - 1), {}, {}});
      at_ = end + 1;
      return node;
    }
    return std::isdigit(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '.' ? number() : word();
  }
  NodePtr number() {
    double value = 0.0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error != std::errc()) fail("expected a number");
    at_ = static_cast<std::size_t>(end - text_.data());
    return std::make_unique<Node>(Node{"value", value, {}, {}});
  }
  NodePtr word() {
    const std::size_t from = at_;
    while (at_ < text_.size() && in_word(text_[at_])) ++at_;
    if (at_ == from) fail("expected a key, a number or a 'text'");
    const std::string name = text_.substr(from, at_ - from);
    if (name == "true" || name == "false")
      return std::make_unique<Node>(Node{"value", name == "true", {}, {}});
    return std::make_unique<Node>(Node{"name", name, {}, {}});
  }

  const std::string& text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

bool compare(const std::string& op, int order) {
  if (op == "<") return order < 0;
  if (op == "<=") return order <= 0;
  if (op == ">") return order > 0;
  if (op == ">=") return order >= 0;
  return (op == "==") == (order == 0);
}

/// "'hermes' is text", "3 is a number", "true is a condition".
std::string described(const WhereValue& value) {
  if (const bool* truth = std::get_if<bool>(&value))
    return fmt::format("{} is a condition", *truth ? "true" : "false");
  if (const double* number = std::get_if<double>(&value)) return fmt::format("{} is a number", *number);
  return fmt::format("'{}' is text", std::get<std::string>(value));
}

double number_of(const WhereValue& value) {
  if (const double* number = std::get_if<double>(&value)) return *number;
  throw UserError(described(value) + " where a number is due");
}

/// Numbers are no conditions: `chip.adc.bits` alone most likely lacks its comparison.
bool truth_of(const WhereValue& value) {
  if (const bool* truth = std::get_if<bool>(&value)) return *truth;
  throw UserError(described(value) + " where true or false is due; compare it, e.g. by > or ==");
}

double quotient(double left, double right) {
  if (right == 0.0) throw UserError("divides by zero");
  return left / right;
}

WhereValue value_of(const Node& node, const Where::LookUp& look_up) {
  if (node.kind == "value") return node.value;
  if (node.kind == "name") return look_up(std::get<std::string>(node.value));
  const auto number = [&](const NodePtr& side) { return number_of(value_of(*side, look_up)); };
  const auto truth = [&](const NodePtr& side) { return truth_of(value_of(*side, look_up)); };
  if (node.kind == "or") return truth(node.left) || truth(node.right);
  if (node.kind == "and") return truth(node.left) && truth(node.right);
  if (node.kind == "not") return !truth(node.left);
  if (node.kind == "negative") return -number(node.left);
  if (node.kind == "+") return number(node.left) + number(node.right);
  if (node.kind == "-") return number(node.left) - number(node.right);
  if (node.kind == "*") return number(node.left) * number(node.right);
  if (node.kind == "/") return quotient(number(node.left), number(node.right));
  const WhereValue a = value_of(*node.left, look_up), b = value_of(*node.right, look_up);
  if (a.index() != b.index())
    throw UserError(
        fmt::format("{} and {}: not to be compared by {}", described(a), described(b), node.kind));
  return compare(node.kind, a < b ? -1 : (b < a ? 1 : 0));
}

}  // namespace

Where::Where(const std::string& text) : text_(text), root_(Parser(text).parse()) {
}
Where::~Where() = default;
Where::Where(Where&&) noexcept = default;
Where& Where::operator=(Where&&) noexcept = default;

bool Where::holds(const LookUp& look_up) const {
  try {
    return truth_of(value_of(*root_, look_up));
  } catch (const UserError& e) {
    throw UserError(fmt::format("sweep.where: \"{}\": {}", text_, e.what()));
  }
}

}  // namespace mimosa

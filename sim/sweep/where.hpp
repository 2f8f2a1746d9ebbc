// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace mimosa {

/// What a name or an expression is worth; of a condition, whether it holds.
using WhereValue = std::variant<bool, double, std::string>;

/// A condition on the keys of a point, read once and asked for many points:
///
///     or = and {"or" and};  and = not {"and" not};  not = ["not"] comparison
///     comparison = sum [("<" | "<=" | ">" | ">=" | "==" | "!=") sum]
///     sum = product {("+" | "-") product};  product = unary {("*" | "/") unary}
///     unary = ["-"] (number | 'text' | name | true | false | "(" or ")")
///
/// Names are keys (chip.array.rows) or `variant` and `repeat`; those of choices and parts are worth text.
class Where {
 public:
  /// UserError "sweep.where: …" with the place in the text.
  explicit Where(const std::string& text);
  ~Where();
  Where(Where&&) noexcept;
  Where& operator=(Where&&) noexcept;

  /// `look_up` gives the value of a name. UserError where conditions, numbers and texts are mixed.
  using LookUp = std::function<WhereValue(const std::string& name)>;
  [[nodiscard]] bool holds(const LookUp& look_up) const;

  struct Node;

 private:
  std::string text_;
  std::unique_ptr<Node> root_;
};

}  // namespace mimosa

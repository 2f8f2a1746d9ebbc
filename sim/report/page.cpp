// SPDX-License-Identifier: Apache-2.0
#include "sim/report/page.hpp"

#include <fmt/format.h>

#include "models/data/hash.hpp"
#include "sim/report/markup.hpp"
#include "sim/report/page_files.hpp"

namespace mimosa {
namespace {

/// JSON inside a script element: no "<" can end it or begin a comment.
std::string inert(const std::string& json) {
  std::string out;
  for (const char c : json) {
    if (c == '<')
      out += "\\u003c";
    else
      out += c;
  }
  return out;
}

}  // namespace

std::string page_html(const PageContent& content) {
  const std::string scripts = page_scripts();
  const std::string policy = fmt::format(
      "default-src 'none'; script-src 'sha256-{}' 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; "
      "form-action 'none'",
      sha256_base64(charts_bundle()), sha256_base64(scripts), sha256_base64(page_style()));
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{1}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{0}</title>\n",
      escaped(content.title), policy);
  page += "<style>" + page_style() + "</style>\n</head>\n<body>\n<h1>" + escaped(content.title) + "</h1>\n";
  if (!content.summary.empty()) page += "<pre>" + escaped(content.summary) + "</pre>\n";
  page += "<main id=\"root\"></main>\n<noscript><p>Charts and tables need scripts.</p></noscript>\n";
  page += "<script type=\"application/json\" id=\"data\">" + inert(content.data) + "</script>\n";
  page += "<script>" + charts_bundle() + "</script>\n<script>" + scripts + "</script>\n";
  return page + "</body>\n</html>\n";
}

}  // namespace mimosa

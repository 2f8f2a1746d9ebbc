// SPDX-License-Identifier: Apache-2.0
// Elements and figures. Text only ever becomes text: nothing here writes markup.

/** Element with attributes and children; children are elements or text, null is left out. */
function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value);
  }
  for (const child of children.flat()) if (child != null) node.append(child);
  return node;
}

const known = (value) => value !== null && value !== undefined;
const grouped = (value) => known(value) ? value.toLocaleString("en-US", { maximumFractionDigits: Math.abs(value) < 10000 ? 1 : 0 }) : "–";
const percent = (share, digits = 2) => known(share) ? (100 * share).toFixed(digits) + " %" : "–";
/** Half-width of an interval of shares. */
const plusMinus = (share) => known(share) ? `± ${(100 * share).toFixed(2)} points` : "–";

const prefixes = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""], [1e-3, "m"], [1e-6, "µ"], [1e-9, "n"], [1e-12, "p"], [1e-15, "f"]];
/** Four digits and a prefix: 1.2345e-8, "J" is "12.35 nJ". */
function withPrefix(value, unit) {
  if (!known(value)) return "–";
  const [scale, letter] = prefixes.find(([s]) => Math.abs(value) >= s) || [1, ""];
  return Number((value / scale).toPrecision(4)) + " " + letter + unit;
}

/** Rows of [name, value]; a row without a value is left out. `kind`: "figures" stand to the right, "texts" to the left. */
function factTable(title, rows, kind = "figures") {
  const shown = rows.filter(([, value]) => known(value) && value !== "–");
  if (!shown.length) return null;
  return el("section", {}, el("h3", {}, title), el("table", { class: kind }, el("tbody", {},
    shown.map(([name, value]) => el("tr", {}, el("td", {}, name),
      el("td", { class: /^[0-9a-f]{64}$/.test(value) ? "hash" : "n" }, String(value)))))));
}

/** Columns are {title, value(row), text(row), number}; a click on a title sorts. */
function sortableTable(columns, rows, limit = 1000) {
  const body = el("tbody");
  let order = rows.slice(), sorted = null, ascending = true;
  const fill = () => body.replaceChildren(...order.slice(0, limit).map((row) => el("tr", {},
    columns.map((c) => el("td", c.number ? { class: "n" } : {}, (c.text || ((r) => String(c.value(r))))(row))))));
  const sortBy = (column) => {
    ascending = sorted === column ? !ascending : true;
    sorted = column;
    const key = (row) => { const v = column.value(row); return known(v) ? v : -Infinity; };
    order.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) * (ascending ? 1 : -1));
    fill();
  };
  fill();
  return el("div", { class: "wide" }, el("table", {}, el("thead", {}, el("tr", {}, columns.map((c) =>
    el("th", { class: "sorts" + (c.number ? " n" : ""), title: (c.key ? c.key + ": " : "") + "click to sort", onclick: () => sortBy(c) }, c.title)))), body),
    rows.length > limit ? el("p", { class: "dim" }, `The first ${grouped(limit)} of ${grouped(rows.length)} rows; all are in the download.`) : null);
}

/** A button that saves text as a file. */
function downloadButton(label, name, type, makeText) {
  return el("button", { onclick: () => {
    const url = URL.createObjectURL(new Blob([makeText()], { type }));
    el("a", { href: url, download: name }).click();
    URL.revokeObjectURL(url);
  } }, label);
}

/** Header and rows as RFC 4180 writes them. */
function csv(header, rows) {
  const field = (value) => {
    const text = known(value) ? String(value) : "";
    return /[",\n\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  };
  return [header, ...rows].map((row) => row.map(field).join(",") + "\n").join("");
}

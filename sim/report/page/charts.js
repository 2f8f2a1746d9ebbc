// SPDX-License-Identifier: Apache-2.0
// Charts: ECharts with the page's colours, light, dark and on paper.

// Paul Tol's bright scheme: told apart without colour vision.
const palette = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#888888"];
const charts = [];

// What a screen shows in the dark is printed on white paper.
const onPaper = { text: "#000000", dim: "#444444", line: "#cccccc", card: "#ffffff", page: "#ffffff" };
let printing = false;

function theme() {
  if (printing) return onPaper;
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  return { text: colour("--text"), dim: colour("--dim"), line: colour("--line"), card: colour("--card"), page: colour("--page") };
}

function axis(t, options) {
  return { nameLocation: "middle", nameTextStyle: { color: t.text }, axisLabel: { color: t.text, hideOverlap: true },
    axisLine: { lineStyle: { color: t.dim } }, splitLine: { lineStyle: { color: t.line } }, ...options };
}

/** A figure with a chart; `makeOption` gets the colours and is called anew when they change. */
function chart(caption, makeOption, height) {
  const box = el("div", { class: "chart", role: "img", "aria-label": caption });
  charts.push({ box, makeOption, height: height || 350, drawn: null });
  return el("figure", {}, box, el("figcaption", {}, caption));
}

/** A legend of several rows pushes the drawing down; by how many pixels. */
function makeRoomForLegend(option, width) {
  const names = option.legend && option.legend.data ? option.legend.data : [...new Set(option.series.map((s) => s.name))].filter(known);
  if (names.length === 0) return 0;
  let rows = 1, used = 0;
  for (const name of names) {
    const item = 45 + 6.7 * String(name).length;
    if (used > 0 && used + item > width - 20) { ++rows; used = 0; }
    used += item;
  }
  option.grid = { ...option.grid, top: option.grid.top + 22 * (rows - 1) };
  return 22 * (rows - 1);
}

function drawChart(entry) {
  const t = theme(), option = entry.makeOption(t);
  if (entry.drawn) entry.drawn.dispose();
  const extra = makeRoomForLegend(option, entry.box.clientWidth);
  entry.box.style.height = entry.height + extra + "px";
  entry.drawn = echarts.init(entry.box, null, { devicePixelRatio: Math.max(2, window.devicePixelRatio) });
  // Tooltips on the canvas: those made of elements carry styles that the page's policy forbids.
  const base = { animation: false, color: palette, textStyle: { color: t.text, fontFamily: "system-ui, sans-serif" },
    legend: { type: "plain", textStyle: { color: t.text }, top: 0, inactiveColor: t.line },
    tooltip: { renderMode: "richText", confine: true, backgroundColor: t.card, borderColor: t.line, textStyle: { color: t.text } } };
  entry.drawn.setOption({ ...base, ...option, legend: { ...base.legend, ...option.legend }, tooltip: { ...base.tooltip, ...option.tooltip } });
}

function drawCharts() {
  charts.forEach(drawChart);
}

/** A line with ends from low to high in each row: data [low, high, row]. */
function intervals(data, name, colour) {
  return { type: "custom", name, data, z: 3, silent: true, clip: true, itemStyle: { color: colour }, encode: { x: [0, 1], y: 2, tooltip: [] },
    renderItem: (params, api) => {
      const [low, y] = api.coord([api.value(0), api.value(2)]), [high] = api.coord([api.value(1), api.value(2)]);
      const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: colour, lineWidth: 1.5 } });
      return { type: "group", children: [line(low, y, high, y), line(low, y - 5, low, y + 5), line(high, y - 5, high, y + 5)] };
    } };
}

let resizing = 0;
window.addEventListener("resize", () => { clearTimeout(resizing); resizing = setTimeout(drawCharts, 100); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawCharts);
for (const [event, now] of [["beforeprint", true], ["afterprint", false]])
  window.addEventListener(event, () => { printing = now; drawCharts(); });

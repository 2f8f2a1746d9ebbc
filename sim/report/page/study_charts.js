// SPDX-License-Identifier: Apache-2.0
// The two charts of a sweep: figures against axes, and one figure against another.

const most_series = 12;

/** Of rows of means each counts as often as it has points. */
function meanOf(rows, y, points) {
  const count = (r) => points === undefined ? 1 : r[points];
  return rows.reduce((sum, r) => sum + count(r) * r[y], 0) / rows.reduce((sum, r) => sum + count(r), 0);
}

/** Points of a curve: mean over the rows at each x, and a band: their extremes, or the interval of a row that stands alone. */
function curveOf(rows, x, y, band, share, points) {
  const inside = (v) => share ? Math.min(1, Math.max(0, v)) : v;
  return valuesOf(rows, x).map((value) => {
    const here = rows.filter((r) => r[x] === value && known(r[y]));
    if (!here.length) return null;
    const ys = here.map((r) => r[y]), half = here.length === 1 && band !== undefined ? here[0][band] : null;
    return { x: value, y: meanOf(here, y, points), low: known(half) ? inside(ys[0] - half) : Math.min(...ys), high: known(half) ? inside(ys[0] + half) : Math.max(...ys),
      half, count: here.length };
  }).filter((p) => p);
}

/** Rows no other row beats in both figures, ordered by the first. */
function frontOf(rows, a, b, upA, upB) {
  const sign = (up) => up ? -1 : 1;
  const order = rows.slice().sort((p, q) => sign(upA) * (p[a] - q[a]) || sign(upB) * (p[b] - q[b]));
  const front = [];
  let best = Infinity;
  for (const row of order) if (sign(upB) * row[b] < best) { front.push(row); best = sign(upB) * row[b]; }
  return front;
}

/** A list to choose from; `nameOf` says what an option is called, its key is the title. */
function choice(label, options, chosen, nameOf, onchange) {
  return el("label", {}, label + " ", el("select", { onchange: (e) => onchange(options[e.target.value]) },
    options.map((o, i) => el("option", { value: i, title: o, ...(o === chosen ? { selected: "" } : {}) }, nameOf(o)))));
}

/** A figure whose controls redraw it. */
function redrawn(caption, makeOption, height) {
  const figure = chart(caption, makeOption, height), entry = charts[charts.length - 1];
  return { figure, redraw: () => entry.drawn && drawChart(entry) };
}

function valueAxis(t, figure, gap) {
  return axis(t, { type: "value", scale: true, name: figureTitle(figure), nameGap: gap, axisLabel: { color: t.text, hideOverlap: true, formatter: (v) => figureTick(figure, v) } });
}

/** Says where a chart leaves series out. */
const leftOut = (count, what) => count > most_series ? `The first ${most_series} of ${count} ${what} are shown.` : "";

function bandOf(curve, name, colour, at, scale) {
  return { name, type: "custom", silent: true, z: 1, itemStyle: { color: colour }, data: curve.map((p) => [at(p), scale * p.low, scale * p.high]),
    encode: { x: 0, y: [1, 2], tooltip: [] },
    renderItem: (params, api) => {
      if (params.dataIndex + 1 >= curve.length) return null;
      const edge = (p, v) => api.coord([at(p), scale * v]), a = curve[params.dataIndex], b = curve[params.dataIndex + 1];
      return { type: "polygon", shape: { points: [edge(a, a.low), edge(b, b.low), edge(b, b.high), edge(a, a.high)] }, style: { fill: colour, opacity: 0.15 } };
    } };
}

function curvesPart(study, column, axes, figures) {
  const rows = study.rows, isNumeric = (key) => valuesOf(rows, column[key]).every((v) => Number.isFinite(numeric(v)));
  const all = "(one curve)", state = { x: axes.find(isNumeric) || axes[0], y: figures[0] };
  state.series = axes.find((key) => key !== state.x && !isNumeric(key)) || axes.find((key) => key !== state.x) || all;
  const note = el("span", { class: "dim" });
  const plot = redrawn("Mean over the other axes. Bands: the 95 % interval of a point that stands alone, else the smallest and the largest.", (t) => {
    const single = state.series === all || state.series === state.x, values = single ? [null] : valuesOf(rows, column[state.series]);
    note.textContent = leftOut(values.length, "curves");
    const linear = isNumeric(state.x), share = isShare(state.y), scale = share ? 100 : 1, band = column[state.y + "_ci95"];
    const xs = valuesOf(rows, column[state.x]).map(numeric), spread = linear && xs[0] > 0 && xs[xs.length - 1] / xs[0] > 50;
    const at = (p) => linear ? numeric(p.x) : axisText(p.x), nameOf = (value) => value === null ? figureName(state.y) : axisText(value);
    const shown = values.slice(0, most_series).map((value) => ({ name: nameOf(value),
      curve: curveOf(value === null ? rows : rows.filter((r) => r[column[state.series]] === value), column[state.x], column[state.y], band, share, study.grouped ? column.points : undefined) }));
    const tell = (curve, name) => (p) => { const q = curve[p.dataIndex];
      return `${name}\n${axisTitle(study, state.x)} = ${axisText(q.x)}\n${figureText(state.y, q.y)}` + (known(q.half) ? " " + plusMinus(q.half) : q.count > 1 ? `, mean of ${q.count}` : ""); };
    return { grid: { left: 90, right: 30, top: 50, bottom: 50 }, legend: { data: shown.map((s) => s.name) },
      series: shown.flatMap(({ name, curve }, i) => { const colour = palette[i % palette.length];
        return [{ name, type: "line", symbolSize: 7, color: colour, lineStyle: { type: i < palette.length ? "solid" : "dashed" }, data: curve.map((p) => [at(p), scale * p.y]), emphasis: { focus: "series" },
          tooltip: { formatter: tell(curve, name) } }, bandOf(curve, name, colour, at, scale)]; }),
      xAxis: axis(t, linear ? { type: spread ? "log" : "value", name: axisTitle(study, state.x), nameGap: 28, scale: true, minInterval: xs.every(Number.isInteger) ? 1 : 0 }
        : { type: "category", name: axisTitle(study, state.x), nameGap: 28, data: valuesOf(rows, column[state.x]).map(axisText), axisLabel: { color: t.text, hideOverlap: true } }),
      yAxis: valueAxis(t, state.y, 65), tooltip: { trigger: "item" } };
  }, 400);
  const set = (key) => (value) => { state[key] = value; plot.redraw(); };
  return [el("h2", {}, "Figures against axes"), el("p", { class: "no-print controls" }, choice("against", axes, state.x, String, set("x")), choice("figure", figures, state.y, figureName, set("y")),
    choice("a curve for each", [all, ...axes], state.series, String, set("series")), note), plot.figure];
}

/** Figures to begin with: two objectives, accuracy upward where it is one. */
function frontFigures(figures, objectives) {
  const wanted = objectives.map((o) => o.figure).filter((f) => figures.includes(f));
  const order = [...new Set([...wanted, ...["accuracy", "energy_j"].filter((f) => figures.includes(f)), ...figures])].slice(0, 2);
  return order[1] === "accuracy" ? order : order.reverse();
}

function frontPart(study, column, axes, figures) {
  if (figures.length < 2) return [];
  const { rows, objectives } = study, all = objectives.map((o) => figureName(o.figure)).join(", "), marked = column.front !== undefined && !study.grouped;
  const [across, up] = frontFigures(figures, objectives), state = { a: across, b: up, colour: axes[0] }, note = el("span", { class: "dim" });
  const told = objectives.map((o) => o.figure).filter((f) => figures.includes(f));
  const describe = (row) => [...axes.map((key) => `${axisTitle(study, key)} = ${axisText(row[column[key]])}`),
    ...[...new Set([...told, state.a, state.b])].map((f) => `${figureName(f)} ${figureText(f, row[column[f]])}`), ...(marked && row[column.front] === 1 ? [`on the front of ${all}`] : [])].join("\n");
  const plot = redrawn("Every point; the line joins those that no other beats in both figures." + (marked ? ` Rings: no other beats them in all of ${all}.` : ""), (t) => {
    const a = column[state.a], b = column[state.b], shown = rows.filter((r) => known(r[a]) && known(r[b]));
    const scaleA = isShare(state.a) ? 100 : 1, scaleB = isShare(state.b) ? 100 : 1, place = (r) => [scaleA * r[a], scaleB * r[b]];
    const groups = valuesOf(shown, column[state.colour]), front = frontOf(shown, a, b, moreIsBetter(state.a, objectives), moreIsBetter(state.b, objectives));
    note.textContent = leftOut(groups.length, "colours");
    const best = marked ? shown.filter((r) => r[column.front] === 1) : [];
    return { grid: { left: 90, right: 30, top: 50, bottom: 50 }, xAxis: valueAxis(t, state.a, 28), yAxis: valueAxis(t, state.b, 65),
      series: [{ name: "front", type: "line", step: "end", symbol: "none", color: t.dim, z: 1, data: front.map(place) },
        ...groups.slice(0, most_series).map((value, i) => { const part = shown.filter((r) => r[column[state.colour]] === value);
          return { name: axisText(value), type: "scatter", color: palette[i % palette.length], symbolSize: 8, large: part.length > 2000, data: part.map(place),
            tooltip: { formatter: (p) => describe(part[p.dataIndex]) } }; }),
        ...(best.length ? [{ name: "front of all", type: "scatter", symbol: "circle", symbolSize: 14, silent: true, z: 1, itemStyle: { color: "transparent", borderColor: t.text, borderWidth: 1 }, data: best.map(place) }] : [])] };
  }, 400);
  const set = (key) => (value) => { state[key] = value; plot.redraw(); };
  return [el("h2", {}, "One figure against another"), el("p", { class: "no-print controls" }, choice("across", figures, state.a, figureName, set("a")), choice("up", figures, state.b, figureName, set("b")),
    choice("a colour for each", axes, state.colour, String, set("colour")), note), plot.figure];
}

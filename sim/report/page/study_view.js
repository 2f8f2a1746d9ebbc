// SPDX-License-Identifier: Apache-2.0
// A sweep: figures against axes, fronts, and all points. From {axes, figures, columns, rows, points, failed, grouped, objectives}:
// rows are arrays by `columns`; where `grouped`, each row is the mean of several points (column "points" says how many). Of two
// objectives or more, [{figure, max}], column "front" is 1 where no point beats the row in all of them.

// Whether better designs have more of a figure; of the others they have less.
function moreIsBetter(figure, objectives) {
  const objective = objectives.find((o) => o.figure === figure);
  return objective ? objective.max : /^(accuracy|inputs_per_s)/.test(figure);
}
const unitOf = { energy_j: "J", energy_per_pass_j: "J", static_per_pass_j: "J", latency_s: "s", area_mm2: "mm²", inputs_per_s: "1/s" };
const isShare = (figure) => /^accuracy/.test(figure);
const figureText = (figure, value) => !known(value) ? "–" : isShare(figure) ? percent(value) : unitOf[figure] ? withPrefix(value, unitOf[figure]) : grouped(value);

const numeric = (value) => typeof value === "number" ? value : typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
/** Distinct values: numbers by size, else by name. */
function valuesOf(rows, column) {
  const values = [...new Set(rows.map((r) => r[column]).filter(known))];
  return values.every((v) => Number.isFinite(numeric(v))) ? values.sort((a, b) => numeric(a) - numeric(b)) : values.sort();
}

function mean(values) {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}

/** Points of a curve: mean over the rows at each x, and a band: their extremes, or the interval of a row that stands alone. */
function curveOf(rows, x, y, band) {
  return valuesOf(rows, x).map((value) => {
    const here = rows.filter((r) => r[x] === value && known(r[y]));
    if (!here.length) return null;
    const ys = here.map((r) => r[y]), half = here.length === 1 && band !== undefined ? here[0][band] : null;
    return { x: value, y: mean(ys), low: known(half) ? ys[0] - half : Math.min(...ys), high: known(half) ? ys[0] + half : Math.max(...ys), count: here.length };
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

function choice(label, options, chosen, onchange) {
  return el("label", {}, label + " ", el("select", { onchange: (e) => onchange(options[e.target.value]) },
    options.map((o, i) => el("option", o === chosen ? { value: i, selected: "" } : { value: i }, o))));
}

/** A figure whose controls redraw it. */
function redrawn(caption, makeOption, height) {
  const figure = chart(caption, makeOption, height), entry = charts[charts.length - 1];
  return { figure, redraw: () => entry.drawn && drawChart(entry) };
}

function studyView(study) {
  const column = Object.fromEntries(study.columns.map((name, i) => [name, i]));
  const axes = study.axes.filter((key) => valuesOf(study.rows, column[key]).length > 1);
  const figures = study.figures.filter((f) => study.rows.some((r) => known(r[column[f]])));
  const root = el("section", {}, el("p", {}, `${grouped(study.points)} points` + (study.failed ? `, ${grouped(study.failed)} of them failed` : "") +
    (study.grouped ? "; too many to show each, so every mark is the mean of those that differ in nothing shown." : ".")));
  if (!axes.length || !figures.length) return root;
  root.append(...curvesPart(study.rows, column, axes, figures), ...frontPart(study, column, axes, figures), pointsPart(study, column, axes, figures));
  return root;
}

function curvesPart(rows, column, axes, figures) {
  const isNumeric = (key) => valuesOf(rows, column[key]).every((v) => Number.isFinite(numeric(v)));
  const all = "(one curve)", state = { x: axes.find(isNumeric) || axes[0], y: figures[0] };
  state.series = axes.find((key) => key !== state.x && !isNumeric(key)) || axes.find((key) => key !== state.x) || all;
  const plot = redrawn("Mean over the other axes. Bands: the 95 % interval of a point that stands alone, else the smallest and the largest.", (t) => {
    const groups = state.series === all || state.series === state.x ? [[null, rows]] : valuesOf(rows, column[state.series]).slice(0, 12).map((v) => [v, rows.filter((r) => r[column[state.series]] === v)]);
    const linear = isNumeric(state.x), scale = isShare(state.y) ? 100 : 1, band = column[state.y + "_ci95"];
    const xs = valuesOf(rows, column[state.x]).map(numeric);
    const spread = linear && xs[0] > 0 && xs[xs.length - 1] / xs[0] > 50;
    const at = (p) => linear ? numeric(p.x) : String(p.x);
    const series = groups.flatMap(([name, part], i) => {
      const curve = curveOf(part, column[state.x], column[state.y], band), colour = palette[i % palette.length], label = name === null ? state.y : String(name);
      return [{ name: label, type: "line", symbolSize: 7, color: colour, data: curve.map((p) => [at(p), scale * p.y]), emphasis: { focus: "series" } },
        { name: label, type: "custom", silent: true, z: 1, itemStyle: { color: colour }, data: curve.map((p) => [at(p), scale * p.low, scale * p.high]), encode: { x: 0, y: [1, 2], tooltip: [] },
          renderItem: (params, api) => {
            if (params.dataIndex + 1 >= curve.length) return null;
            const edge = (p, v) => api.coord([at(p), scale * v]), a = curve[params.dataIndex], b = curve[params.dataIndex + 1];
            return { type: "polygon", shape: { points: [edge(a, a.low), edge(b, b.low), edge(b, b.high), edge(a, a.high)] }, style: { fill: colour, opacity: 0.15 } };
          } }];
    });
    return { grid: { left: 80, right: 30, top: 50, bottom: 50 }, series,
      legend: { data: groups.map(([name]) => name === null ? state.y : String(name)) },
      xAxis: axis(t, linear ? { type: spread ? "log" : "value", name: state.x, nameGap: 28, scale: true } : { type: "category", name: state.x, nameGap: 28, data: valuesOf(rows, column[state.x]).map(String) }),
      yAxis: axis(t, { type: "value", name: state.y + (isShare(state.y) ? " (%)" : ""), nameGap: 55, scale: true, axisLabel: { color: t.text, formatter: (v) => unitOf[state.y] ? withPrefix(v, unitOf[state.y]) : String(Number(v.toPrecision(6))) } }),
      tooltip: { trigger: "item", formatter: (p) => `${p.seriesName}\n${state.x} = ${p.value[0]}\n${figureText(state.y, p.value[1] / scale)}` } };
  }, 400);
  const set = (key) => (value) => { state[key] = value; plot.redraw(); };
  return [el("h2", {}, "Figures against axes"), el("p", { class: "no-print" }, choice("against", axes, state.x, set("x")), choice("figure", figures, state.y, set("y")),
    choice("a curve for each", [all, ...axes], state.series, set("series"))), plot.figure];
}

/** Figures to begin with: two objectives, accuracy upward where it is one. */
function frontFigures(figures, objectives) {
  const wanted = objectives.map((o) => o.figure).filter((f) => figures.includes(f));
  const order = [...new Set([...wanted, ...["accuracy", "energy_j"].filter((f) => figures.includes(f)), ...figures])].slice(0, 2);
  return order[1] === "accuracy" ? order : order.reverse();
}

function frontPart(study, column, axes, figures) {
  if (figures.length < 2) return [];
  const { rows, objectives } = study, all = objectives.map((o) => o.figure).join(", "), marked = column.front !== undefined && !study.grouped;
  const [across, up] = frontFigures(figures, objectives), state = { a: across, b: up, colour: axes[0] };
  const shownFigures = [...new Set([...objectives.map((o) => o.figure).filter((f) => figures.includes(f))])];
  const describe = (row) => [...axes.map((key) => `${key} = ${row[column[key]]}`), ...[...new Set([...shownFigures, state.a, state.b])].map((f) => `${f} ${figureText(f, row[column[f]])}`),
    ...(marked && row[column.front] === 1 ? [`on the front of ${all}`] : [])].join("\n");
  const plot = redrawn("Every point; the line joins those that no other beats in both figures." + (marked ? ` Rings: no other beats them in all of ${all}.` : ""), (t) => {
    const a = column[state.a], b = column[state.b], shown = rows.filter((r) => known(r[a]) && known(r[b]));
    const scaleA = isShare(state.a) ? 100 : 1, scaleB = isShare(state.b) ? 100 : 1, place = (r) => [scaleA * r[a], scaleB * r[b]];
    const groups = valuesOf(shown, column[state.colour]).slice(0, 12), front = frontOf(shown, a, b, moreIsBetter(state.a, objectives), moreIsBetter(state.b, objectives));
    const side = (figure, gap) => axis(t, { type: "value", scale: true, name: figure + (isShare(figure) ? " (%)" : ""), nameGap: gap, axisLabel: { color: t.text, formatter: (v) => unitOf[figure] ? withPrefix(v, unitOf[figure]) : String(Number(v.toPrecision(6))) } });
    const best = marked ? shown.filter((r) => r[column.front] === 1) : [];
    return { grid: { left: 80, right: 30, top: 50, bottom: 50 }, xAxis: side(state.a, 28), yAxis: side(state.b, 55),
      series: [{ name: "front", type: "line", step: "end", symbol: "none", color: t.dim, z: 1, data: front.map(place) },
        ...groups.map((value, i) => { const part = shown.filter((r) => r[column[state.colour]] === value);
          return { name: String(value), type: "scatter", color: palette[i % palette.length], symbolSize: 8, large: part.length > 2000, data: part.map(place),
            tooltip: { formatter: (p) => describe(part[p.dataIndex]) } }; }),
        ...(best.length ? [{ name: "front of all", type: "scatter", symbol: "circle", symbolSize: 14, silent: true, z: 1, itemStyle: { color: "transparent", borderColor: t.text, borderWidth: 1 }, data: best.map(place) }] : [])] };
  }, 400);
  const set = (key) => (value) => { state[key] = value; plot.redraw(); };
  return [el("h2", {}, "One figure against another"), el("p", { class: "no-print" }, choice("across", figures, state.a, set("a")), choice("up", figures, state.b, set("b")),
    choice("a colour for each", axes, state.colour, set("colour"))), plot.figure];
}

function pointsPart(study, column, axes, figures) {
  const columns = [...axes.map((key) => ({ title: key, value: (r) => r[column[key]], text: (r) => known(r[column[key]]) ? String(r[column[key]]) : "–" })),
    ...figures.map((f) => ({ title: f, value: (r) => r[column[f]], text: (r) => figureText(f, r[column[f]]), number: true })),
    ...(column.front === undefined ? [] : [{ title: "front", value: (r) => r[column.front], text: (r) => r[column.front] === 1 ? "yes" : "" }])];
  return el("section", {}, el("h2", {}, "Points"), el("p", { class: "no-print" },
    downloadButton("points as CSV", "points.csv", "text/csv", () => csv(study.columns, study.rows)),
    downloadButton("points as JSON", "points.json", "application/json", () => JSON.stringify(study.rows.map((r) => Object.fromEntries(study.columns.map((c, i) => [c, r[i]]))), null, 1))),
  sortableTable(columns, study.rows));
}

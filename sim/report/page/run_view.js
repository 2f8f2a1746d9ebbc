// SPDX-License-Identifier: Apache-2.0
// One network on one chip, and several side by side: from report.json.

const component = { mvm: "MVM", vector: "vector unit", noc: "network on chip", io: "host link", buffer: "buffers", adc: "ADC", dac: "DAC", matrix: "matrix unit" };
// What a tile has beside its parts is all of it where its area is published as one figure.
const nameOf = (key, keys) => keys.length === 1 && key === "rest of tiles" ? "tiles as a whole" : component[key] || key.replaceAll("_", " ");

/** A line a network: what the float network, ideal cells and chips with noise classify right. */
function accuracyChart(runs) {
  const measured = runs.filter((r) => r.accuracy);
  if (!measured.length) return null;
  const names = measured.map((r) => r.network.name);
  const pointsOf = (value) => measured.map((r, i) => [value(r.accuracy), i]).filter(([v]) => known(v)).map(([v, i]) => [100 * v, i]);
  const spread = measured.map((r, i) => [i, r.accuracy.analog]).filter(([, a]) => a && known(a.ci95));
  const samples = measured.flatMap((r, i) => r.accuracy.analog ? r.accuracy.analog.values.map((v) => [100 * v, i]) : []);
  return chart(`Accuracy on ${grouped(measured[0].accuracy.inputs)} inputs: each chip sample, their mean and its 95 % t interval.`, (t) => ({
    grid: { left: 20, right: 30, top: 40, bottom: 40, containLabel: true },
    yAxis: axis(t, { type: "category", inverse: true, data: names, splitLine: { show: true, lineStyle: { color: t.line } } }),
    xAxis: axis(t, { type: "value", name: "accuracy (%)", nameGap: 25, scale: true, max: (range) => range.max >= 99 ? 100 : null }),
    series: [{ name: "float", type: "scatter", symbol: "diamond", symbolSize: 14, itemStyle: { color: "transparent", borderColor: t.text, borderWidth: 1.5 }, data: pointsOf((a) => a.float) },
      { name: "ideal cells", type: "scatter", symbol: "rect", symbolSize: 7, itemStyle: { color: palette[0] }, data: pointsOf((a) => a.analog_ideal) },
      { name: "chip samples", type: "scatter", symbolSize: 6, itemStyle: { color: t.dim }, data: samples },
      { name: "with noise", type: "scatter", symbolSize: 12, itemStyle: { color: palette[1] }, data: pointsOf((a) => a.analog && a.analog.mean) },
      intervals(spread.map(([i, a]) => [100 * Math.max(0, a.mean - a.ci95), 100 * Math.min(1, a.mean + a.ci95), i]), "95 % interval", t.text)],
    tooltip: { trigger: "item", formatter: ({ seriesName, value }) => `${names[value[1]]}\n${seriesName} ${value[0].toFixed(2)} %` +
      (seriesName === "with noise" && known(measured[value[1]].accuracy.analog.ci95) ? " " + plusMinus(measured[value[1]].accuracy.analog.ci95) : "") } }), 150 + 46 * measured.length);
}

/** Stacked shares of a total, a bar a run. */
function breakdownChart(runs, caption, axisName, unit, partsOf, perBar, titleOf = (r) => r.network.name) {
  const named = runs.filter((r) => partsOf(r));
  if (!named.length) return null;
  const keys = [...new Set(named.flatMap((r) => Object.keys(partsOf(r))))]
    .filter((key) => named.some((r) => partsOf(r)[key] > 0));
  if (!keys.length) return null; // nothing costs anything
  return chart(caption, (t) => ({
    grid: { left: 20, right: 30, top: 50, bottom: 40, containLabel: true },
    yAxis: axis(t, { type: "category", inverse: true, data: named.map(titleOf) }),
    xAxis: axis(t, { type: "value", name: axisName, nameGap: 25, axisLabel: { color: t.text, hideOverlap: true, formatter: (v) => withPrefix(v, unit) } }),
    series: keys.map((key) => ({ name: nameOf(key, keys), type: "bar", stack: "all", barMaxWidth: 36, data: named.map((r) => (partsOf(r)[key] || 0) / perBar(r)) })),
    tooltip: { trigger: "item", valueFormatter: (v) => withPrefix(v, unit) } }), 130 + 46 * named.length);
}

function energyChart(runs) {
  return breakdownChart(runs, "Energy per input by component; static energy is apart.", "energy per input", "J",
    (r) => r.energy && r.energy.by_component, (r) => r.network.inputs_per_pass);
}

function areaChart(runs) {
  const parts = (r) => r.area && r.area.by_part_mm2;
  const chips = runs.filter((r, i) => runs.findIndex((other) => other.chip === r.chip) === i);
  return breakdownChart(chips, "Area of the chip by part.", "area", "mm²", parts, () => 1, (r) => r.chip);
}

/** When each layer works for the first pass, alone on the chip. */
function latencyChart(run) {
  const layers = (run.layers || []).filter((l) => known(l.first_pass_begin));
  if (!layers.length) return null;
  const figure = chart(`The first pass, alone on the chip: from the first to the last cycle each layer works (latency ${grouped(run.timing.latency_cycles)} cycles). Filled: cycles its busiest task works.`, (t) => ({
    grid: { left: 20, right: 30, top: 20, bottom: 40, containLabel: true },
    yAxis: axis(t, { type: "category", inverse: true, data: layers.map((l) => l.name), splitLine: { show: false } }),
    xAxis: axis(t, { type: "value", name: "cycle", nameGap: 25 }),
    series: [{ type: "custom", encode: { x: [1, 2], y: 0 }, data: layers.map((l, i) => [i, l.first_pass_begin, l.first_pass_end, l.busy_cycles_per_pass]),
      renderItem: (params, api) => {
        const y = api.coord([0, api.value(0)])[1], height = Math.min(16, 0.7 * api.size([0, 1])[1]);
        const [from, to, end] = [api.value(1), api.value(1) + api.value(3), api.value(2)].map((x) => api.coord([x, 0])[0]);
        const bar = (x, width, opacity) => ({ type: "rect", shape: { x, y: y - height / 2, width: Math.max(1, width), height }, style: { fill: palette[0], opacity } });
        return { type: "group", children: [bar(from, end - from, 0.3), bar(from, Math.min(to, end) - from, 1)] };
      } }],
    tooltip: { trigger: "item", formatter: ({ dataIndex: i }) => `${layers[i].name}\ncycles ${grouped(layers[i].first_pass_begin)} to ${grouped(layers[i].first_pass_end)}\nbusy ${grouped(layers[i].busy_cycles_per_pass)}` } }),
  Math.max(160, 70 + 18 * layers.length));
  return el("div", {}, el("h3", {}, "First pass"), figure);
}

/** When each tile works for the first pass, in the order in which they begin, coloured by layer. */
function tileChart(run) {
  const tiles = ((run.mesh && run.mesh.tiles) || []).filter((t) => known(t.first_pass_begin))
    .sort((a, b) => a.first_pass_begin - b.first_pass_begin || a.tile - b.tile);
  if (!tiles.length) return null;
  const layers = [...new Set(run.layers.map((l) => l.name))], colour = (t) => palette[layers.indexOf(t.layers[0]) % palette.length];
  return chart("Tiles in the first pass, from the first to the last cycle each works, one line a tile in the order in which they begin, coloured by layer.", (t) => ({
    grid: { left: 40, right: 40, top: 20, bottom: 50 },
    yAxis: axis(t, { type: "category", inverse: true, name: "tiles", nameGap: 10, data: tiles.map((tile) => "tile " + tile.tile), splitLine: { show: false }, axisTick: { show: false }, axisLabel: { show: false } }),
    xAxis: axis(t, { type: "value", name: "cycle", nameGap: 25 }),
    series: [{ type: "custom", encode: { x: [1, 2], y: 0 }, data: tiles.map((tile, i) => [i, tile.first_pass_begin, tile.first_pass_end]),
      renderItem: (params, api) => {
        const height = 0.8 * api.size([0, 1])[1], [from, y] = api.coord([api.value(1), api.value(0)]), end = api.coord([api.value(2), 0])[0];
        return { type: "rect", shape: { x: from, y: y - height / 2, width: Math.max(1, end - from), height }, style: { fill: colour(tiles[params.dataIndex]) } };
      } }],
    tooltip: { trigger: "item", formatter: ({ dataIndex: i }) => `tile ${tiles[i].tile}: ${tiles[i].layers.join(", ")}\ncycles ${grouped(tiles[i].first_pass_begin)} to ${grouped(tiles[i].first_pass_end)}` } }),
  Math.min(600, 90 + 5 * tiles.length));
}

const svgElement = (name, attributes, ...children) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
};

/** The mesh, each tile as dark as its share of the largest value. */
function floorPlan(run) {
  const mesh = run.mesh;
  if (!mesh || !mesh.tiles.length) return null;
  const metrics = [["cells that hold a weight", (t) => t.cells_used, (v) => percent(v, 1)], ["busy share of the run", (t) => t.busy, (v) => percent(v, 1)],
    ["energy per pass", (t) => t.energy_per_pass_j, (v) => withPrefix(v, "J")]].filter(([, f]) => mesh.tiles.some((t) => known(f(t))));
  const side = Math.min(40, 1000 / mesh.cols), holder = el("div");
  const draw = ([, value, text]) => {
    const largest = Math.max(...mesh.tiles.map((t) => value(t) || 0)) || 1;
    const svg = svgElement("svg", { width: side * mesh.cols + 2, height: side * mesh.rows + 2, role: "img", "aria-label": "floor plan of the chip",
      viewBox: `-1 -1 ${side * mesh.cols + 2} ${side * mesh.rows + 2}` });
    for (let t = 0; t < mesh.rows * mesh.cols; ++t)
      svg.append(svgElement("rect", { x: side * (t % mesh.cols), y: side * Math.floor(t / mesh.cols), width: side - 2, height: side - 2, fill: "none", stroke: "var(--line)" }));
    for (const t of mesh.tiles)
      svg.append(svgElement("rect", { x: side * (t.tile % mesh.cols), y: side * Math.floor(t.tile / mesh.cols), width: side - 2, height: side - 2,
        fill: palette[0], "fill-opacity": 0.08 + 0.92 * (value(t) || 0) / largest },
      svgElement("title", {}, `tile ${t.tile}: ${t.layers.join(", ")}\n${text(value(t))}`)));
    holder.replaceChildren(svg, el("figcaption", {}, `From faint (0) to full colour (${text(largest)}). Empty squares hold nothing of this network.`));
  };
  draw(metrics[0]);
  const select = el("select", { "aria-label": "what the floor plan shows", onchange: (e) => draw(metrics[e.target.value]) },
    metrics.map(([name], i) => el("option", { value: i }, name)));
  return el("section", {}, el("h3", {}, "Floor plan"), select, el("figure", {}, holder));
}

function layerTable(run) {
  const layers = run.layers || [];
  if (!layers.length) return null;
  const number = (title, value, text) => ({ title, value, text: (l) => text(value(l)), number: true });
  return el("section", {}, el("h3", {}, "Layers"), sortableTable([{ title: "layer", value: (l) => l.name },
    number("arrays", (l) => l.arrays, grouped), number("replicas", (l) => l.replicas, grouped), number("cells used", (l) => l.cells_used, (v) => percent(v, 1)),
    number("MVMs per pass", (l) => l.mvms_per_pass, grouped), number("busy cycles per pass", (l) => l.busy_cycles_per_pass, grouped),
    number("energy per pass", (l) => l.energy_per_pass_j, (v) => withPrefix(v, "J"))], layers));
}

function runFacts(r) {
  const a = r.accuracy, t = r.timing, e = r.energy, u = r.unshared, b = r.baseline;
  const times = (v) => known(v) ? Number(v.toPrecision(3)) + "×" : null;
  return el("div", { class: "grid" },
    factTable("Network and mapping", [["slots", r.network.slots], ["inputs per pass", r.network.inputs_per_pass], ["weights", grouped(r.network.weights)],
      ["MAC per input", grouped(r.network.macs_per_input)], ["arrays used", `${grouped(r.utilisation.arrays_used)} of ${grouped(r.utilisation.arrays_total)}`],
      ["tiles used", `${grouped(r.utilisation.tiles_used)} of ${grouped(r.utilisation.tiles_total)}`], ["cells of these arrays used", percent(r.utilisation.cells, 1)],
      ["chip area", Number(r.area.total_mm2.toPrecision(4)) + " mm²"]]),
    a && factTable("Accuracy", [["inputs", grouped(a.inputs)], ["float reference", percent(a.float)], ["analog, converters only", percent(a.analog_ideal)],
      ["analog with device effects", a.analog && percent(a.analog.mean)], ["… 95 % interval over chips, these inputs", a.analog && known(a.analog.ci95) ? plusMinus(a.analog.ci95) : null],
      ["… 95 % interval over inputs", known(a.inputs_ci95) ? plusMinus(a.inputs_ci95) : null], ["chip samples", a.analog && a.analog.chips], ["chance", percent(a.chance)],
      ["right with the key of the next slot (chance)", a.wrong_key && `${percent(a.wrong_key.mean)} (${percent(a.wrong_key.chance)})`],
      [a.published ? "published: " + a.published.source : "", a.published && percent(a.published.accuracy)]]),
    t && factTable("Timing", [["clock", withPrefix(t.clock_hz, "Hz")], ["latency of a pass", `${grouped(t.latency_cycles)} cycles, ${withPrefix(t.latency_cycles / t.clock_hz, "s")}`],
      ["interval between passes", grouped(t.cycles_per_pass) + " cycles" + (t.steady ? "" : " (not yet steady)")], ["cycles per input", grouped(t.cycles_per_input)],
      ["inputs per second", grouped(t.inputs_per_s)], ["inputs per second and mm²", grouped(r.inputs_per_s_per_mm2)], ["bottleneck", t.bottleneck]]),
    e && factTable("Energy", [["per pass", withPrefix(e.per_pass_j, "J")], ["per input", withPrefix(e.per_input_j, "J")],
      ["arrays and converters, per pass", e.by_boundary && withPrefix(e.by_boundary.arrays_j, "J")], ["static, per pass, not in the above", withPrefix(e.static_per_pass_j, "J")]]),
    b && factTable("Against " + b.network, [["more inputs per second", times(b.speedup_cycles)], ["fewer MAC per input", times(b.speedup_macs)], ["less energy per input", times(b.saving_energy)]]),
    u && factTable("What cannot be shared", [["stages", u.stages.join(", ")], ["share of the energy", percent(u.energy_share, 1)], ["cycles per input", grouped(u.cycles_per_input)],
      ["limit of the speed-up", times(u.speedup_limit)], ["limit of the saving", times(u.saving_limit)]]));
}

function provenance(r) {
  const p = r.provenance;
  return factTable("Provenance", [["version", p.version], ["results version", p.results_version], ["seed", p.seed], ["config SHA-256", p.config_sha256],
    ["weights SHA-256", p.weights_sha256], ["data SHA-256", p.dataset_sha256]], "texts");
}

function validityPart(r) {
  if (!r.validity || !r.validity.length) return null;
  return el("details", {}, el("summary", {}, "Which effect reached which layer"), sortableTable([{ title: "layer", value: (v) => v.layer },
    { title: "effect", value: (v) => v.effect }, { title: "state", value: (v) => v.state }], r.validity));
}

function estimatesPart(r) {
  if (!r.estimates || !r.estimates.length) return null;
  return el("details", {}, el("summary", {}, `${r.estimates.length} values of chip and device are estimates`), el("p", {}, el("code", {}, r.estimates.join(", "))));
}

function runView(r) {
  return el("div", {}, el("h2", {}, `${r.network.name}, N = ${r.network.slots}, on ${r.chip} with ${r.device.name}`),
    runFacts(r), latencyChart(r), tileChart(r), floorPlan(r), layerTable(r), validityPart(r), estimatesPart(r), provenance(r));
}

function runCsv(runs) {
  const columns = [["network", (r) => r.network.name], ["inputs_per_pass", (r) => r.network.inputs_per_pass], ["accuracy_float", (r) => r.accuracy && r.accuracy.float],
    ["accuracy_analog_ideal", (r) => r.accuracy && r.accuracy.analog_ideal], ["accuracy_analog", (r) => r.accuracy && r.accuracy.analog && r.accuracy.analog.mean],
    ["accuracy_ci95", (r) => r.accuracy && r.accuracy.analog && r.accuracy.analog.ci95], ["cycles_per_input", (r) => r.timing && r.timing.cycles_per_input],
    ["inputs_per_s", (r) => r.timing && r.timing.inputs_per_s], ["energy_per_input_j", (r) => r.energy && r.energy.per_input_j], ["area_mm2", (r) => r.area.total_mm2]];
  return csv(columns.map(([name]) => name), runs.map((r) => columns.map(([, f]) => f(r))));
}

// SPDX-License-Identifier: Apache-2.0
// What the figures of a sweep are called, their units, and how values are written.

const figureNames = { accuracy: "accuracy with noise", accuracy_ci95: "95 % interval over chips", accuracy_ideal: "accuracy of ideal cells",
  accuracy_float: "accuracy in float", accuracy_inputs_ci95: "95 % interval over inputs", energy_j: "energy per input",
  energy_per_pass_j: "energy per pass", static_per_pass_j: "static energy per pass", latency_s: "latency of a pass",
  cycles_per_input: "cycles per input", inputs_per_s: "inputs per second", area_mm2: "chip area",
  inputs_per_s_per_mm2: "inputs per second and mm²", arrays_used: "arrays used" };
/** Names of figures, else their path in report.json. */
const figureName = (figure) => figureNames[figure] || figure;

/** Units stand at the end of a name, or of the map a value stands in; the energies by component are in J. */
function unitOf(figure) {
  const whole = figure.replace(/^energy\.by_component\./, "by_component_j.").replace(/(_j|_mm2)\..*$/, "$1");
  if (/_per_(s|mm2)$/.test(whole)) return "";
  return { j: "J", s: "s", mm2: "mm²" }[(/_(j|s|mm2)$/.exec(whole) || [])[1]] || "";
}
const isInterval = (figure) => /[._]ci95$/.test(figure);
/** As is_fraction of the program. */
const isShare = (figure) => /^(accuracy$|accuracy[._]|paired\.)/.test(figure) && !/^(accuracy\.inputs|accuracy\.analog\.chips|paired\.chips)$/.test(figure);

/** 0.9127 of accuracy is "91.27 %", 0.02 of an interval "± 2.00 points", -0.01 of a difference "-1.00 points". */
function figureText(figure, value) {
  if (!known(value)) return "–";
  if (isInterval(figure)) return plusMinus(value);
  if (figure === "paired.mean") return `${value > 0 ? "+" : ""}${(100 * value).toFixed(2)} points`;
  if (isShare(figure)) return percent(value);
  const unit = unitOf(figure);
  if (unit === "mm²") return Number(value.toPrecision(4)) + " mm²";
  if (unit) return withPrefix(value, unit);
  return Math.abs(value) < 1 ? String(Number(value.toPrecision(4))) : grouped(value);
}

/** Title of a chart's axis; ticks of figures with a unit carry it. */
const figureTitle = (figure) => figureName(figure) + (isInterval(figure) ? " (± points)" : isShare(figure) ? " (%)" : "");
/** A tick: of shares the value is in percent. */
const figureTick = (figure, value) => ["J", "s"].includes(unitOf(figure)) ? withPrefix(value, unitOf(figure))
  : value.toLocaleString("en-US", { maximumSignificantDigits: 6 }) + (unitOf(figure) ? " mm²" : "");

const numeric = (value) => typeof value === "number" ? value : typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
/** A value of an axis without the digits that only tell how it was computed. */
const axisText = (value) => !known(value) ? "–" : typeof value === "number" ? String(Number(value.toPrecision(6))) : String(value);

/** Distinct values: numbers by size, else by name. */
function valuesOf(rows, column) {
  const values = [...new Set(rows.map((r) => r[column]).filter(known))];
  return values.every((v) => Number.isFinite(numeric(v))) ? values.sort((a, b) => numeric(a) - numeric(b)) : values.sort();
}

// Whether better designs have more of a figure; of the others they have less.
function moreIsBetter(figure, objectives) {
  const objective = objectives.find((o) => o.figure === figure);
  return objective ? objective.max : !isInterval(figure) && !/\.(inputs|chips)$/.test(figure) && /^accuracy|(^|\.)inputs_per_s/.test(figure);
}

// SPDX-License-Identifier: Apache-2.0
// A sweep: what was varied, its charts, and all points. From {axes, units, figures, columns, rows, points, failed, grouped, objectives,
// provenance}: rows are arrays by `columns`; where `grouped`, each row is the mean of several points (column "points" says
// how many). Of two objectives or more, [{figure, max}], column "front" is 1 where no point beats the row in all of them.

/** Key and unit of an axis. */
const axisTitle = (study, key) => key + (study.units && study.units[key] ? ` (${study.units[key]})` : "");

function studyView(study) {
  const column = Object.fromEntries(study.columns.map((name, i) => [name, i]));
  const axes = study.axes.filter((key) => valuesOf(study.rows, column[key]).length > 1);
  const figures = study.figures.filter((f) => study.rows.some((r) => known(r[column[f]])));
  const root = el("div", {}, el("p", {}, `${grouped(study.points)} points` + (study.failed ? `, ${grouped(study.failed)} of them failed` : "") +
    (study.grouped ? "; too many to show each, so every mark is the mean of those that differ in nothing shown." : ".")));
  root.append(summaryPart(study, column, axes, figures));
  if (axes.length && figures.length)
    root.append(...curvesPart(study, column, axes, figures), ...frontPart(study, column, axes, figures), pointsPart(study, column, axes, figures));
  return root;
}

/** Values of an axis: all of a few, else how many between which. */
function valuesText(values) {
  if (values.length <= 8) return values.map(axisText).join(", ");
  const numbers = values.every((v) => Number.isFinite(numeric(v)));
  return numbers ? `${values.length} values from ${axisText(values[0])} to ${axisText(values[values.length - 1])}` : `${values.slice(0, 7).map(axisText).join(", ")} and ${values.length - 7} more`;
}

/** The best row by each objective, else by accuracy and energy. */
function bestRows(study, column, axes, figures) {
  const asked = study.objectives.length ? study.objectives.map((o) => o.figure) : ["accuracy", "energy_j"];
  return asked.filter((f) => figures.includes(f)).map((figure) => {
    const up = moreIsBetter(figure, study.objectives), rows = study.rows.filter((r) => known(r[column[figure]]));
    const best = rows.reduce((a, b) => (up ? b[column[figure]] > a[column[figure]] : b[column[figure]] < a[column[figure]]) ? b : a);
    const same = rows.filter((r) => r[column[figure]] === best[column[figure]]).length;
    const interval = best[column[figure + "_ci95"]];
    return [`${up ? "highest" : "lowest"} ${figureName(figure)}`, figureText(figure, best[column[figure]]) + (known(interval) ? " " + plusMinus(interval) : "") +
      ` at ${axes.map((key) => `${key} = ${axisText(best[column[key]])}`).join(", ") || "every point"}` + (same > 1 ? ` and ${same - 1} more` : "")];
  });
}

/** Figures that no axis moves, which need no column. */
function constantFigures(study, column, figures) {
  return study.rows.length < 2 ? [] : figures.filter((f) => study.rows.every((r) => r[column[f]] === study.rows[0][column[f]]));
}

function summaryPart(study, column, axes, figures) {
  const fixed = constantFigures(study, column, figures);
  return el("div", {}, factTable("Axes", axes.map((key) => [axisTitle(study, key), valuesText(valuesOf(study.rows, column[key]))]), "texts"),
    figures.length && study.rows.length ? factTable("Best", bestRows(study, column, axes, figures.filter((f) => !fixed.includes(f))), "texts") : null,
    fixed.length ? factTable("The same at every point", fixed.map((f) => [figureName(f), figureText(f, study.rows[0][column[f]])]), "texts") : null);
}

function studyProvenance(study) {
  const p = study.provenance;
  return factTable("Provenance", [["results version of the points", p.results_version],
    ["sum of the points' addresses (config, weights, data)", p.addresses], ["first journal of the folder begun", p.begun || null], ["machines of its journals", (p.hosts || []).join(", ") || null],
    ["points of other sweeps in the folder, left out", study.others || null]], "texts");
}

function pointsPart(study, column, axes, figures) {
  const fixed = constantFigures(study, column, figures);
  const columns = [...axes.map((key) => ({ title: axisTitle(study, key), key, value: (r) => r[column[key]], text: (r) => axisText(r[column[key]]) })),
    ...figures.filter((f) => !fixed.includes(f)).map((f) => ({ title: figureName(f), key: f, value: (r) => r[column[f]], text: (r) => figureText(f, r[column[f]]), number: true })),
    ...(column.front === undefined ? [] : [{ title: "front", value: (r) => r[column.front], text: (r) => r[column.front] === 1 ? "yes" : "" }])];
  const compare = (a, b) => Number.isFinite(numeric(a)) && Number.isFinite(numeric(b)) ? numeric(a) - numeric(b) : String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
  const inOrder = study.rows.slice().sort((a, b) => axes.reduce((order, key) => order || compare(a[column[key]], b[column[key]]), 0));
  return el("section", {}, el("h2", {}, "Points"), el("p", { class: "no-print" },
    downloadButton("points as CSV", "points.csv", "text/csv", () => csv(study.columns, study.rows)),
    downloadButton("points as JSON", "points.json", "application/json", () => JSON.stringify(study.rows.map((r) => Object.fromEntries(study.columns.map((c, i) => [c, r[i]]))), null, 1))),
  sortableTable(columns, inOrder));
}

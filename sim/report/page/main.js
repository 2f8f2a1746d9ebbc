// SPDX-License-Identifier: Apache-2.0
// Puts the page together from the data that stand in it.

// Paper cannot be clicked: what is closed is printed open.
function openForPrint() {
  const closed = [];
  addEventListener("beforeprint", () => {
    closed.push(...document.querySelectorAll("details:not([open])"));
    closed.forEach((d) => { d.open = true; });
  });
  addEventListener("afterprint", () => closed.splice(0).forEach((d) => { d.open = false; }));
}

function main() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.getElementById("root");
  if (data.report) {
    const runs = data.report.runs || [data.report];
    root.append(el("p", { class: "no-print" }, downloadButton("report.json", "report.json", "application/json", () => JSON.stringify(data.report, null, 2)),
      downloadButton("figures as CSV", "figures.csv", "text/csv", () => runCsv(runs))));
    for (const [title, part] of [["Accuracy", accuracyChart(runs)], ["Energy", energyChart(runs)], ["Area", areaChart(runs)]])
      if (part) root.append(el("h2", {}, title), part);
    runs.forEach((run) => root.append(runView(run)));
  }
  if (data.study) root.append(studyView(data.study));
  if (data.config) root.append(el("details", {}, el("summary", {}, data.study ? "The full effective configuration of the first point" : "The full effective configuration"), el("pre", {}, data.config)));
  if (data.study) root.append(studyProvenance(data.study) || "");
  drawCharts();
  openForPrint();
}

main();

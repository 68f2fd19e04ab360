"use strict";
// Charts: unpacks plotly's script once the page stands, then draws the figures that the page was made with.
function makeCharts(data) {
  const CONFIG = {responsive: true, displaylogo: false, displayModeBar: "hover", modeBarButtonsToRemove: ["lasso2d", "select2d"]};
  const nodes = new Map([...document.querySelectorAll("[data-chart]")].map((node) => [node.dataset.chart, node]));
  let group = null;
  let ready = null;

  async function load() {
    const script = document.createElement("script");
    script.textContent = await unpack("plotly");
    document.head.append(script);
  }
  function draw(name, chart) {
    const node = nodes.get(name);
    node.style.minHeight = `${chart.figure.layout.height}px`;
    node.setAttribute("aria-label", chart.words);
    // plotly writes into what it is given
    const copy = structuredClone(chart.figure);
    return window.Plotly.react(node, copy.data, copy.layout, CONFIG);
  }
  async function drawAll() {
    ready ??= load();
    await ready;
    const shown = group;
    await draw("timeline", shown.timeline);
    await draw("latency", shown.latency);
    if (nodes.has("backlog")) await draw("backlog", shown.backlog);
    if (!nodes.get("ladder").classList.contains("js-plotly-plot")) await draw("ladder", data.ladder);
    document.documentElement.dataset.charts = "drawn";
  }
  const resize = (width) => {
    if (!window.Plotly) return;
    for (const node of nodes.values()) if (node.layout) window.Plotly.relayout(node, width ? {width, autosize: false} : {width: null, autosize: true});
  };
  window.addEventListener("beforeprint", () => resize(680));
  window.addEventListener("afterprint", () => resize(0));
  return {
    show(next) {
      group = next;
      for (const node of document.querySelectorAll("[data-words]")) node.textContent = next[node.dataset.words].words;
      if (ready) drawAll();
    },
    start() { (window.requestIdleCallback ?? window.setTimeout)(drawAll); },
  };
}

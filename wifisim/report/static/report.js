"use strict";
// Ties the controls to the plan, the tables and the charts.
(async () => {
  if (!("DecompressionStream" in window)) {
    document.getElementById("old-browser").hidden = false;
    return;
  }
  const data = JSON.parse(await unpack("data"));
  const plan = makePlan(data), tables = makeTables(), charts = makeCharts(data);
  const by = (id) => document.getElementById(id);
  const [stage, day, floor, slider, play, now, output] = ["stage", "day", "floor", "time", "play", "now", "clock"].map(by);
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  let group = data.groups[data.chosen];
  let timer = 0;

  function draw() {
    plan.setBin(Number(slider.value));
    plan.show(by("rooms-show").value, by("aps-show").value);
    now.textContent = plan.draw();
    key(by("rooms-show").value);
    const text = plan.clock(plan.time());
    output.textContent = text;
    slider.setAttribute("aria-valuetext", `${text} ${plan.period()}`.trim());
  }
  function key(kind) {
    const heat = ["signal", "rate", "airtime"].includes(kind);
    for (const node of document.querySelectorAll("#plan-key [data-key]")) node.toggleAttribute("hidden", !node.dataset.key.split(" ").includes(kind));
    if (!heat) return;
    const {ends, bar} = plan.legend(kind);
    by("heat-bar").style.background = bar;
    [by("heat-low").textContent, by("heat-high").textContent] = ends;
  }
  function showGroup(next, bin) {
    group = next;
    plan.setGroup(group);
    slider.max = group.bins - 1;
    slider.value = bin ?? group.worst;
    bells();
    tables.show(group.sheets);
    charts.show(group);
    for (const node of document.querySelectorAll(".chosen")) {
      const chosen = data.stages[group.stage];
      node.textContent = `${chosen.label} (${chosen.date}), ${group.phrase}`;
    }
    draw();
  }
  function bells() {
    const length = group.bins * group.bin;
    by("bells").replaceChildren(...data.periods.map(([name, from, to]) => {
      const mark = document.createElement("span");
      mark.style.left = `${(100 * (from - group.start)) / length}%`;
      mark.style.width = `${(100 * (to - from)) / length}%`;
      mark.textContent = name;
      return mark;
    }));
    for (const mark of by("bells").children) if (mark.scrollWidth > mark.clientWidth + 1) mark.textContent = "";
  }
  function showDays(kind) {
    const own = data.groups.filter((one) => one.stage === Number(stage.value));
    day.replaceChildren(...own.map((one) => new Option(one.phrase, data.groups.indexOf(one), false, one.day === kind)));
    return own.find((one) => one.day === kind) ?? own[0];
  }
  function pause() {
    window.clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", "false");
    now.setAttribute("aria-live", "polite");
  }
  function start() {
    now.setAttribute("aria-live", "off");
    play.textContent = "Pause";
    play.setAttribute("aria-pressed", "true");
    timer = window.setInterval(() => {
      slider.value = (Number(slider.value) + 1) % group.bins;
      draw();
    }, still.matches ? 1000 : 150);
  }
  stage.addEventListener("change", () => { const next = showDays(group.day); if (next) showGroup(next, slider.value); });
  day.addEventListener("change", () => showGroup(data.groups[Number(day.value)], slider.value));
  floor.addEventListener("change", () => { plan.showFloor(floor.value); draw(); });
  slider.addEventListener("input", draw);
  by("rooms-show").addEventListener("change", draw);
  by("aps-show").addEventListener("change", draw);
  play.addEventListener("click", () => (timer ? pause() : start()));
  by("worst").addEventListener("click", () => { slider.value = group.worst; draw(); showWorstFloor(); });
  function showWorstFloor() {
    const worst = plan.floorOfWorst();
    if (worst) floor.value = worst;
    plan.showFloor(floor.value);
    draw();
  }
  stage.value = group.stage;
  showDays(group.day);
  showGroup(group);
  showWorstFloor();
  charts.start();
  document.documentElement.dataset.ready = Math.round(performance.now());
})();

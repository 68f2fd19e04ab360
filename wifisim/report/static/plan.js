"use strict";
// The plan: colours rooms and access points for one minute of one day, and tells about the one that is pointed at.
function makePlan(data) {
  const SVG = "http://www.w3.org/2000/svg";
  const SIGNS = {works: "✓", mixed: "~", fails: "✗"};
  const DAY_WORDS = {works: "enough", mixed: "at risk", fails: "too few"};
  const WORDS = {works: "lesson works", mixed: "lesson works in some runs", fails: "lesson fails"};
  const rooms = new Map([...document.querySelectorAll(".room")].map((node) => [Number(node.dataset.room), node]));
  const floors = [...document.querySelectorAll("svg.floor")];
  const details = document.getElementById("details");
  const state = {group: null, bin: 0, roomsShow: "lessons", apsShow: "airtime", here: null};
  const heat = makeHeat(data.heat);
  const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const decoded = new Map();
  let marks = [];

  function day(group) {
    if (!decoded.has(group)) decoded.set(group, {airtime: bytes(group.airtime), clients: bytes(group.clients)});
    return decoded.get(group);
  }
  const clock = (seconds) => {
    const minutes = Math.floor(seconds / 60);
    return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  };
  const time = () => state.group.start + state.bin * state.group.bin;
  const stage = () => data.stages[state.group.stage];
  const nowLessons = () => state.group.lessons.filter((one) => one[1] <= time() && time() < one[2]);
  const airtime = (radio) => day(state.group).airtime[radio * state.group.bins + state.bin];
  function clients(radio) {
    const group = state.group;
    const slot = Math.min(group.clientsBins - 1, Math.floor(state.bin / (group.bins / group.clientsBins)));
    return day(group).clients[radio * group.clientsBins + slot];
  }
  const isFull = (radio) => state.group.full.some((span) => span[0] === radio && span[1] <= time() && time() < span[2]);

  function element(name, attributes, parent) {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    parent.append(node);
    return node;
  }
  function placeAccessPoints() {
    marks = [];
    for (const floor of floors) {
      const layer = floor.querySelector(".aps");
      layer.replaceChildren();
      for (const ap of stage().aps.filter((one) => one.floor === floor.dataset.floor)) {
        const node = element("g", {class: "ap", role: "img", tabindex: "-1", transform: `translate(${ap.x} ${ap.y})`}, layer);
        const shape = element("rect", {class: "mark", x: -1.35, y: -1.35, width: 2.7, height: 2.7, rx: 1.35}, node);
        const text = element("text", {}, node);
        marks.push({ap, node, shape, text});
      }
    }
  }
  function showRooms() {
    const signal = stage().signal;
    const running = new Map();
    for (const lesson of nowLessons()) {
      const worst = running.get(lesson[0]);
      if (!worst || "works mixed fails".indexOf(lesson[5]) > "works mixed fails".indexOf(worst[5])) running.set(lesson[0], lesson);
    }
    for (const [index, node] of rooms) {
      const lesson = running.get(index);
      const level = signal[index];
      let kind = "", sign = "", words = "no lesson with devices";
      if (state.roomsShow === "lessons" && lesson) {
        kind = lesson[5]; sign = SIGNS[kind]; words = WORDS[kind];
      } else if (state.roomsShow === "day") {
        const found = dayOf(index);
        if (found) { kind = found.kind; sign = `${SIGNS[kind] ?? ""} ${found.share}`; words = `${found.share} of its lessons worked this day, ${DAY_WORDS[kind] ?? ""}`; }
      } else if (state.roomsShow === "signal") {
        kind = level === null ? "" : level < data.rssiMin ? "weak" : "strong";
        sign = level === null ? "" : `${kind === "weak" ? "✗ " : ""}${level}`;
        words = level === null ? "no seats" : `signal ${level} dBm${kind === "weak" ? ", too weak" : ""}`;
      } else if (state.roomsShow === "rate") {
        const rate = stage().rate[index];
        kind = rate === null ? "" : "strong"; sign = rate === null ? "" : String(rate);
        words = rate === null ? "no figure" : `rate ${rate} Mbit/s`;
      } else if (state.roomsShow === "airtime") {
        words = "see the access points";
      }
      node.setAttribute("class", `room ${kind}${state.here === node ? " here" : ""}`);
      node.querySelector(".sign").textContent = sign;
      node.setAttribute("aria-label", `Room ${data.rooms[index].name}: ${words}`);
    }
  }
  // The room's verdict of the whole day.
  function dayOf(index) {
    const found = state.group.verdicts[index];
    if (!found) return null;
    const [status, share, interval] = found;
    return {kind: {pass: "works", at_risk: "mixed", fail: "fails"}[status] ?? "", share, interval};
  }
  function showAccessPoints() {
    for (const {ap, node, shape, text} of marks) {
      const busiest = Math.max(...ap.radios.map((radio) => airtime(radio[0])));
      const devices = ap.radios.reduce((sum, radio) => sum + clients(radio[0]), 0);
      const high = ap.radios.some((radio) => isFull(radio[0])) || busiest > data.airtimeMax;
      const level = high ? "high" : busiest > data.airtimeMax / 2 ? "mid" : "low";
      node.setAttribute("class", `ap ${level}${state.here === node ? " here" : ""}`);
      // A square with a cross, wider than the circle, so that it is told by shape as well.
      shape.setAttribute("rx", high ? 0.1 : 1.35);
      const channels = ap.radios.filter((radio) => radio[1] !== "2.4" || ap.radios.length === 1).map((radio) => radio[2]);
      const shown = {airtime: busiest, clients: devices, channel: channels.join("/")}[state.apsShow];
      const wide = String(shown).length > 3 ? 4.6 : high ? 4.2 : 2.7;
      shape.setAttribute("x", -wide / 2); shape.setAttribute("width", wide);
      text.textContent = `${high && state.apsShow !== "channel" ? "✗" : ""}${shown}`;
      node.setAttribute("aria-label", `Access point ${ap.id}: airtime ${busiest} %${high ? ", above its limit or full" : ""}, ${devices} devices`);
    }
  }
  function sentence() {
    const failing = [...new Set(nowLessons().filter((one) => one[5] === "fails").map((one) => data.rooms[one[0]].name))];
    const period = data.periods.filter((one) => one[1] <= time() && time() < one[2]).map((one) => one[0]).join(", ");
    const top = marks.flatMap((mark) => mark.ap.radios.map((radio) => [airtime(radio[0]), mark.ap.id, radio])).sort((a, b) => b[0] - a[0])[0];
    const count = failing.length;
    const where = count > 6 ? `${failing.slice(0, 6).join(", ")} and ${count - 6} more` : failing.join(", ");
    const air = top ? ` Busiest access point: ${top[1]} (${top[2][1]} GHz, channel ${top[2][2]}) with ${top[0]} % airtime.` : "";
    const lessons = count ? `Lessons fail in ${count} ${count === 1 ? "room" : "rooms"}: ${where}.` : "No lesson fails.";
    return `${clock(time())}${period ? ` (${period})` : ""}, ${stage().label}, ${state.group.phrase}: ${lessons}${air}`;
  }
  function addRow(list, name, value) {
    const row = document.createElement("div"), term = document.createElement("dt"), text = document.createElement("dd");
    term.textContent = name; text.textContent = value; row.append(term, text); list.append(row);
  }
  function showDetails() {
    const node = state.here;
    if (!node) return;
    const list = document.createElement("dl"), heading = document.createElement("h3");
    if (node.classList.contains("room")) {
      const index = Number(node.dataset.room), room = data.rooms[index], level = stage().signal[index];
      heading.textContent = room.name === room.id ? `Room ${room.name}` : `${room.name} (${room.id})`;
      addRow(list, "Kind", `${room.kind.replaceAll("_", " ")}, ${room.seats} seats`);
      addRow(list, "Signal", level === null ? "no seats" : `${level} dBm or more on 95 % of seats`);
      if (stage().rate[index] !== null) addRow(list, "Rate", `${stage().rate[index]} Mbit/s (PHY) or more on 95 % of the floor`);
      const now = nowLessons().filter((one) => one[0] === index);
      if (!now.length) addRow(list, "Now", "no lesson with devices");
      for (const one of now) {
        addRow(list, "Now", `${one[3]}, ${one[4]}, ${clock(one[1])}-${clock(one[2])}`);
        addRow(list, "Lesson", `${SIGNS[one[5]]} ${WORDS[one[5]]} (good in ${one[8]} of ${one[9]} runs)`);
        addRow(list, "Devices", `${one[7]} of ${one[6]} good`);
        if (one[10]) addRow(list, "Held back by", one[10]);
      }
      const bad = state.group.lessons.filter((one) => one[0] === index && one[5] !== "works");
      const whole = dayOf(index);
      if (whole) addRow(list, "This day", `${whole.share} of lessons worked${whole.interval ? ` (${whole.interval})` : ""}${bad.length ? `; ${bad.map((one) => `${SIGNS[one[5]]} ${clock(one[1])} ${one[3]}`).join("; ")}` : ""}`);
    } else {
      const {ap} = marks.find((mark) => mark.node === node);
      heading.textContent = `Access point ${ap.id}`;
      for (const radio of ap.radios) {
        addRow(list, `${radio[1]} GHz`, `channel ${radio[2]}, ${radio[3]} MHz, ${radio[4]} dBm`);
        addRow(list, "Now", `airtime ${airtime(radio[0])} %, ${clients(radio[0])} devices${isFull(radio[0]) ? ", full" : ""}`);
        const spans = state.group.full.filter((span) => span[0] === radio[0]).map((span) => `${clock(span[1])}-${clock(span[2])}`);
        if (spans.length) addRow(list, "Full", spans.join(", "));
      }
    }
    details.replaceChildren(heading, list);
  }
  function point(node) {
    if (state.here) { state.here.classList.remove("here"); state.here.setAttribute("tabindex", "-1"); }
    state.here = node;
    if (!node) return;
    node.classList.add("here");
    node.setAttribute("tabindex", "0");
    showDetails();
  }
  const items = (floor) => [...floor.querySelectorAll(".room, .ap")];
  const target = (event) => event.target.closest(".room, .ap");
  for (const floor of floors) {
    floor.addEventListener("pointerover", (event) => { if (target(event)) point(target(event)); });
    floor.addEventListener("click", (event) => { if (target(event)) { point(target(event)); target(event).focus(); } });
    floor.addEventListener("focusin", (event) => { if (target(event)) point(target(event)); });
    floor.addEventListener("keydown", (event) => {
      const all = items(floor), at = all.indexOf(document.activeElement);
      const to = {ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1}[event.key];
      if (to === undefined || !all.length) return;
      event.preventDefault();
      all[Math.max(0, Math.min(all.length - 1, to))].focus();
    });
  }
  function showFloor(id) {
    for (const floor of floors) floor.toggleAttribute("hidden", floor.dataset.floor !== id);
    const shown = floors.find((floor) => floor.dataset.floor === id);
    if (shown && !(state.here && shown.contains(state.here))) {
      point(null);
      const first = items(shown)[0];
      if (first) first.setAttribute("tabindex", "0");
    }
  }
  return {
    setGroup(group) {
      const keep = state.here && state.here.classList.contains("ap") ? null : state.here;
      state.group = group; point(keep); placeAccessPoints();
    },
    setBin(bin) { state.bin = bin; },
    show(roomsShow, apsShow) { state.roomsShow = roomsShow; state.apsShow = apsShow; },
    legend: (kind) => heat.legend(kind),
    hasRates: heat.hasRates,
    draw() { heat.show(floors, state.group.stage, state.roomsShow, airtime); showRooms(); showAccessPoints(); showDetails(); return sentence(); },
    showFloor, clock, time,
    period: () => data.periods.filter((one) => one[1] <= time() && time() < one[2]).map((one) => one[0]).join(", "),
    floorOfWorst() {
      const failing = nowLessons().filter((one) => one[5] === "fails").map((one) => data.rooms[one[0]].floor);
      const top = [...marks].sort((a, b) => Math.max(...b.ap.radios.map((r) => airtime(r[0]))) - Math.max(...a.ap.radios.map((r) => airtime(r[0]))))[0];
      return failing[0] ?? top?.ap.floor;
    },
  };
}

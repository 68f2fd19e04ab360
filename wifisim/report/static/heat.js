"use strict";
// Heat maps under the plan: each place in the colour of its signal, its rate, or the airtime of the radio it would join.
function makeHeat(heat) {
  const SVG = "http://www.w3.org/2000/svg";
  const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const decoded = new Map();
  const canvas = document.createElement("canvas");

  function grid(number) {
    if (!decoded.has(number)) {
      const map = heat.maps[number];
      const radio = new Int16Array(bytes(map.radio).buffer);
      decoded.set(number, {map, radio, signal: bytes(map.signal), rate: bytes(map.rate)});
    }
    return decoded.get(number);
  }
  function colour(ramp, share) {
    const at = Math.max(0, Math.min(1, share)) * (ramp.length - 1), from = Math.min(Math.floor(at), ramp.length - 2);
    return ramp[from].map((part, index) => part + (ramp[from + 1][index] - part) * (at - from));
  }
  function prepare(floor) {
    if (floor.querySelector(".heat")) return floor.querySelector(".heat");
    const id = `inside-${document.querySelectorAll("clipPath").length}`;
    const clip = document.createElementNS(SVG, "clipPath");
    clip.setAttribute("id", id);
    for (const shape of floor.querySelectorAll(".room polygon")) {
      const copy = document.createElementNS(SVG, "polygon");
      copy.setAttribute("points", shape.getAttribute("points"));
      clip.append(copy);
    }
    const image = document.createElementNS(SVG, "image");
    image.setAttribute("class", "heat");
    image.setAttribute("preserveAspectRatio", "none");
    image.setAttribute("clip-path", `url(#${id})`);
    floor.prepend(clip, image);
    return image;
  }
  // share(index of the cell) is 0 to 1, or null for no figure
  function paint(floor, number, ramp, share) {
    const image = prepare(floor), {map} = grid(number);
    canvas.width = map.columns; canvas.height = map.rows;
    const context = canvas.getContext("2d"), picture = context.createImageData(map.columns, map.rows);
    for (let cell = 0; cell < map.rows * map.columns; cell += 1) {
      const value = share(cell);
      if (value === null) continue;
      const parts = colour(ramp, value);
      for (let part = 0; part < 3; part += 1) picture.data[4 * cell + part] = parts[part];
      picture.data[4 * cell + 3] = 255;
    }
    context.putImageData(picture, 0, 0);
    image.setAttribute("href", canvas.toDataURL());
    for (const [name, value] of Object.entries({x: map.x, y: map.y, width: map.columns * map.step, height: map.rows * map.step})) image.setAttribute(name, value);
  }
  const scaled = (values) => (cell) => (values[cell] === 255 ? null : values[cell] / 254);
  return {
    // kind is signal, rate or airtime; airtime(radio) gives per cent
    show(floors, stage, kind, airtime) {
      for (const floor of floors) {
        const number = heat.byStage[stage][floor.dataset.floor];
        const known = number !== undefined && (kind !== "rate" || heat.maps[number].rate);
        const on = ["signal", "rate", "airtime"].includes(kind) && known;
        floor.classList.toggle("warm", Boolean(on));
        if (!on || floor.hasAttribute("hidden")) continue;
        const {radio, signal, rate} = grid(number);
        if (kind === "airtime") paint(floor, number, heat.ramps.load, (cell) => (radio[cell] < 0 ? null : airtime(radio[cell]) / 100));
        else paint(floor, number, heat.ramps.good, scaled(kind === "signal" ? signal : rate));
      }
    },
    // a key of the colours: a bar between two ends
    legend(kind) {
      const ramp = kind === "airtime" ? heat.ramps.load : heat.ramps.good;
      const ends = {signal: heat.rssiRange.map((level) => `${level} dBm`), rate: ["0", `${heat.rateMax} Mbit/s`], airtime: ["0 %", "100 %"]}[kind];
      return {ends, bar: `linear-gradient(90deg,${ramp.map((parts) => `rgb(${parts.join()})`).join()})`};
    },
    hasRates: heat.maps.some((map) => map.rate),
  };
}

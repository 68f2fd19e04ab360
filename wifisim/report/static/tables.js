"use strict";
// Tables that sort by a heading's button and show only rows with a text; rows of the day tables come from the data.
function makeTables() {
  const sorts = new Map();
  const rowsOf = (table) => [...table.tBodies[0].rows];

  function fill(table, rows) {
    const numeric = [...table.tHead.rows[0].cells].map((cell) => cell.classList.contains("num"));
    const body = document.createElement("tbody");
    for (const row of rows) {
      const line = body.insertRow();
      row.forEach((cell, column) => {
        const node = document.createElement(column ? "td" : "th");
        if (!column) node.scope = "row";
        if (numeric[column]) node.className = "num";
        node.textContent = Array.isArray(cell) ? cell[0] : cell;
        if (Array.isArray(cell)) node.sortKey = cell[1];
        line.append(node);
      });
    }
    table.tBodies[0].replaceWith(body);
    sort(table);
    filter(table);
  }
  const key = (row, column) => {
    const cell = row.cells[column];
    return cell.sortKey === undefined ? cell.textContent : cell.sortKey;
  };
  function compare(a, b, up) {
    if (a === null || b === null) return (a === null) - (b === null);  // nothing comes last, whichever way
    const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", {numeric: true});
    return up ? order : -order;
  }
  function sort(table) {
    const chosen = sorts.get(table);
    if (!chosen) return;
    const body = table.tBodies[0];
    body.append(...rowsOf(table).sort((a, b) => compare(key(a, chosen.column), key(b, chosen.column), chosen.up)));
  }
  function filter(table) {
    const wanted = document.querySelector(`[data-filter="${table.dataset.sheet}"]`).value.trim().toLowerCase();
    let shown = 0;
    for (const row of rowsOf(table)) {
      const fits = row.textContent.toLowerCase().includes(wanted);
      row.hidden = !fits;
      shown += fits;
    }
    const all = rowsOf(table).length;
    document.querySelector(`[data-count="${table.dataset.sheet}"]`).textContent = wanted ? `${shown} of ${all} rows` : `${all} rows`;
  }
  const tables = [...document.querySelectorAll("table.sheet")];
  for (const table of tables) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      head.querySelector("button").addEventListener("click", () => {
        const before = sorts.get(table);
        const up = before && before.column === column ? !before.up : !head.classList.contains("num");
        sorts.set(table, {column, up});
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        sort(table);
      });
    });
    document.querySelector(`[data-filter="${table.dataset.sheet}"]`).addEventListener("input", () => filter(table));
    filter(table);
  }
  return {
    show(sheets) {
      for (const table of tables) if (sheets[table.dataset.sheet]) fill(table, sheets[table.dataset.sheet]);
    },
  };
}

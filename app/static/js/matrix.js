/* The matrix: arrow keys lead from cell to cell. Without this script, Tab does. */
"use strict";

document.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  const cell = event.target.closest?.("[data-matrix] td");
  if (!step || !cell || event.altKey || event.ctrlKey || event.metaKey) return;
  const rows = [...cell.closest("table").querySelectorAll("tbody > tr")];
  const place = [...cell.parentElement.querySelectorAll("td")].indexOf(cell);
  let row = rows.indexOf(cell.parentElement);
  let column = place;
  for (;;) {
    row += step[0];
    column += step[1];
    const next = rows[row]?.querySelectorAll("td")[column];
    if (!next) return;
    const link = next.querySelector("a");
    if (link) {
      event.preventDefault();
      link.focus();
      return;
    }
  }
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

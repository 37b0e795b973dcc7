/* The year planner: a meeting dragged to another day leads to the page that asks to check the move; nothing is saved
   here. Without this script, and by keyboard, its link "Move" does the same. */
"use strict";

for (const planner of document.querySelectorAll("[data-planner]")) {
  let dragged = null;
  let over = null;
  const mark = (day) => {
    over?.classList.remove("planner-target");
    over = day;
    over?.classList.add("planner-target");
  };
  for (const entry of planner.querySelectorAll("[data-move]")) {
    entry.draggable = true;
    for (const link of entry.querySelectorAll("a")) link.draggable = false;
  }
  planner.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-move]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.textContent.trim());
  });
  planner.addEventListener("dragover", (event) => {
    const day = dragged && event.target.closest("[data-day]");
    if (!day) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    if (day !== over) mark(day);
  });
  planner.addEventListener("drop", (event) => {
    const day = dragged && event.target.closest("[data-day]");
    if (!day) return;
    event.preventDefault();
    if (day !== dragged.closest("[data-day]")) location.assign(`${dragged.dataset.move}?day=${day.dataset.day}`);
  });
  planner.addEventListener("dragend", () => {
    dragged = null;
    mark(null);
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

"use strict";
// Nothing here is needed to read the page: filters for long tables, and a button that copies.
for (const table of document.querySelectorAll("table[data-filter]")) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length < 6) continue;
  const label = document.createElement("label");
  const box = document.createElement("input");
  const count = document.createElement("span");
  label.className = "filter";
  box.type = "search";
  count.setAttribute("role", "status");
  label.append(`Filter ${table.dataset.filter} `, box, " ", count);
  (table.closest(".wide") || table).before(label);
  box.addEventListener("input", () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = words.length ? `${shown} of ${rows.length}` : "";
  });
}
const ticket = document.querySelector("#ticket textarea");
const button = document.createElement("button");
button.type = "button";
button.textContent = "Copy";
button.addEventListener("click", async () => {
  ticket.select();
  try {
    await navigator.clipboard.writeText(ticket.value);
  } catch {
    document.execCommand("copy");
  }
  button.textContent = "Copied";
});
ticket.after(button);

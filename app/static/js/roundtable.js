/* What makes pages handier where scripts run. Every page works without it; all words come from the page. */
"use strict";

const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));

/* After a form was refused, the reader lands on what is wrong; a link there leads into the field itself. */
function focusErrorSummary() {
  const summary = document.querySelector("[data-error-summary]");
  if (!summary) return;
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!field) return;
    event.preventDefault();
    const top = field.closest("fieldset, .field") || field;
    top.scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  });
}

/* A button beside each password that shows what was typed; hidden again before it is sent. */
function addPasswordButtons() {
  for (const control of all("[data-password]")) {
    const input = control.querySelector("input");
    const { show, hide, showLabel, hideLabel } = control.dataset;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-secondary";
    button.setAttribute("aria-controls", input.id);
    const set = (visible) => {
      input.type = visible ? "text" : "password";
      button.textContent = visible ? hide : show;
      button.setAttribute("aria-label", visible ? hideLabel : showLabel);
    };
    set(false);
    button.addEventListener("click", () => set(input.type === "password"));
    input.form?.addEventListener("submit", () => set(false));
    control.append(button);
  }
}

/* Copy buttons say in their own label that it worked. */
function enableCopyButtons(within = document) {
  if (!navigator.clipboard) return;
  for (const button of all("[data-copy]", within)) {
    const label = button.querySelector("span") || button;
    const words = label.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      label.textContent = button.dataset.copied;
      setTimeout(() => { label.textContent = words; }, 2500);
    });
  }
}

/* Forms with a question ask it in a dialog; the button that says yes repeats what was pressed. */
function askBeforeSending() {
  const dialog = document.querySelector("[data-confirm-dialog]");
  if (!dialog || !dialog.showModal) return;
  const yes = dialog.querySelector("[data-confirm-yes]");
  let waiting = null;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.confirm || form === waiting?.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = { form, submitter: event.submitter, confirmed: null };
    dialog.querySelector("[data-confirm-question]").textContent = form.dataset.confirm;
    yes.classList.toggle("btn-primary", Boolean(event.submitter?.classList.contains("btn-primary")));
    yes.classList.toggle("btn-danger", !yes.classList.contains("btn-primary"));
    if (event.submitter?.textContent.trim()) yes.textContent = event.submitter.textContent.trim();
    dialog.showModal();
    dialog.querySelector("[data-confirm-no]").focus();
  }, true);
  yes.addEventListener("click", () => {
    waiting.confirmed = waiting.form;
    dialog.close();
    waiting.form.requestSubmit(waiting.submitter);
    waiting = null;
  });
  dialog.querySelector("[data-confirm-no]").addEventListener("click", () => dialog.close());
}

/* A form is sent once, however often its button is pressed; coming back to the page makes it usable again. */
function preventDoubleSubmit() {
  const disabled = new Set();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || "sendAgain" in form.dataset) return;
    setTimeout(() => {
      for (const button of all("button:not([type='button']):not(:disabled)", form)) {
        button.disabled = true;
        disabled.add(button);
      }
    });
  });
  window.addEventListener("pageshow", () => {
    for (const button of disabled) button.disabled = false;
    disabled.clear();
  });
}

/* Menus close on Escape and, those that lie over the page, on a press elsewhere. */
function closeMenus() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all("details[data-menu][open]")) {
      const inside = menu.contains(document.activeElement) || menu.nextElementSibling?.contains(document.activeElement);
      menu.open = false;
      if (inside) menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of all("details.account[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
}

/* A progress bar that asks how far the work is, and opens the page anew when it is done. */
function watchProgress() {
  const region = document.querySelector("[data-progress]");
  if (!region) return;
  const bar = region.querySelector("progress");
  const ask = async () => {
    try {
      const answer = await (await fetch(region.dataset.progress, { headers: { Accept: "application/json" } })).json();
      if (answer.state !== region.dataset.state || !answer.working) return location.reload();
      if (answer.total && answer.state === "queued") {
        bar.max = answer.total;
        bar.value = answer.done;
      }
    } catch { /* the next time */ }
    return setTimeout(ask, 1000);
  };
  setTimeout(ask, 1000);
}

/* A search shows what it finds while one types or chooses; the address follows, so that going back and sharing work. */
function searchAsYouType() {
  const form = document.querySelector("form[data-live]");
  if (!form) return;
  const results = document.getElementById(form.dataset.live);
  const status = document.querySelector("[data-live-status]");
  const asked = () => {
    const filled = Array.from(new FormData(form)).filter(([, value]) => value !== "");
    return new URLSearchParams(filled).toString();
  };
  let [waiting, running, shown] = [null, null, asked()];
  const show = async () => {
    const wanted = asked();
    running?.abort();
    if (wanted === shown) return;
    running = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.liveUrl}?${wanted}`, { signal: running.signal });
      if (!answer.ok) return;
      results.innerHTML = await answer.text();
      enableCopyButtons(results);
      shown = wanted;
      history.replaceState(null, "", `${form.getAttribute("action")}${wanted ? "?" : ""}${wanted}`);
      if (status) status.textContent = results.querySelector("[data-count]")?.textContent || "";
    } catch {
      /* overtaken by the next letter, or no network: the button still works */
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 200);
  });
}

/* What only matters once another field is filled in stays away until then. */
function showWithOthers() {
  for (const part of all("[data-shown-with]")) {
    const other = part.closest("form")?.elements[part.dataset.shownWith];
    if (!other) continue;
    const set = () => { part.hidden = !other.value && !part.querySelector(".has-error"); };
    other.addEventListener("input", set);
    other.addEventListener("change", set);
    set();
  }
}

/* A long list of boxes gets a field that narrows it to what one types; what is ticked stays in sight. */
function filterLists() {
  for (const list of all("[data-filter-list]")) {
    const options = Array.from(list.querySelectorAll(".form-check"));
    if (options.length < 8) continue;
    const input = document.createElement("input");
    Object.assign(input, { type: "search", className: "form-control choice-filter", autocomplete: "off" });
    input.setAttribute("aria-label", list.dataset.filterLabel);
    input.placeholder = list.dataset.filterLabel;
    const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    input.addEventListener("input", () => {
      for (const option of options) {
        const found = plain(option.textContent).includes(plain(input.value.trim()));
        option.hidden = !found && !option.querySelector("input").checked;
      }
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    (list.querySelector("[data-filter-options]") || options[0]).before(input);
  }
}

focusErrorSummary();
showWithOthers();
filterLists();
watchProgress();
addPasswordButtons();
enableCopyButtons();
askBeforeSending();
preventDoubleSubmit();
closeMenus();
searchAsYouType();

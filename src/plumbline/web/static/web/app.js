/* Plumbline: what scripts add to pages that already work without them. */
(() => {
  "use strict";
  const root = document.documentElement;
  const typing = (node) => node.closest("input, textarea, select, [contenteditable]") !== null;
  const go = (href) => location.assign(href);

  /* Theme: change in place, let the server remember. */
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || !button.dataset.themeChoice) return;
    event.preventDefault();
    const form = new FormData(event.target, button);
    fetch(event.target.action, { method: "POST", body: form, redirect: "manual" }).then(() => {
      root.dataset.theme = button.value;
      for (const other of document.querySelectorAll("[data-theme-choice]")) {
        other.setAttribute("aria-pressed", String(other === button));
        other.querySelector(".tick")?.remove();
      }
    });
  });

  /* Menus close on Escape and on a click elsewhere. */
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  /* Filters that change at once send their form. */
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-send]")) event.target.form.requestSubmit();
  });

  /* Leaving with unsaved work asks first. */
  let unsaved = false;
  document.addEventListener("input", (event) => { if (event.target.closest("form[data-guard]")) unsaved = true; });
  document.addEventListener("submit", () => { unsaved = false; });
  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

  /* The error summary takes focus. */
  document.querySelector(".errors")?.focus();

  /* Command palette. */
  let palette = null;
  const places = () => [...document.querySelectorAll(".nav a, [data-action]")].map((link) => ({
    label: link.dataset.action || link.getAttribute("title") || link.textContent.trim(),
    href: link.href, key: link.dataset.go ? "G " + link.dataset.go.toUpperCase() : link.dataset.key || "",
  }));
  const render = (list, input) => {
    const words = input.value.trim().toLowerCase();
    const found = places().filter((place) => place.label.toLowerCase().includes(words)).slice(0, 12);
    if (words) found.push({ label: `Search for “${input.value.trim()}”`, href: "/search/?q=" + encodeURIComponent(input.value.trim()), key: "" });
    list.replaceChildren(...found.map((place, at) => {
      const item = document.createElement("li");
      item.id = "palette-" + at;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(at === 0));
      item.dataset.href = place.href;
      item.append(place.label);
      if (place.key) { const hint = document.createElement("span"); hint.className = "hint"; hint.textContent = place.key; item.append(hint); }
      return item;
    }));
    input.setAttribute("aria-activedescendant", found.length ? "palette-0" : "");
  };
  const openPalette = () => {
    if (!palette) {
      palette = document.createElement("dialog");
      palette.className = "palette";
      palette.setAttribute("aria-label", "Go to a page or search");
      const input = document.createElement("input");
      const list = document.createElement("ul");
      for (const [name, value] of Object.entries({ type: "text", role: "combobox", "aria-label": "Search or jump to", "aria-controls": "palette-list", "aria-expanded": "true", placeholder: "Search or jump to…" })) input.setAttribute(name, value);
      list.id = "palette-list";
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", "Places");
      palette.append(input, list);
      document.body.append(palette);
      input.addEventListener("input", () => render(list, input));
      list.addEventListener("click", (event) => { const item = event.target.closest("[data-href]"); if (item) go(item.dataset.href); });
      input.addEventListener("keydown", (event) => {
        const items = [...list.children];
        const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
        if (event.key === "Enter" && at >= 0) { event.preventDefault(); go(items[at].dataset.href); }
        if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
        event.preventDefault();
        const next = (at + (event.key === "ArrowDown" ? 1 : items.length - 1)) % items.length;
        items.forEach((item, place) => item.setAttribute("aria-selected", String(place === next)));
        items[next].scrollIntoView({ block: "nearest" });
        input.setAttribute("aria-activedescendant", items[next].id);
      });
    }
    const input = palette.querySelector("input");
    input.value = "";
    render(palette.querySelector("ul"), input);
    palette.showModal();
  };

  /* Keys. */
  let leader = 0;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); openPalette(); return; }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.form) { event.target.form.requestSubmit(); return; }
    if (event.key === "Escape") { for (const menu of document.querySelectorAll("details.menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); } return; }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || palette?.open) return;
    const key = event.key;
    if (Date.now() - leader < 1200) {
      leader = 0;
      const link = document.querySelector(`[data-go="${CSS.escape(key.toLowerCase())}"]`);
      if (link) { event.preventDefault(); go(link.href); }
      return;
    }
    if (key === "g") { leader = Date.now(); return; }
    if (key === "?") { go("/help/"); return; }
    if (key === "/") { const field = document.querySelector("[data-filter]") || document.getElementById("find"); if (field) { event.preventDefault(); field.focus(); } return; }
    const action = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (action) { event.preventDefault(); action.click(); return; }
    if (key !== "j" && key !== "k") return;
    const rows = [...document.querySelectorAll("[data-row] a[data-open]")];
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement);
    rows[Math.max(0, Math.min(rows.length - 1, at + (key === "j" ? 1 : -1)))].focus();
  });
})();

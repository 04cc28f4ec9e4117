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
  for (const name of ["submit", "kept"]) document.addEventListener(name, () => { unsaved = false; });
  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

  /* Buttons that copy a text. Without scripts they stay hidden, and the text can be selected. */
  const copyText = async (source) => {
    if (navigator.clipboard) { await navigator.clipboard.writeText(source.textContent); return; }
    getSelection().selectAllChildren(source); /* no clipboard without TLS, other than on this machine */
    document.execCommand("copy");
  };
  for (const button of document.querySelectorAll("[data-copy]")) {
    const source = document.getElementById(button.dataset.copy);
    const label = button.innerHTML;
    button.hidden = false;
    button.addEventListener("click", () => copyText(source).then(() => {
      button.textContent = button.dataset.done;
      setTimeout(() => { button.innerHTML = label; }, 2000);
    }));
  }

  /* A part that waits for something is asked for again every two seconds until it is there, for half an hour. */
  for (const part of document.querySelectorAll("[data-poll]")) {
    let left = 900;
    const look = async () => {
      if (part.querySelector(part.dataset.pollUntil) || left-- < 1) return;
      if (!document.hidden) {
        const answer = await fetch(part.dataset.poll, { redirect: "error" }).catch(() => null);
        if (answer?.ok) part.innerHTML = await answer.text();
      }
      setTimeout(look, 2000);
    };
    setTimeout(look, 2000);
  }

  /* The error summary takes focus. */
  document.querySelector(".errors")?.focus();

  /* Search and jump: an editable combobox with a listbox (ARIA APG). Pages of the sidebar come from this page, the rest
     from the server; without scripts the form in the header does the same on a page of its own. */
  let palette = null, asking = null, waiting = 0;
  const find = document.querySelector("form.find[data-jump]");
  const places = (words) => [...document.querySelectorAll(".nav a, [data-action]")].map((link) => ({
    label: link.dataset.action || link.getAttribute("title") || link.textContent.trim(),
    href: link.href, hint: link.dataset.go ? "G " + link.dataset.go.toUpperCase() : link.dataset.key || "",
  })).filter((place) => place.label.toLowerCase().includes(words.toLowerCase()));
  const choose = (input, items, at) => {
    items.forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
    if (items[at]) { items[at].scrollIntoView({ block: "nearest" }); input.setAttribute("aria-activedescendant", items[at].id); }
    else input.removeAttribute("aria-activedescendant");
  };
  const render = (list, input, found) => {
    list.replaceChildren(...found.map((place, at) => {
      const item = document.createElement("li");
      item.id = "palette-" + at;
      item.setAttribute("role", "option");
      item.dataset.href = place.href;
      item.append(place.label);
      if (place.hint) { const hint = document.createElement("span"); hint.className = "hint"; hint.textContent = place.hint; item.append(hint); }
      return item;
    }));
    input.setAttribute("aria-expanded", String(found.length > 0));
    choose(input, [...list.children], found.length ? 0 : -1);
  };
  const ask = (list, input, status) => {
    const words = input.value.trim(), near = places(words).slice(0, 12);
    clearTimeout(waiting);
    asking?.abort();
    if (!words) { render(list, input, near); status.textContent = ""; return; }
    const everything = { label: `${find.dataset.jumpSearch} “${words}”`, href: find.action + "?q=" + encodeURIComponent(words), hint: "" };
    render(list, input, [...near.slice(0, 6), everything]);
    asking = new AbortController();
    const { signal } = asking;
    waiting = setTimeout(() => {
      fetch(find.dataset.jump + "?q=" + encodeURIComponent(words), { signal, headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : { options: [] }))
        .then(({ options }) => {
          /* What was typed meanwhile has its own question. */
          if (signal.aborted) return;
          const found = [...near.slice(0, options.length ? 3 : 6), ...options, everything];
          render(list, input, found);
          status.textContent = found.length > 1 ? `${find.dataset.jumpCount}: ${found.length}` : find.dataset.jumpNone;
        }).catch(() => {});
    }, 120);
  };
  const openPalette = () => {
    if (!palette) {
      palette = document.createElement("dialog");
      palette.className = "palette";
      palette.setAttribute("aria-label", find.dataset.jumpLabel);
      const input = document.createElement("input"), list = document.createElement("ul"), status = document.createElement("p");
      const given = { type: "text", role: "combobox", "aria-label": find.dataset.jumpLabel, "aria-controls": "palette-list", "aria-expanded": "false", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", placeholder: find.dataset.jumpLabel };
      for (const [name, value] of Object.entries(given)) input.setAttribute(name, value);
      list.id = "palette-list";
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", find.dataset.jumpCount);
      status.className = "vh";
      status.setAttribute("role", "status");
      palette.append(input, list, status);
      document.body.append(palette);
      input.addEventListener("input", () => ask(list, input, status));
      list.addEventListener("click", (event) => { const item = event.target.closest("[data-href]"); if (item) go(item.dataset.href); });
      palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });
      input.addEventListener("keydown", (event) => {
        const items = [...list.children];
        const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
        if (event.key === "Enter" && at >= 0) { event.preventDefault(); go(items[at].dataset.href); return; }
        const next = { ArrowDown: (at + 1) % items.length, ArrowUp: (at + items.length - 1) % items.length }[event.key];
        if (next === undefined || !items.length) return;
        event.preventDefault();
        choose(input, items, next);
      });
    }
    const [input, list, status] = palette.children;
    input.value = document.getElementById("find")?.value || "";
    ask(list, input, status);
    palette.showModal();
    input.select();
  };

  /* Deciding in a table: the row whose link has the focus takes a key; every field says by itself what it was. */
  const inRow = (row, key) => {
    const answer = row.querySelector(`input[type=radio][value=${{ y: "yes", n: "no" }[key] ?? "none"}]`);
    const fold = row.querySelector("details.editing"), pick = row.querySelector("input[type=checkbox]");
    if (answer) { answer.checked = true; unsaved = true; }
    else if (key === "x" && pick) { pick.checked = !pick.checked; }
    else if (key === "e" && fold) { fold.open = true; fold.querySelector("textarea").focus(); }
    else if (key === "z" && fold) for (const field of row.querySelectorAll("input, textarea")) { if ("checked" in field && /radio|checkbox/.test(field.type)) field.checked = field.defaultChecked; else field.value = field.defaultValue; }
    else return false;
    return true;
  };

  /* Fields that are filled in by a few letters: editable comboboxes with a listbox (ARIA APG). What was typed and not chosen
     is read by the server, which offers what fits; so it is without scripts. */
  const announce = (text) => {
    let line = document.getElementById("picks");
    if (!line) { line = document.createElement("p"); line.id = "picks"; line.className = "vh"; line.setAttribute("role", "status"); document.body.append(line); }
    line.textContent = text;
  };
  const addPicker = (input) => {
    const list = document.createElement("ul"), box = input.closest(".pick");
    let asking = null, waiting = 0, options = [];
    list.id = input.id + "_options";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", box.dataset.label);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, spellcheck: "false" })) input.setAttribute(name, value);
    box.append(list);
    const close = () => { clearTimeout(waiting); asking?.abort(); list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
    const take = (at) => {
      const { value, label } = options[at];
      if (input.dataset.several) {
        const chosen = box.parentElement.querySelector(".picked"), name = input.dataset.several;
        if (!chosen.querySelector(`[value="${CSS.escape(value)}"]`)) {
          const tick = document.createElement("input"), line = document.createElement("label");
          tick.type = "checkbox"; tick.name = name; tick.value = value; tick.checked = true;
          line.append(tick, " " + label);
          chosen.append(line);
        }
        input.value = "";
      } else input.value = label;
      box.parentElement.querySelector(".fits")?.remove();
      announce(label);
      close();
      input.dispatchEvent(new Event("input", { bubbles: true }));
      close();
    };
    const open = (found) => {
      options = found;
      list.replaceChildren(...found.map(({ label }, at) => {
        const item = document.createElement("li");
        item.id = `${list.id}_${at}`;
        item.setAttribute("role", "option");
        item.textContent = label;
        return item;
      }));
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(found.length > 0));
      choose(input, [...list.children], input.value && found.length ? 0 : -1);
      announce(found.length ? String(found.length) : box.dataset.none);
    };
    const ask = (wait) => {
      close();
      asking = new AbortController();
      const { signal } = asking;
      waiting = setTimeout(() => {
        fetch(input.dataset.pick + "?q=" + encodeURIComponent(input.value), { signal, headers: { Accept: "application/json" } })
          .then((answer) => (answer.ok ? answer.json() : { options: [] }))
          .then(({ options: found }) => { if (!signal.aborted && document.activeElement === input) open(found); }).catch(() => {});
      }, wait);
    };
    input.addEventListener("input", (event) => { if (event.isTrusted) ask(120); });
    input.addEventListener("blur", close);
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => { const at = [...list.children].indexOf(event.target.closest("li")); if (at >= 0) take(at); });
    input.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const items = [...list.children], at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
      if (event.key === "Escape" && !list.hidden) { event.stopPropagation(); close(); return; }
      if (event.key === "Enter" && !list.hidden && at >= 0) { event.preventDefault(); take(at); return; }
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      if (list.hidden) { ask(0); return; }
      choose(input, items, event.key === "ArrowDown" ? (at + 1) % items.length : (at < 1 ? items.length : at) - 1);
    });
  };
  document.querySelectorAll("[data-pick]").forEach(addPicker);

  /* Fields that are only asked for with certain answers to another: hidden ones are not sent, so that nothing unseen counts. */
  for (const input of document.querySelectorAll("[data-shown-by]")) {
    const line = input.closest(".fld"), form = input.form, other = form.elements[input.dataset.shownBy];
    const follow = () => {
      const is = input.dataset.shownFor.split("|").includes(other.value);
      line.hidden = !is;
      for (const part of line.querySelectorAll("input, select, textarea")) part.disabled = !is;
    };
    if (!other) continue;
    form.addEventListener("change", follow);
    follow();
  }

  /* Keys. */
  let leader = 0;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { if (find) { event.preventDefault(); openPalette(); } return; }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.form) { event.target.form.requestSubmit(); return; }
    if (event.key === "Escape" && event.target.closest("[data-decide]")) { event.target.closest("[data-row]").querySelector("a[data-open]")?.focus(); return; }
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
    if (key === "?") { go(document.querySelector("[data-help]")?.href ?? "/help/"); return; }
    if (key === "/") { const field = document.querySelector("[data-filter]"); if (field || find) { event.preventDefault(); if (field) field.focus(); else openPalette(); } return; }
    const action = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (action) { event.preventDefault(); action.click(); return; }
    const row = document.activeElement?.closest("[data-row]");
    if (row && inRow(row, key.toLowerCase())) { event.preventDefault(); return; }
    if (key !== "j" && key !== "k") return;
    const rows = [...document.querySelectorAll("[data-row] a[data-open]")];
    if (!rows.length) return;
    const next = rows[Math.max(0, Math.min(rows.length - 1, rows.indexOf(document.activeElement) + (key === "j" ? 1 : -1)))];
    const fold = next.closest("details:not([open])");
    if (fold) fold.open = true;
    next.focus();
  });
})();

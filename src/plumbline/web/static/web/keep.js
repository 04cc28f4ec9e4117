/* Plumbline: what is typed into the form of a record is kept for whoever types it. Without scripts the form works as ever. */
"use strict";
for (const form of document.querySelectorAll("form[data-keep]")) {
  const SOON = 1500, LATEST = 10000, AGAIN = 15000, FRESH = 60000;
  const line = form.querySelector("[data-keep-says]"), over = form.querySelector("[data-keep-over]");
  const field = (name) => form.elements[name];
  let typed = 0, kept = 0, since = 0, timer = 0, under = null, failed = false, leaving = false, heard = Date.now();

  const say = (text) => { if (line.textContent !== text) line.textContent = text; };
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(keep, wait); };
  const body = () => new URLSearchParams(new FormData(form));
  const send = (more) => fetch(form.dataset.keep, { method: "POST", body: body(), redirect: "manual", headers: { Accept: "application/json" }, ...more });

  /* After somebody has signed in again in another window, a form needs the secret of the new session: of the same person only. */
  const renew = async () => {
    const answer = await fetch(location.href, { redirect: "manual" });
    if (!answer.ok) return "out";
    const page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("form[data-keep]");
    if (!page) return "not";
    if (page.elements._by.value !== field("_by").value) return "other";
    for (const token of document.querySelectorAll("[name=csrfmiddlewaretoken]")) token.value = page.elements.csrfmiddlewaretoken.value;
    return "";
  };

  const read = async (answer) => {
    if (answer.type === "opaqueredirect") return ["out", form.dataset.keepOut];
    const said = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    if (answer.ok) {
      field("_copy").value = said.copy;
      field("_kept").value = said.kept;
      return ["", said.said];
    }
    if (answer.status === 412 && said.kept) over.dataset.kept = said.kept;
    return [answer.status === 403 && !said.said ? "secret" : "not", said.said || form.dataset.keepNot];
  };

  const attempt = async () => {
    const now = typed;
    let [fault, said] = await read(await send());
    if (fault === "secret") {
      fault = await renew();
      if (fault) said = form.dataset[{ out: "keepOut", other: "keepOther" }[fault] || "keepNot"];
      else [fault, said] = await read(await send());
    }
    say(said);
    over.hidden = !over.dataset.kept || !fault;
    failed = Boolean(fault);
    if (fault) { if (fault === "out") later(AGAIN); return fault; }
    delete over.dataset.kept;
    heard = Date.now();
    kept = now;
    if (kept === typed) form.dispatchEvent(new CustomEvent("kept", { bubbles: true }));
    else later(SOON);
    return "";
  };

  const keep = () => {
    clearTimeout(timer);
    if (under) return under;
    if (kept === typed || (form.dataset.keepNeeds && !field(form.dataset.keepNeeds).value.trim())) return Promise.resolve("");
    since = 0;
    under = attempt().catch(() => { failed = true; say(form.dataset.keepAway); later(AGAIN); return "away"; }).finally(() => { under = null; });
    return under;
  };

  const note = (event) => {
    if (event.target.type === "hidden") return;
    typed += 1;
    since ||= Date.now();
    later(Math.max(0, Math.min(SOON, since + LATEST - Date.now())));
  };
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  over.addEventListener("click", () => {
    field("_kept").value = over.dataset.kept;
    delete over.dataset.kept;
    over.hidden = true;
    line.tabIndex = -1;
    line.focus();
    typed += 1;
    keep();
  });
  addEventListener("focus", () => { if (failed) keep(); });

  /* A tab that is closed or left has its last words kept; a browser takes 64 KB at most on the way out. */
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || leaving || kept === typed || under) return;
    if (form.dataset.keepNeeds && !field(form.dataset.keepNeeds).value.trim()) return;
    send({ keepalive: true }).then(read).then(([fault, said]) => { if (!fault) say(said); }).catch(() => {});
  });

  /* Sending a form without a session would lose it: where the last answer is old or was no, that is asked first. */
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (leaving) return;
    if (kept === typed || (!failed && Date.now() - heard < FRESH)) { leaving = true; return; }
    event.preventDefault();
    event.stopPropagation();
    const { submitter } = event;
    const asked = () => keep().then((fault) => {
      if (["out", "other", "away"].includes(fault)) { line.tabIndex = -1; line.focus(); return; }
      leaving = true;
      form.requestSubmit(submitter);
    });
    if (under) under.then(asked); else asked();
  });
  addEventListener("pageshow", () => { leaving = false; });
}

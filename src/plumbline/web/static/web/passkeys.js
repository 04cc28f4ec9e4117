/* Passkeys: asks the browser for one and sends what it answers. The forms are hidden where it cannot. */
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const list = (credentials) => (credentials || []).map((each) => ({ ...each, id: bytes(each.id) }));

  /* What the server wrote in JSON, as the browser takes it (WebAuthn level 3, sections 5.1.8 and 5.1.9). */
  const wanted = ({ publicKey }) => ({ publicKey: {
    ...publicKey,
    challenge: bytes(publicKey.challenge),
    ...(publicKey.user && { user: { ...publicKey.user, id: bytes(publicKey.user.id) } }),
    ...(publicKey.excludeCredentials && { excludeCredentials: list(publicKey.excludeCredentials) }),
    ...(publicKey.allowCredentials && { allowCredentials: list(publicKey.allowCredentials) }),
  } });

  const written = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const says = form.querySelector("[data-passkey-says]");
    const say = (message) => { says.textContent = message; says.hidden = !message; };
    const usable = window.PublicKeyCredential && location.origin === form.dataset.origin;
    const part = form.closest("[data-passkey-part]") || form;
    part.hidden = false;
    if (!usable) {
      for (const node of form.querySelectorAll("[data-passkey-needs]")) node.hidden = true;
      if (form.dataset.unusable) say(form.dataset.unusable); else part.hidden = true;
      continue;
    }
    form.addEventListener("submit", async (event) => {
      const field = form.elements.namedItem("answer");
      if (field.value) return;
      event.preventDefault();
      say("");
      try {
        const body = new FormData();
        body.set("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
        const answer = await fetch(form.dataset.passkey, { method: "POST", body, headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error((await answer.json()).detail);
        const options = wanted(await answer.json());
        const credential = await (options.publicKey.user ? navigator.credentials.create(options) : navigator.credentials.get(options));
        field.value = written(credential);
        form.submit();
      } catch (error) {
        /* The browser's own reasons are few and in its own language; a refusal of the server says why. */
        say(error instanceof DOMException || !error.message ? form.dataset.failed : error.message);
      }
    });
  }
})();

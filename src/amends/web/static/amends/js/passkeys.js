// Passkeys: what the server wants signed goes to the device, and its answer back. Forms with data-passkey stay hidden
// where the browser cannot.
const can = Boolean(window.PublicKeyCredential && navigator.credentials);

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const listed = (keys) => keys?.map((key) => ({ ...key, id: bytes(key.id) }));

function wanted(kind, asked) {
  const key = asked.publicKey;
  const found = { ...key, challenge: bytes(key.challenge) };
  if (kind === "create") {
    found.user = { ...key.user, id: bytes(key.user.id) };
    found.excludeCredentials = listed(key.excludeCredentials) ?? [];
  } else if (key.allowCredentials) {
    found.allowCredentials = listed(key.allowCredentials);
  }
  return { publicKey: found };
}

function answered(credential) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const response = {};
  for (const part of parts) if (credential.response[part]) response[part] = text(credential.response[part]);
  return {
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function post(url, form, body) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const reply = await fetch(url, {
    method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body),
  });
  if (reply.redirected) { location.assign(reply.url); return new Promise(() => {}); }
  return { ok: reply.ok, said: await reply.json().catch(() => ({})) };
}

async function run(form) {
  const status = form.querySelector("[data-status]");
  const button = form.querySelector("button");
  status.textContent = "";
  button.disabled = true;
  try {
    const asked = await post(form.dataset.begin, form, {});
    const kind = form.dataset.passkey;
    const credential = await navigator.credentials[kind](wanted(kind, asked.said));
    const extra = { name: form.elements.name?.value ?? "", next: form.dataset.next ?? "" };
    const reply = await post(form.dataset.finish, form, { ...answered(credential), ...extra });
    if (reply.ok && reply.said.url) location.assign(reply.said.url);
    else status.textContent = reply.said.problem || document.getElementById("toasts").dataset.failed;
  } catch (error) {
    const left = error.name === "NotAllowedError" || error.name === "AbortError"; // the person closed it
    status.textContent = left ? "" : document.getElementById("toasts").dataset.failed;
  } finally {
    button.disabled = false;
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = !can;
  form.addEventListener("submit", (event) => { event.preventDefault(); run(form); });
}
for (const word of document.querySelectorAll("[data-no-passkeys]")) word.hidden = can;

// Sending archives with a progress bar, by picking or dropping files. Without this the form is sent as any other.
const form = document.querySelector("[data-upload]");

if (form) {
  const input = form.querySelector("input[type=file]");
  const zone = form.querySelector("[data-drop]");
  const names = form.querySelector("[data-names]");
  const bar = form.querySelector("progress");
  const status = form.querySelector("[data-status]");
  const button = form.querySelector("button[type=submit]");

  const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`);

  const list = () => {
    names.replaceChildren(...[...input.files].map((file) => Object.assign(document.createElement("li"), { textContent: `${file.name}, ${size(file.size)}` })));
    const files = [...input.files];
    const refused = files.reduce((sum, file) => sum + file.size, 0) > Number(form.dataset.limit) ? form.dataset.large : files.length > Number(form.dataset.most) ? form.dataset.many : "";
    status.textContent = refused;
    button.disabled = !files.length || refused !== "";
  };

  const send = () => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = event.loaded / event.total;
      status.textContent = event.loaded < event.total ? form.dataset.sending.replace("%", `${Math.floor(100 * bar.value)}%`) : form.dataset.sent;
    });
    request.addEventListener("load", () => {
      const next = request.getResponseHeader("Content-Type")?.startsWith("application/json") ? JSON.parse(request.responseText) : null;
      if (next?.url) location.assign(next.url);
      else trouble(next?.problem ?? form.dataset.trouble);
    });
    request.addEventListener("error", () => trouble(form.dataset.trouble));
    bar.hidden = false;
    button.disabled = true;
    status.textContent = form.dataset.sending.replace("%", "0%");
    request.send(new FormData(form));
  };

  const trouble = (text) => {
    bar.hidden = true;
    button.disabled = false;
    status.textContent = text;
  };

  input.addEventListener("change", list);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.dataset.over = "yes";
    });
  }
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => delete zone.dataset.over);
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    input.files = event.dataTransfer.files;
    list();
  });
  list();
}

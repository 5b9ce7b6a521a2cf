/* My summary: copies its text, prints the page. Without this script the file and the browser's own menu do. */
(() => {
  "use strict";

  async function textAt(address) {
    const reply = await fetch(address);
    if (!reply.ok) throw new Error(reply.statusText);
    return reply.text();
  }

  /* The clipboard exists over TLS and on localhost only; a room's own network has the older way. */
  async function copy(address) {
    const text = textAt(address);
    if (navigator.clipboard && window.ClipboardItem) {
      const blob = text.then((words) => new Blob([words], { type: "text/plain" }));
      return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    }
    copySelected(await text);
  }

  function copySelected(words) {
    const box = document.createElement("textarea");
    const before = document.activeElement;
    box.value = words;
    document.body.append(box);
    box.select();
    const isCopied = document.execCommand("copy");
    box.remove();
    before?.focus();
    if (!isCopied) throw new Error("not copied");
  }

  document.addEventListener("DOMContentLoaded", () => {
    const said = document.querySelector(".copied");
    for (const button of document.querySelectorAll("[data-copy]")) {
      button.hidden = false;
      button.addEventListener("click", async () => {
        said.textContent = "";
        try {
          await copy(button.dataset.copy);
          said.textContent = button.dataset.done;
        } catch {
          said.textContent = button.dataset.failed;
        }
      });
    }
    for (const button of document.querySelectorAll("[data-print]")) {
      button.hidden = false;
      button.addEventListener("click", () => window.print());
    }
  });
})();

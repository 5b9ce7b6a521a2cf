/* Proposing a question from a phone: sent once, and said in words; what is typed stays until it has arrived. */
(() => {
  "use strict";
  let typed = "";
  let isOpen = false;
  const field = () => document.getElementById("proposal");

  document.addEventListener("input", (event) => {
    if (event.target === field()) typed = event.target.value;
  });

  document.addEventListener("click", (event) => {
    const details = event.target.closest("#propose > summary") && document.getElementById("propose");
    if (details) isOpen = !details.open;
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.id !== "proposal-form") return;
    event.preventDefault();
    const say = (words) => {
      const place = document.querySelector("#proposal-form [role=status]");
      if (place) place.textContent = words;
    };
    try {
      const body = { event: form.dataset.event, text: field().value, locale: document.documentElement.lang };
      const reply = await arenaRoom.post("/room/proposal", body);
      const told = await reply.json();
      if (told.ok) typed = field().value = "";
      say(told.ok ? form.dataset.thanks : told.problem);
    } catch (_lost) {
      say(form.dataset.offline);
    }
  });

  arenaRoom.onNews(() => {
    if (!field()) return;
    document.getElementById("propose").open = isOpen;
    if (field().value !== typed) field().value = typed;
  });
})();

/* The desk of a room: presses buttons, by hand or by key, and keeps what is typed while the page changes around it. */
(() => {
  "use strict";
  const PRESS = "/desk/press";
  const KEYS_OFF = "arena-desk-keys-off"; // kept in this browser alone
  const TYPED = "textarea, input:not([readonly])";
  const kept = new Map(); // by id: what was typed and not sent yet, which details are open
  let before = Promise.resolve(); // the press before: one at a time, in their order
  let reached = 0; // the version that our own latest press brought the room to, which the stream may tell later
  let countsFrom = 0;
  let step = null;

  const by = (id) => document.getElementById(id);
  const words = () => document.querySelector("main").dataset;
  const say = (what) => { by("said").textContent = what; };
  let warnedAt = -Infinity;
  const warn = (what) => { say(what); warnedAt = performance.now(); };
  const HEARD_MS = 3000; // a warning is not talked over by the step that came with it

  /* -- pressing ------------------------------------------------------------------------------------------- */

  function press(name, sends) {
    const told = before.then(() => send(name, sends));
    before = told;
    return told;
  }

  async function send(name, sends) {
    document.body.toggleAttribute("data-busy", true);
    say(""); // before the reply: the stream may tell of the new step first
    try {
      const { event, version } = arenaRoom.data;
      const seen = Math.max(version, reached);
      const body = { ...sends, press: name, event, seen, locale: document.documentElement.lang };
      const reply = await arenaRoom.post(PRESS, body);
      const told = await reply.json();
      if (reply.status === 409 && name !== "decide") warn(words().moved);
      else if (told.problem || told.note) warn(told.problem || told.note);
      if (!reply.ok) return null;
      reached = told.version;
      return told;
    } catch {
      warn(words().offline);
      return null;
    } finally {
      document.body.toggleAttribute("data-busy", false);
    }
  }

  /* Asked in the page, once, with what follows of it. */
  function sure(question) {
    const dialog = by("sure");
    if (!question) return Promise.resolve(true);
    by("sure-words").textContent = question;
    dialog.showModal();
    by("sure-no").focus();
    return new Promise((answer) => {
      const end = (is) => {
        by("sure-yes").onclick = by("sure-no").onclick = dialog.oncancel = null;
        dialog.close();
        answer(is);
      };
      by("sure-yes").onclick = () => end(true);
      by("sure-no").onclick = dialog.oncancel = () => end(false);
    });
  }

  async function pressed(button) {
    if (button.getAttribute("aria-disabled") === "true") return;
    if (!(await sure(button.dataset.confirm))) return;
    const told = await press(button.dataset.press, JSON.parse(button.dataset.sends));
    if (told && told.link) showLink(told);
  }

  function showLink(told) {
    by("made-qr").innerHTML = told.qr; // our own server's drawing
    by("made-address").value = told.link;
    by("made-link").hidden = false;
    by("made-address").focus();
    by("made-address").select();
  }

  /* -- asking --------------------------------------------------------------------------------------------- */

  const options = () => {
    const form = new FormData(by("ask-form"));
    return { mode: form.get("mode"), has_bet: form.has("has_bet"), is_streamed: form.get("is_streamed") === "yes" };
  };

  async function ask(what, name = "ask") {
    const isUnfinished = step !== null && step !== "waiting" && step !== "debate";
    if (!(await sure(isUnfinished ? words().leaves : ""))) return;
    if (!(await press(name, { ...options(), ...what }))) return;
    if (what.prompt !== undefined) by("prompt").value = "";
    by("ask").open = false;
    by("next-part").focus();
  }

  const SENDS = {
    open: (form) => press("open", { address: form.elements.address.value }),
    ask: (form) => ask({ prompt: form.elements.prompt.value }),
    hands: (form) => {
      const typed = [...form.querySelectorAll("input")].map((input) => [input.name, Math.round(Number(input.value))]);
      return press("hands", { kind: form.dataset.kind, counts: Object.fromEntries(typed) });
    },
    decide: (form) =>
      press("decide", { proposal: form.dataset.proposal, decision: "approved", text: form.elements.text.value }),
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-form]");
    if (!form) return;
    event.preventDefault();
    const told = await SENDS[form.dataset.form](form);
    if (told) for (const field of form.querySelectorAll(TYPED)) kept.delete(field.id);
  });

  /* -- buttons -------------------------------------------------------------------------------------------- */

  const jump = (id) => {
    const to = by(id);
    const details = to.closest("details");
    if (details) details.open = true;
    (to.matches("form") ? to.querySelector("input[type=text]") : to).focus();
    to.scrollIntoView({ block: "center" });
  };

  const add = (button) => {
    const field = by(button.dataset.to);
    const most = Number(field.max);
    field.value = Math.min(most, Math.max(0, Math.round(Number(field.value)) + Number(button.dataset.add)));
    keep(field);
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { press: name, jump: to, add: more, fill, ask: proposal, play: duel } = button.dataset;
    if (event.detail > 1) return; // the second click of a double one: another button may stand there by now
    if (event.detail > 0) button.blur(); // after a mouse or a finger, space and enter are shortcuts again
    if (name) await pressed(button);
    else if (to) jump(to);
    else if (more) add(button);
    else if (proposal) await ask({ proposal });
    else if (duel) await ask({ duel }, "play");
    else if (fill) {
      by(fill).value = button.textContent;
      by(fill).focus();
    } else if (button.id === "copy-link") {
      by("made-address").select();
      const isCopied = await copy(by("made-address").value);
      if (isCopied) say(button.dataset.copied);
    }
  });

  /* Without TLS, as in a room's own network, browsers have no clipboard but the old one. */
  async function copy(what) {
    try {
      await navigator.clipboard.writeText(what);
      return true;
    } catch {
      return document.execCommand("copy");
    }
  }

  /* -- keys ----------------------------------------------------------------------------------------------- */

  const areOn = () => by("keys-on").checked;
  const NAMES = { " ": "Space", B: "b", U: "u" };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || by("sure").open || !areOn()) return;
    const focused = document.activeElement;
    if (event.key === "Escape") {
      focused.blur(); // out of a field or a button, so that every key is a shortcut
      return;
    }
    if (focused.matches("input, textarea, select, [contenteditable]")) return;
    const key = NAMES[event.key] || event.key;
    if ((key === "Space" || key === "Enter") && focused.matches("button, a, summary")) return;
    if (key === "?") {
      by("keys").open = !by("keys").open;
      if (by("keys").open) by("keys").scrollIntoView({ block: "nearest" });
      return;
    }
    const button = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key.split(" ").includes(key));
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  /* -- what is typed stays while the parts change ---------------------------------------------------------- */

  function keep(field) {
    kept.set(field.id, field.type === "radio" || field.type === "checkbox" ? { checked: field.checked } : { value: field.value });
  }

  function putBack() {
    for (const [id, state] of kept) {
      const element = by(id);
      if (element === null) kept.delete(id);
      else Object.assign(element, state);
    }
  }

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.dataset.into) {
      for (const other of field.form.querySelectorAll("[data-into]")) keep(other);
      by(field.dataset.into).value = field.value;
      keep(by(field.dataset.into));
    } else if (field.id && field.closest("[data-part]")) keep(field);
  });

  /* By hand or by key: a click comes before the details change, and never when the server sends them open. */
  document.addEventListener("click", (event) => {
    const details = event.target.closest("summary")?.parentElement;
    if (details?.id && details.closest("[data-part]")) kept.set(details.id, { open: !details.open });
  });

  /* -- news ------------------------------------------------------------------------------------------------ */

  function tick() {
    const passed = (performance.now() - countsFrom) / 1000;
    for (const one of document.querySelectorAll("[data-left-s]")) {
      const left = Number(one.dataset.leftS) - passed;
      const shown = (left < 0 ? one.dataset.over : one.dataset.left).replace("{minutes}", Math.ceil(Math.abs(left) / 60));
      if (one.textContent !== shown) one.textContent = shown;
    }
  }

  arenaRoom.onNews((data, message) => {
    putBack();
    if ("sheet" in { ...message.parts, ...message.grown }) countsFrom = performance.now();
    document.body.toggleAttribute("data-on", true);
    by("ask").hidden = !data.is_open;
    if (data.step !== step || data.round === null) {
      if (data.step !== step && data.said && performance.now() - warnedAt > HEARD_MS) say(data.said);
      by("ask").open = data.round === null || data.step === "debate" || (by("ask").open && document.activeElement === by("prompt"));
    }
    step = data.step;
    tick();
  });
  setInterval(tick, 1000);

  document.addEventListener("DOMContentLoaded", () => {
    by("keys-on").checked = localStorage.getItem(KEYS_OFF) === null;
    by("keys-on").addEventListener("change", () => {
      if (areOn()) localStorage.removeItem(KEYS_OFF);
      else localStorage.setItem(KEYS_OFF, "yes");
    });
  });
})();

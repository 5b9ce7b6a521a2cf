/* The phone of a room: one choice at a time, kept on the phone until the server says that it is on disk. */
(() => {
  "use strict";
  const AGAIN_MS = [1000, 2000, 4000, 8000, 15000];
  const PATIENCE_MS = 10000;
  const SIZES = [1, 1.15, 1.3, 1.5];
  const SIZE_KEY = "arena.size";
  const KEPT = "arena.ballot.";
  const AGREED = "arena.agreed."; // who has voted once has read what that means
  const READING = ["prompt", "bet", "answers", "vote"]; // at these steps the texts lie open

  const find = (id) => document.getElementById(id);

  /* -- what is kept on the phone; in memory where the browser refuses to keep anything -------------------------- */
  const memory = new Map();
  function kept() {
    try {
      return window.localStorage;
    } catch (refused) {
      return null;
    }
  }
  function keep(key, value) {
    if (value === null) memory.delete(key);
    else memory.set(key, value);
    try {
      if (value === null) kept().removeItem(key);
      else kept().setItem(key, value);
    } catch (refused) {
      /* private mode, or full: the memory has it */
    }
  }
  function read(key) {
    try {
      const found = kept().getItem(key);
      return found === null && memory.has(key) ? memory.get(key) : found;
    } catch (refused) {
      return memory.has(key) ? memory.get(key) : null;
    }
  }
  function keysOf(event) {
    const found = new Set([...memory.keys()]);
    try {
      for (let number = 0; number < kept().length; number++) found.add(kept().key(number));
    } catch (refused) {
      /* then only the memory has any */
    }
    return [...found].filter((key) => key.startsWith(`${KEPT}${event}.`)).sort();
  }

  /* -- ballots: the last tap of each kind waits here; one request at a time, so that none overtakes another ----- */
  let event = "";
  let round = "";
  let own = {};
  let tries = 0;
  let isSending = false;
  let timer = null;
  let refusal = null; // {words, at}

  const keyOf = (of, kind) => `${KEPT}${event}.${of}.${kind}`;

  function choose(kind, value) {
    refusal = null;
    tries = 0;
    keep(keyOf(round, kind), value);
    send();
    show();
  }

  async function send() {
    clearTimeout(timer);
    timer = null;
    const key = event && keysOf(event)[0];
    if (isSending || !key) return;
    const [of, kind] = key.slice(KEPT.length + event.length + 1).split(".");
    const value = read(key);
    isSending = true;
    const outcome = await post({ event, round: of, kind, value, locale: document.documentElement.lang });
    isSending = false;
    if (outcome === null) {
      timer = setTimeout(send, AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)]);
    } else {
      tries = 0;
      if (outcome.own && of === round) own = outcome.own;
      if (outcome.problem) refusal = { words: outcome.problem, at: Date.now() };
      if (outcome.problem || read(key) === value) keep(key, null); // not what was tapped in the meantime
      send();
    }
    show();
  }

  /* {own}, {problem} when it is no use to try again, or null when nobody knows. */
  async function post(ballot) {
    const stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), PATIENCE_MS);
    try {
      const reply = await arenaRoom.post("/room/ballot", ballot, stop.signal);
      const said = await reply.json();
      return said.own || said.is_final ? said : null;
    } catch (unknown) {
      return null;
    } finally {
      clearTimeout(limit);
    }
  }

  /* -- what is shown ------------------------------------------------------------------------------------------- */
  function show() {
    const ask = find("ask");
    const kind = ask && ask.dataset.kind;
    const waiting = kind ? read(keyOf(round, kind)) : null;
    const chosen = waiting !== null ? waiting : (kind && own && own[kind]) || null;
    for (const button of ask ? ask.querySelectorAll("[data-value]") : []) {
      const isChosen = button.dataset.value === chosen;
      button.setAttribute("aria-pressed", String(isChosen));
      button.toggleAttribute("data-waiting", isChosen && waiting !== null);
    }
    if (kind && chosen !== null && waiting === null) keep(AGREED + event, "yes");
    find("agreed").hidden = read(AGREED + event) !== null;
    document.body.toggleAttribute("data-kept", event !== "" && keysOf(event).length > 0);
    sayFate(kind, chosen, waiting);
    sayLost();
  }

  function sayFate(kind, chosen, waiting) {
    const fate = find("fate");
    let words = "";
    if (refusal) words = refusal.words;
    else if (waiting !== null) words = tries > 0 || isLost() ? fate.dataset.waiting : fate.dataset.sending;
    else if (kind && chosen !== null) words = fate.dataset.counted;
    fate.classList.toggle("problem", refusal !== null);
    fate.classList.toggle("done", refusal === null && waiting === null && chosen !== null);
    if (fate.textContent !== words) fate.textContent = words;
  }

  const isLost = () => document.body.hasAttribute("data-lost");

  function sayLost() {
    const line = find("lost");
    const isGone = document.body.hasAttribute("data-gone");
    const words = document.body.hasAttribute("data-kept") ? line.dataset.kept : line.dataset.plain;
    const said = isGone ? line.dataset.gone : isLost() ? words : "";
    if (line.textContent !== said) line.textContent = said;
  }

  /* -- the steps ----------------------------------------------------------------------------------------------- */
  let place = null; // round and step that are shown

  function arrive(data, message) {
    if (refusal && Date.now() - refusal.at > 10000) refusal = null;
    const isReading = READING.includes(data.step);
    const texts = find("texts");
    texts.hidden = !find("answer-a") && !texts.querySelector(".asked");
    texts.classList.toggle("open", isReading);
    texts.open = isReading;
    document.body.dataset.step = data.step || "none";
    const stays = place && place.round === data.round && place.isReading && isReading; // more comes below
    if (place && !stays && !message.isWhole) window.scrollTo(0, 0);
    if (place) announce();
  }

  function announce() {
    const lead = document.querySelector("[data-part=lead]").textContent;
    find("said").textContent = `${find("step").textContent}. ${lead}`;
  }

  function hear(data, message) {
    if (data.event !== event) event = data.event;
    round = data.round || "";
    own = data.own || {};
    if (!place || place.round !== data.round || place.step !== data.step || place.isOn !== data.is_on) {
      arrive(data, message);
      place = { round: data.round, step: data.step, isOn: data.is_on, isReading: READING.includes(data.step) };
    }
    if (message.isFocusLost) find("step").focus({ preventScroll: true });
    if (message.isWhole) tries = 0;
    if (!isSending) send();
    show();
  }

  function forget() {
    for (const key of [...keysOf(event), AGREED + event]) keep(key, null);
  }

  /* -- hands --------------------------------------------------------------------------------------------------- */
  function resize(by) {
    const now = SIZES.indexOf(Number(read(SIZE_KEY)) || 1);
    const next = Math.min(SIZES.length - 1, Math.max(0, (now < 0 ? 0 : now) + by));
    if (by) keep(SIZE_KEY, String(SIZES[next]));
    document.documentElement.style.fontSize = `${SIZES[next] * 100}%`;
    for (const button of document.querySelectorAll("[data-resize]")) {
      button.setAttribute("aria-disabled", String(next === (button.dataset.resize < 0 ? 0 : SIZES.length - 1)));
    }
  }

  document.addEventListener("click", (click) => {
    const on = (selector) => click.target.closest(selector);
    const option = on("#ask [data-value]");
    if (option && round) choose(find("ask").dataset.kind, option.dataset.value);
    if (on("[data-resize]")) resize(Number(on("[data-resize]").dataset.resize));
    const jump = on(".jumps a");
    const target = jump && find(jump.getAttribute("href").slice(1));
    if (target) {
      click.preventDefault(); // no entry in the history: "back" leaves the page as people expect
      target.scrollIntoView({ block: "start" });
      target.focus({ preventScroll: true });
    }
  });
  document.addEventListener("submit", (form) => {
    if (form.target.id === "leave") forget();
  });
  document.addEventListener("DOMContentLoaded", () => resize(0));
  document.addEventListener("visibilitychange", () => document.hidden || send());
  window.addEventListener("online", () => send());
  window.addEventListener("storage", show); // a second tab

  arenaRoom.onNews(hear);
  arenaRoom.onLost((isNow) => {
    if (!isNow) send();
    show();
  });
  arenaRoom.onGone((isNow) => {
    if (isNow && event) forget(); // phones are lent and shared
    show();
  });
})();

/* Shared by the pages of a room: follow the stream, fill the parts, notice when the connection is lost. Written
   for phones of several years of age: no syntax after 2019. */
const arenaRoom = (() => {
  "use strict";
  const SILENCE_MS = 25000; // two and a half heartbeats without a byte: the connection is dead, whatever it says
  const BEAT_MS = 11000;
  const AGAIN_MS = [500, 1000, 2000, 4000, 8000];
  const GONE_MS = 15000;

  let tries = 0;
  let heard = 0;
  let data = {};
  let stream = null; // stops the stream that is open
  let timer = null; // of the next try
  let isWaking = false;
  const html = new Map(); // what each part shows, as it was sent
  const listeners = { news: [], lost: [], gone: [] };

  const tell = (name, ...what) => listeners[name].forEach((one) => one(...what));

  function setMark(name, isSet) {
    if (document.body.hasAttribute(`data-${name}`) === isSet) return;
    document.body.toggleAttribute(`data-${name}`, isSet);
    tell(name, isSet);
  }

  /* The focus stays where it was if that is still there under the same id; returns whether it was lost. */
  function fill(part, value) {
    const active = document.activeElement;
    const isInside = part !== active && part.contains(active);
    part.innerHTML = value;
    if (!isInside || active.isConnected) return false;
    const same = active.id && document.getElementById(active.id);
    if (same) same.focus({ preventScroll: true });
    return !same;
  }

  function apply(message, isWhole) {
    const news = Object.assign({}, message.parts);
    for (const [name, [keep, added]] of Object.entries(message.grown || {})) {
      news[name] = (html.get(name) || "").slice(0, keep) + added;
    }
    if (isWhole) for (const name of html.keys()) if (!(name in news)) news[name] = "";
    let isFocusLost = false;
    for (const [name, value] of Object.entries(news)) {
      const part = document.querySelector(`[data-part="${name}"]`);
      if (part && html.get(name) !== value) isFocusLost = fill(part, value) || isFocusLost;
      html.set(name, value);
    }
    if (message.data) data = message.data;
    tell("news", data, Object.assign({ isFocusLost, isWhole }, message));
  }

  /* A stream read by hand: unlike EventSource it shows the comments that say the server is still there. */
  async function read(reply) {
    const reader = reply.body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    let isWhole = true;
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return false;
      heard = Date.now();
      tries = 0;
      const events = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = events.pop();
      for (const event of events) {
        if (!event.startsWith("data: ")) continue;
        const message = JSON.parse(event.slice(6));
        if (message.gone) return true;
        apply(message, isWhole);
        isWhole = false;
      }
      setMark("gone", false);
      setMark("lost", false);
    }
  }

  async function follow() {
    timer = null;
    isWaking = false;
    const stop = new AbortController();
    const watch = setInterval(() => Date.now() - heard > SILENCE_MS && stop.abort(), 1000);
    stream = stop;
    let isGone = false;
    try {
      heard = Date.now();
      const reply = await fetch(document.body.dataset.follow, { signal: stop.signal, cache: "no-store" });
      isGone = reply.status === 404;
      if (reply.ok) isGone = await read(reply);
    } catch (fault) {
      if (!stop.signal.aborted) console.info("the stream ended", String(fault)); // it is tried again below
    }
    clearInterval(watch);
    stream = null;
    if (isGone) setMark("gone", true);
    else if (!isWaking) setMark("lost", true);
    const wait = isGone ? GONE_MS : AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)];
    timer = setTimeout(follow, isWaking ? 0 : wait * (0.5 + Math.random())); // not a hundred phones in one instant
  }

  /* A page that comes back looks at once. */
  function wake() {
    tries = 0;
    if (stream) {
      isWaking = true;
      stream.abort();
    } else if (timer !== null) {
      clearTimeout(timer);
      follow();
    }
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - heard > BEAT_MS) wake();
  });
  window.addEventListener("pageshow", (event) => event.persisted && wake());
  window.addEventListener("online", wake);
  window.addEventListener("offline", () => {
    setMark("lost", true);
    if (stream) stream.abort();
  });
  document.addEventListener("DOMContentLoaded", follow);

  return {
    /* tell(data, {parts, grown, isFocusLost, isWhole}) */
    onNews: (tell) => listeners.news.push(tell),
    /* tell(isLost) */
    onLost: (tell) => listeners.lost.push(tell),
    /* tell(isGone): the event does not exist any more, or this page may not follow it */
    onGone: (tell) => listeners.gone.push(tell),
    get data() {
      return data;
    },
    post: (address, body, signal) =>
      fetch(address, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "Content-Type": "application/json" },
        signal,
      }),
  };
})();

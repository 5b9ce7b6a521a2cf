/* Shared by the pages of a room: follow the stream, fill the parts, notice when the connection is lost. */
const arenaRoom = (() => {
  "use strict";
  const SILENCE_MS = 25000; // two and a half heartbeats without a byte: the connection is dead, whatever it says
  const AGAIN_MS = [500, 1000, 2000, 4000, 8000];

  let tries = 0;
  let heard = 0;
  let data = {};
  let reader = null;
  const listeners = [];
  const onLost = [];

  function setLost(isLost) {
    if (document.body.hasAttribute("data-lost") === isLost) return;
    document.body.toggleAttribute("data-lost", isLost);
    for (const tell of onLost) tell(isLost);
  }

  function apply(message) {
    for (const [name, html] of Object.entries(message.parts || {})) {
      const part = document.querySelector(`[data-part="${name}"]`);
      if (part) part.innerHTML = html;
    }
    if (message.data) data = message.data;
    for (const tell of listeners) tell(data, message);
  }

  /* A stream read by hand: unlike EventSource it shows the comments that say the server is still there. */
  async function follow() {
    const stop = new AbortController();
    const watch = setInterval(() => Date.now() - heard > SILENCE_MS && stop.abort(), 1000);
    reader = stop;
    try {
      heard = Date.now();
      const reply = await fetch(document.body.dataset.follow, { signal: stop.signal, cache: "no-store" });
      if (!reply.ok) throw new Error(String(reply.status));
      const chunks = reply.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await chunks.read();
        if (done) break;
        heard = Date.now();
        const events = (rest + value).split("\n\n");
        rest = events.pop();
        for (const event of events) if (event.startsWith("data: ")) apply(JSON.parse(event.slice(6)));
        tries = 0;
        setLost(false);
      }
    } catch {
      /* whatever it was, the connection is lost and tried again below */
    } finally {
      clearInterval(watch);
    }
    if (tries > 0 || reader === stop) setLost(true);
    const wait = AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)];
    setTimeout(follow, wait * (0.5 + Math.random())); // a hundred phones do not come back in the same instant
  }

  /* A phone that wakes up looks at once. */
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - heard > 11000) reader?.abort();
  });
  window.addEventListener("online", () => reader?.abort());
  document.addEventListener("DOMContentLoaded", follow);

  return {
    onNews: (tell) => listeners.push(tell),
    onLost: (tell) => onLost.push(tell),
    get data() {
      return data;
    },
    post: (address, body) =>
      fetch(address, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  };
})();

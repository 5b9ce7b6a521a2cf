/* The screen of a room: a calm change of scene, live words in their places, nothing but the scene on the wall. */
(() => {
  "use strict";
  const FADE_MS = 180;
  const HINT_MS = 7000;
  const IDLE_MS = 3000;
  const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let shown = "";

  arenaRoom.onNews((data) => {
    for (const place of document.querySelectorAll("[data-fill]")) {
      const words = (data.fills || {})[place.dataset.fill] ?? "";
      if (place.textContent !== words) place.textContent = words;
    }
    if (data.scene === shown) return;
    const isFirst = shown === "";
    shown = data.scene;
    if (isFirst || data.is_black || isCalm.matches) return;
    document.querySelector("main > *")?.animate([{ opacity: 0 }, { opacity: 1 }], FADE_MS);
  });

  /* Full screen by key or double click, told of for a few seconds. */
  function toggle() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => {});
  }
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "f" && !event.ctrlKey && !event.metaKey && !event.altKey) toggle();
  });
  document.addEventListener("dblclick", (event) => {
    event.preventDefault();
    toggle();
  });
  document.addEventListener("DOMContentLoaded", () => {
    const hint = document.querySelector(".hint");
    if (!document.documentElement.requestFullscreen) return;
    hint.hidden = false;
    const end = () => (hint.hidden = true);
    setTimeout(end, HINT_MS);
    document.addEventListener("fullscreenchange", end);
  });

  /* The pointer goes when nobody moves it. */
  let idle = 0;
  function awake() {
    document.body.classList.remove("idle");
    clearTimeout(idle);
    idle = setTimeout(() => document.body.classList.add("idle"), IDLE_MS);
  }
  document.addEventListener("pointermove", awake);
  document.addEventListener("DOMContentLoaded", awake);

  /* The display stays on while the page is seen; a browser lets go of the lock whenever it is hidden. */
  async function stayOn() {
    if (document.hidden) return;
    try {
      await navigator.wakeLock?.request("screen");
    } catch {
      /* the battery is low, or the address is not a safe context: the organiser's own settings decide */
    }
  }
  document.addEventListener("visibilitychange", stayOn);
  document.addEventListener("DOMContentLoaded", stayOn);
})();

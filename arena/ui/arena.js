/* The page's own script: it watches a battle, keeps the phase on <body>, moves the focus. */
(() => {
  "use strict";
  const SIDES = ["a", "b"];
  const ENDED = new Set(["complete", "capped", "truncated", "stopped", "failed"]);
  let source = null;
  let streamKey = "";
  let html = {};

  const find = (selector) => document.querySelector(selector);
  const turnsOf = (side) => find(`#answer-${side} [data-turns]`);

  function element(tag, className) {
    const node = document.createElement(tag);
    node.className = className;
    return node;
  }

  function clearAnswers() {
    html = {};
    for (const side of SIDES) turnsOf(side).replaceChildren();
  }

  function addTurn(index, prompt) {
    for (const side of SIDES) {
      const turn = element("div", "turn");
      const asked = element("p", "asked");
      asked.textContent = prompt;
      asked.hidden = index === 0;
      turn.append(asked, element("div", "blocks"), element("p", "status"));
      turnsOf(side).append(turn);
    }
    if (index === 0) find("#asked-first").textContent = prompt;
  }

  function patch([turn, side, block, keep, added]) {
    const known = (html[`${turn}${side}`] ||= []);
    known[block] = (known[block] || "").slice(0, keep) + added;
    const blocks = turnsOf(side).children[turn].querySelector(".blocks");
    while (blocks.children.length <= block) blocks.append(element("div", "block"));
    blocks.children[block].innerHTML = known[block];
  }

  function setStatus([turn, side, state, words], isLive) {
    const node = turnsOf(side).children[turn];
    node.dataset.state = state;
    node.querySelector(".status").textContent = words;
    if (isLive && ENDED.has(state)) announce(words);
  }

  function announce(words) {
    const line = element("p", "");
    line.textContent = words;
    find("#announcer").append(line);
    setTimeout(() => line.remove(), 10000);
  }

  /* `show` turns the page to the battle: with its prompt already in place, so that nothing jumps. */
  function watchBattle(control, settle, show) {
    source?.close();
    source = new EventSource(control.dataset.url);
    let isFresh = true;
    source.onopen = () => (isFresh = true);
    source.onerror = () => {
      show?.();
      show = null;
    };
    source.onmessage = (event) => {
      const message = JSON.parse(event.data);
      const isLive = !isFresh;
      if (isFresh) clearAnswers();
      isFresh = false;
      for (const [index, prompt] of message.turns || []) addTurn(index, prompt);
      for (const change of message.patches || []) patch(change);
      for (const change of message.status || []) setStatus(change, isLive);
      show?.();
      show = null;
      if (message.over) {
        source.close();
        if (document.body.dataset.phase === "writing") settle();
      }
    };
  }

  function obey(control, settle) {
    if (!control) return;
    const { phase, battle, stream, focus } = control.dataset;
    groupAll();
    const state = { phase, retry: "", voted: "", turns: "", ...control.dataset };
    const show = () => {
      for (const name of ["phase", "retry", "continue"]) document.body.dataset[name] = state[name];
      if (focus) requestAnimationFrame(() => moveTo(find(`#${focus}`)));
    };
    const isIdle = !source || source.readyState === EventSource.CLOSED;
    if (stream === streamKey && !(phase === "writing" && isIdle)) return show();
    streamKey = stream;
    if (battle) return watchBattle(control, settle, show);
    source?.close();
    clearAnswers();
    show();
  }

  function moveTo(target) {
    if (!target) return;
    target.setAttribute("tabindex", "-1");
    target.focus({ preventScroll: true });
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    target.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }

  /* Called by the hidden control component: its value says what the page shows. */
  window.arenaControl = (root, trigger, watch) => {
    const settle = () => trigger("submit");
    const apply = () => obey(root.querySelector("[data-phase]"), settle);
    watch("value", apply);
    apply();
    document.addEventListener("visibilitychange", () => {
      const isLost = source && source.readyState === EventSource.CLOSED;
      if (!document.hidden && isLost && document.body.dataset.phase === "writing") settle();
    });
  };

  /* Where an event takes suggestions only, they fill the box and nobody types into it. */
  window.arenaEvent = (root, watch) => {
    const apply = () => {
      const box = find("#prompt textarea");
      if (box) box.readOnly = Boolean(root.querySelector('[data-event="open"][data-moderation="suggestions"]'));
    };
    watch("value", apply);
    apply();
  };

  /* The page's language is that of its address; Gradio would put the browser's. */
  const root = document.documentElement;
  const language = location.pathname.match(/\/(fr|en)(?:\/|$)/)[1];
  const keepLanguage = () => root.lang === language || (root.lang = language);
  keepLanguage();
  new MutationObserver(keepLanguage).observe(root, { attributeFilter: ["lang"] });

  /* Gradio names every radio button differently, and anew with each choice: one name a question brings back
     the arrow keys, one tab stop, and "2 of 4" in a screen reader. */
  const grouped = new WeakSet();
  function nameRadios(question) {
    const name = `${question.id}-choice`;
    for (const radio of question.querySelectorAll("input[type=radio]")) radio.name === name || (radio.name = name);
  }
  function groupRadios(question) {
    if (!question || grouped.has(question)) return;
    grouped.add(question);
    question.setAttribute("role", "radiogroup");
    question.setAttribute("aria-label", question.querySelector("[data-testid=block-info]").textContent.trim());
    nameRadios(question);
    const changes = { subtree: true, childList: true, attributeFilter: ["name"] };
    new MutationObserver(() => nameRadios(question)).observe(question, changes);
  }
  const groupAll = () => document.querySelectorAll("fieldset[id]:has(input[type=radio])").forEach(groupRadios);
  document.addEventListener("focusin", (event) => {
    if (event.target.type === "radio") groupRadios(event.target.closest("fieldset[id]"));
  });

  /* A suggestion fills the prompt box; nothing is sent. What a click unfolds may hold radio buttons. */
  document.addEventListener("click", (event) => {
    requestAnimationFrame(groupAll);
    const suggestion = event.target.closest?.("[data-suggestion]");
    if (!suggestion) return;
    const box = find("#prompt textarea");
    box.value = suggestion.textContent.trim();
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  });
})();

/* The organisers' page: addresses are shown whole, and one place is seen at a time, the one that the address names. */
(() => {
  "use strict";
  window.arenaAddresses = (root, watch) => {
    const apply = () => {
      for (const link of root.querySelectorAll("a[data-address]")) link.textContent = link.href;
    };
    watch("value", apply);
    apply();
  };
  window.arenaPlaces = (root, trigger) => {
    const links = [...root.querySelectorAll("a")];
    const show = () => {
      const seen = links.find((link) => link.hash === location.hash) ?? links[0];
      document.body.dataset.place = seen.hash.slice(1);
      for (const link of links) {
        if (link === seen) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    };
    addEventListener("hashchange", () => {
      show();
      if (root.offsetParent !== null) trigger("submit");
    });
    show();
  };
})();

/* Addresses on the organisers' page are shown whole, as they are sent to somebody. */
(() => {
  "use strict";
  window.arenaAddresses = (root, watch) => {
    const apply = () => {
      for (const link of root.querySelectorAll("a[data-address]")) link.textContent = link.href;
    };
    watch("value", apply);
    apply();
  };
})();

/* The phone of a room. */
(() => {
  "use strict";
  arenaRoom.onNews(() => {});
})();

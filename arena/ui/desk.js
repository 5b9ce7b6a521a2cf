/* The desk of a room. */
(() => {
  "use strict";
  arenaRoom.onNews(() => {});
})();

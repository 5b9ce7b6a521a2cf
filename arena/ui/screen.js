/* The screen of a room. */
(() => {
  "use strict";
  arenaRoom.onNews(() => {});
})();

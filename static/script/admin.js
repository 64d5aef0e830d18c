// Pages for admins: what is told of the service makes them look again; it is connection.js that does it.
(() => {
  "use strict";
  const { line } = stream;
  if (!line || !document.querySelector(".office")) return;
  for (const type of ["health.update", "connections.update"])
    line.addEventListener(type, () => line.dispatchEvent(new CustomEvent("stream:changed")));
})();

// What a page has to say about itself while it stays open, in a corner, until it is loaded again.
const note = (() => {
  "use strict";
  const place = () => document.querySelector(".note") ?? document.body.appendChild(
    Object.assign(document.createElement("p"), { className: "note", role: "status" }));

  return (text, label, href) => {
    const way = Object.assign(document.createElement("a"), { href, textContent: label });
    place().replaceChildren(text, " ", way);
  };
})();

// What a tab and a browser remember. A browser may forbid it, be full, or hold what is no JSON: then it is remembered for
// as long as the page lives, and no script stops for it.
const memory = (() => {
  "use strict";

  function of(name) {
    const own = new Map();             // what the browser would not keep
    function attempt(work) {
      try {
        return work(window[name]);
      } catch {
        return null;
      }
    }
    const get = (key) => own.get(key) ?? attempt((kept) => kept.getItem(key));

    // False where only this page will know it.
    function set(key, value) {
      own.delete(key);
      const isKept = Boolean(attempt((kept) => [kept.setItem(key, value)]));
      if (!isKept) own.set(key, value);
      return isKept;
    }

    function remove(key) {
      own.delete(key);
      attempt((kept) => kept.removeItem(key));
    }

    function list(key) {
      const found = attempt(() => JSON.parse(get(key)));
      return Array.isArray(found) ? found : [];
    }

    const keys = () => attempt((kept) => Object.keys(kept)) ?? [];
    return { get, set, remove, list, keys };
  }

  return { tab: of("sessionStorage"), browser: of("localStorage") };
})();

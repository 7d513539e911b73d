"use strict";
/** What everything on the page is shown by */
globalThis.shown = (() => {
  /** What moves a cursor, hides or turns other text, or is half a character, as everywhere in Ambit */
  const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
  const LINES = /[\n\t]/;

  const byId = (id) => document.getElementById(id);

  /** Text of a stranger: what no reader would see is written out. */
  function printable(text) {
    return String(text).replace(UNSEEN, (one) => (LINES.test(one) ? one : `\\u{${one.codePointAt(0).toString(16)}}`));
  }

  /** Text is only ever text: HTML is never parsed here. */
  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children.map((child) => (child instanceof Node ? child : printable(child))));
    return made;
  }

  const badge = (kind, text) => element("span", { class: `badge ${kind}` }, text);
  const small = (...children) => element("p", { class: "small" }, ...children);

  function timeOf(iso) {
    const when = new Date(iso);
    return element("time", { class: "when", datetime: printable(iso) }, when.toLocaleTimeString());
  }

  /** Reasons of a refusal, each with its fix */
  function reasonsOf(reasons) {
    return reasons.map(({ code, what, fix, declared }) => {
      const said = element("p", { class: "reason" }, element("code", {}, code), what ? `: ${what}` : "");
      const more = [fix ? `Fix: ${fix}` : "", declared ? `Declared at ${declared}` : ""].filter((text) => text !== "");
      return element("div", {}, said, ...more.map((text) => small(text)));
    });
  }

  const short = (id) => (id ? `${id.slice(0, 8)}…` : "");

  function problem(text) {
    byId("problem").textContent = printable(text);
    byId("problem").hidden = text === "";
  }

  return { badge, byId, element, printable, problem, reasonsOf, short, small, timeOf };
})();

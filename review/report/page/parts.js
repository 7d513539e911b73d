"use strict";
/** Shared parts of every page: data, elements, deep links */
globalThis.parts = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const byId = (id) => document.getElementById(id);

  /** Creates an element. Text stays text, never HTML. A name such as `svg:path` creates an SVG element. */
  function element(name, attributes, ...children) {
    const made = name.startsWith("svg:") ? document.createElementNS(SVG, name.slice(4)) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  const hashOf = (kind, name) => `#/${kind}/${encodeURIComponent(name)}`;

  /** The node of a deep link; undefined for a link of unknown origin */
  function picked() {
    const [, kind, name] = /^#\/([a-z]+)\/(.+)$/.exec(location.hash) ?? [];
    try {
      return kind === undefined ? undefined : { kind, name: decodeURIComponent(name) };
    } catch {
      return undefined;
    }
  }

  const isPicked = ({ kind, name }, pick) => pick !== undefined && kind === pick.kind && name === pick.name;

  function shortened(text, most) {
    const characters = [...text];
    return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
  }

  return { data: JSON.parse(byId("data").textContent), byId, element, hashOf, isPicked, picked, shortened };
})();

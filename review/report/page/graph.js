"use strict";
/**
 * A picture in two columns of what uses what.
 *
 * `nodes` are `{ kind, name }`; `edges` are `{ from, to, through, gained }` with indexes of nodes; `left` and
 * `right` are `{ title, places }` of the shown nodes; `pick` is the index of a deep link; `look(node)` gives
 * `{ state, badge, words }`: a class, a few characters beside the name, and a description of the node.
 */
globalThis.graph = (() => {
  const { element, hashOf, isPicked, shortened } = globalThis.parts;
  const ROW = 34;
  const BOX = { width: 230, height: 24 };
  const LEFT = 150;
  const RIGHT = 720;

  const top = (row, count, rows) => ROW + ((rows - count) / 2 + row) * ROW;

  function graph({ label, nodes, edges, left, right, pick, look }) {
    const rows = Math.max(left.places.length, right.places.length);
    const column = ({ places }, x) =>
      places.map((place, row) => [place, { x, y: top(row, places.length, rows), isLeft: x === LEFT }]);
    const places = new Map([...column(left, LEFT), ...column(right, RIGHT)]);
    const picture = element("svg:svg", {
      viewBox: `0 0 ${RIGHT + BOX.width + 20} ${rows * ROW + 2 * ROW}`,
      role: "group",
      "aria-label": label,
      class: pick === undefined ? "" : "picked",
    });
    picture.append(
      element("svg:text", { x: LEFT, y: 18, class: "column" }, left.title),
      element("svg:text", { x: RIGHT, y: 18, class: "column" }, right.title),
      ...edges
        .filter(({ from, to }) => places.has(from) && places.has(to))
        .map((edge) => line(edge, nodes, places, pick)),
      ...[...places].map(([place, at]) => box(nodes[place], at, pick, look(nodes[place]))),
    );
    return picture;
  }

  /** An edge within one column bends outwards. */
  function line({ from, to, through, gained }, nodes, places, pick) {
    const [start, end] = [places.get(from), places.get(to)];
    const [y1, y2] = [start.y + BOX.height / 2, end.y + BOX.height / 2];
    const bend = end.isLeft ? LEFT - 40 - Math.min(100, Math.abs(y1 - y2) / 3) : (LEFT + BOX.width + RIGHT) / 2;
    const [x1, x2] = end.isLeft ? [LEFT, LEFT] : [LEFT + BOX.width, RIGHT];
    const isTouched = isPicked(nodes[from], pick) || isPicked(nodes[to], pick);
    const classes = ["edge", ...(gained.length > 0 ? ["gained"] : []), ...(isTouched ? ["touched"] : [])].join(" ");
    const path = element("svg:path", { d: `M${x1} ${y1} C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`, class: classes });
    path.append(element("svg:title", {}, `${nodes[from].name} → ${nodes[to].name}: ${through.join(", ")}`));
    return path;
  }

  function box(node, { x, y }, pick, { state, badge, words }) {
    const link = element("svg:a", { href: hashOf(node.kind, node.name), class: `node ${state}` });
    if (isPicked(node, pick)) link.setAttribute("aria-current", "true");
    const rect = element("svg:rect", { x, y, width: BOX.width, height: BOX.height, rx: 4 });
    rect.append(element("svg:title", {}, words));
    link.append(rect, element("svg:text", { x: x + 8, y: y + 16 }, shortened(node.name, 30 - badge.length)));
    if (badge !== "") {
      const end = { x: x + BOX.width - 8, y: y + 16, "text-anchor": "end", class: "badge" };
      link.append(element("svg:text", end, badge));
    }
    return link;
  }

  return graph;
})();

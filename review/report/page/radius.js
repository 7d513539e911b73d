"use strict";
(() => {
  const { data, byId, element, hashOf, isPicked, picked, shortened } = globalThis.parts;
  /** Most nodes of one picture, and most rows that a browser shows at once: a search finds the others. */
  const MOST_NODES = 90;
  const MOST_ROWS = 2000;
  const NAME = { letters: 28, letter: 7.2 };
  const LETTERS = {
    agent: "A",
    role: "R",
    account: "S",
    action: "T",
    data: "D",
    aws: "W",
    kubernetes: "K",
    pod: "P",
    network: "N",
  };
  const WHO = new Set(["agent", "role", "account"]);
  const WORDS = { action: "tool", aws: "AWS resource", kubernetes: "Kubernetes", pod: "pods" };

  const { name, summary, nodes, groups, unknown } = data;
  const controls = byId("controls");
  const all = groups.flatMap(({ heading, rows }) => rows.map((row) => ({ ...row, heading })));

  function asked() {
    const isOn = (one) => controls.elements[one].checked;
    return {
      text: byId("search").value.trim().toLowerCase(),
      gates: new Set(["none", "budget", "approval"].filter(isOn)),
      isGraveOnly: isOn("grave"),
    };
  }

  function isShown(row, heading, { text, gates, isGraveOnly }) {
    if (!gates.has(row.gate) || (isGraveOnly && !row.isGrave && !row.isUnknown)) return false;
    const node = nodes[row.node];
    const texts = [heading, node.name, row.what, row.certainty, row.stops, row.example, row.lasts, row.where];
    return text === "" || texts.some((one) => one.toLowerCase().includes(text));
  }

  /** The most severe state of a node and its rows */
  function stateOf(place, rows) {
    if (rows.some((row) => row.isGrave && !row.isUnknown)) return "gain";
    if (nodes[place].isPossible || rows.some((row) => row.isUnknown)) return "unknown";
    return rows.length > 0 && rows.every(({ gate }) => gate === "approval") ? "loss" : "";
  }

  /** Indexes of the shown nodes and of the nodes that lead to them, and the rows of each */
  function inPicture(question) {
    const rows = new Map();
    for (const row of all.filter((one) => isShown(one, one.heading, question))) {
      if (!rows.has(row.node)) rows.set(row.node, []);
      rows.get(row.node).push(row);
    }
    const isAsked = (place) => rows.has(place) || (WHO.has(nodes[place].kind) && question.text === "");
    const wanted = [...nodes.keys()].filter(isAsked);
    const shown = new Set([0]);
    for (const place of wanted.slice(0, MOST_NODES)) {
      for (let at = place; !shown.has(at); at = nodes[at].parent) shown.add(at);
    }
    return { rows, shown: [...shown].sort((a, b) => a - b), left: Math.max(0, wanted.length - MOST_NODES) };
  }

  /** An angle for each node: leaves share the circle, and an inner node stands in the middle of its leaves. */
  function anglesOf(shown) {
    const children = new Map(shown.map((place) => [place, []]));
    for (const place of shown) if (place !== 0) children.get(nodes[place].parent).push(place);
    const leaves = shown.filter((place) => children.get(place).length === 0).length;
    const angles = new Map();
    let next = 0;
    const visit = (place) => {
      const below = children.get(place);
      const turn = below.length === 0 ? (2 * Math.PI * (next++ + 0.5)) / leaves : below.map(visit);
      const angle = Array.isArray(turn) ? (turn[0] + turn[turn.length - 1]) / 2 : turn;
      angles.set(place, angle);
      return angle;
    };
    visit(0);
    return { angles, leaves };
  }

  function drawPicture(question, pick) {
    const { rows, shown, left } = inPicture(question);
    const more = left === 0 ? "" : `, and ${left} more: search for them`;
    byId("shown").textContent = `In the picture: ${shown.length}${more}`;
    const { angles, leaves } = anglesOf(shown);
    const step = Math.max(190, (22 * leaves) / (2 * Math.PI));
    const rings = Math.max(...shown.map((place) => nodes[place].ring), 1);
    const at = (place) => {
      const [angle, distance] = [angles.get(place) - Math.PI / 2, nodes[place].ring * step];
      return { angle, distance, x: Math.cos(angle) * distance, y: Math.sin(angle) * distance };
    };
    const picture = element("svg:svg", {
      viewBox: frame(shown.map((place) => [at(place), labelOf(nodes[place])])),
      role: "group",
      "aria-label": `${name} in the middle, what is reached around it`,
      class: pick === undefined ? "" : "picked",
    });
    for (let ring = 1; ring <= rings; ring++) picture.append(element("svg:circle", { r: ring * step, class: "ring" }));
    for (const place of shown.filter((one) => one !== 0)) {
      picture.append(...spoke(place, at, stateOf(place, rows.get(place) ?? []), pick));
    }
    for (const place of shown) picture.append(thing(place, at(place), stateOf(place, rows.get(place) ?? []), pick));
    byId("picture").replaceChildren(picture);
  }

  /** The bounds of all names: the space around them is empty. */
  function frame(places) {
    const ends = places.map(([{ angle, distance }, label]) => {
      const end = distance + 24 + [...label].length * NAME.letter;
      return [Math.cos(angle) * end, Math.sin(angle) * end];
    });
    const [xs, ys] = [ends.map(([x]) => x), ends.map(([, y]) => y)];
    const [left, top] = [Math.min(-120, ...xs) - 10, Math.min(-60, ...ys) - 10];
    return `${left} ${top} ${Math.max(120, ...xs) + 10 - left} ${Math.max(60, ...ys) + 10 - top}`;
  }

  /** For an ARN, the part after account and region */
  function labelOf({ kind, name: called }) {
    const short = kind === "aws" && /^arn(?::[^:]*){4}:./.test(called) ? called.split(":").slice(5).join(":") : called;
    return shortened(short, NAME.letters);
  }

  /** Upright in the right half, rotated in the left */
  function turned({ angle, distance }, beside) {
    const degrees = (angle * 180) / Math.PI;
    const isLeft = Math.cos(angle) < 0;
    const x = isLeft ? -(distance + beside) : distance + beside;
    return { transform: `rotate(${isLeft ? degrees + 180 : degrees})`, x, y: 4, isLeft };
  }

  function spoke(place, at, state, pick) {
    const { parent, through, name: title } = nodes[place];
    const [from, to] = [at(parent), at(place)];
    const touched = isPicked(nodes[place], pick) || isPicked(nodes[parent], pick) ? " touched" : "";
    const bend = (from.distance + to.distance) / 2;
    const [bx, by] = [Math.cos(to.angle) * bend, Math.sin(to.angle) * bend];
    const path = element("svg:path", {
      d: `M${from.x} ${from.y} Q${bx} ${by} ${to.x} ${to.y}`,
      class: `spoke ${state}${touched}`,
    });
    path.append(element("svg:title", {}, `${nodes[parent].name} → ${title}: ${through}`));
    const { isLeft, ...besideIt } = turned(to, -14);
    const label = element(
      "svg:text",
      { ...besideIt, y: -3, "text-anchor": isLeft ? "start" : "end", class: `through${touched}` },
      shortened(through, 26),
    );
    return through === "" ? [path] : [path, label];
  }

  function thing(place, position, state, pick) {
    const node = nodes[place];
    const isMiddle = place === 0;
    const link = element("svg:a", {
      href: hashOf(node.kind, node.name),
      class: `thing ${WHO.has(node.kind) ? "who " : ""}${state}`,
    });
    if (isPicked(node, pick)) link.setAttribute("aria-current", "true");
    const circle = element("svg:circle", { cx: position.x, cy: position.y, r: isMiddle ? 22 : 9 });
    circle.append(element("svg:title", {}, wordsOf(node)));
    const letter = {
      x: position.x,
      y: position.y + 3.5,
      "text-anchor": "middle",
      class: "letter",
      "aria-hidden": "true",
    };
    link.append(circle, element("svg:text", letter, LETTERS[node.kind]));
    const { isLeft, ...beside } = turned(position, 15);
    const label = isMiddle
      ? { x: 0, y: 38, "text-anchor": "middle" }
      : { ...beside, "text-anchor": isLeft ? "end" : "start" };
    link.append(element("svg:text", { ...label, class: "name" }, labelOf(node)));
    return link;
  }

  const wordsOf = ({ kind, name: called }) => `${WORDS[kind] ?? kind} ${called}`;

  /** How the picked node is reached, and what it leads to */
  function drawSelected(pick) {
    const places = [...nodes.keys()].filter((place) => isPicked(nodes[place], pick));
    if (places.length === 0) return byId("selected").replaceChildren();
    const routes = places.map((place) => {
      const route = [place];
      while (route[0] !== 0) route.unshift(nodes[route[0]].parent);
      const links = route.flatMap((one, index) => [
        ...(index === 0 ? [] : [` → ${nodes[one].through === "" ? "" : `(${nodes[one].through}) `}`]),
        element("a", { href: hashOf(nodes[one].kind, nodes[one].name) }, nodes[one].name),
      ]);
      return element("li", {}, ...links);
    });
    const title = element("h3", {}, wordsOf(nodes[places[0]]));
    const everything = element("p", {}, element("a", { href: "#/" }, "Show everything"));
    byId("selected").replaceChildren(title, element("ul", {}, ...routes), everything);
  }

  function drawReached(question, pick) {
    const sections = [];
    let [room, left] = [MOST_ROWS, 0];
    groups.forEach(({ heading, rows }, index) => {
      const fitting = rows.filter((row) => isShown(row, heading, question));
      const some = fitting.slice(0, Math.max(0, room));
      if (some.length > 0) sections.push(section(heading, some, pick, index));
      room -= some.length;
      left += fitting.length - some.length;
    });
    if (left > 0) sections.push(element("p", {}, `And ${left} more: search for them.`));
    if (unknown.length > 0) sections.push(unknownSection());
    const nothing = all.length === 0 ? "Nothing is reached." : "Nothing that is reached fits what is asked for.";
    byId("reached").replaceChildren(...(sections.length === 0 ? [element("p", {}, nothing)] : sections));
  }

  function section(heading, rows, pick, index) {
    const body = rows.map((row) => {
      const node = nodes[row.node];
      const state = row.isUnknown ? "unknown" : row.isGrave ? "gain" : row.gate === "approval" ? "loss" : "";
      const link = element("a", { href: hashOf(node.kind, node.name), class: state }, row.what);
      const stops = row.example === "" ? row.stops : `${row.stops}; for example ${row.example}`;
      const cells = [row.certainty, stops, row.lasts, row.where].map((text) => element("td", {}, text));
      return element("tr", { class: isPicked(node, pick) ? "target" : "" }, element("td", {}, link), ...cells);
    });
    return tableOf(heading, `hop-${index}`, ["What", "How sure", "What stops it", "How long", "Where"], body);
  }

  function unknownSection() {
    const rows = unknown.map(({ what, why, where }) =>
      element("tr", {}, ...[what, why, where].map((text) => element("td", {}, text))),
    );
    return tableOf("Unknown, counted as reached", "hop-unknown", ["What", "Why it is unknown", "Where"], rows);
  }

  function tableOf(heading, id, columns, rows) {
    const head = columns.map((text) => element("th", { scope: "col" }, text));
    const table = element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
    const scroll = element("div", { class: "scroll", role: "region", "aria-labelledby": id, tabindex: "0" }, table);
    return element("section", { class: "principal" }, element("h3", { id }, heading), scroll);
  }

  function draw() {
    const [question, pick] = [asked(), picked()];
    drawPicture(question, pick);
    drawSelected(pick);
    drawReached(question, pick);
  }

  function follow() {
    draw();
    document.querySelector("tr.target")?.scrollIntoView({ block: "nearest" });
    document.querySelector('.thing[aria-current="true"]')?.focus({ preventScroll: true });
  }

  byId("name").textContent = name;
  byId("verdict").textContent = summary;
  controls.addEventListener("input", draw);
  controls.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", follow);
  follow();
  // If the picture is too wide, the middle is shown first.
  byId("picture").scrollLeft = (byId("picture").scrollWidth - byId("picture").clientWidth) / 2;
})();

"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  /** More agents than anybody looks at in one picture: a search finds the others. */
  const MOST_AGENTS = 120;
  /** More changes than a browser shows at once: a search finds the others. */
  const MOST_ROWS = 2000;
  const ROW = 34;
  const BOX = { width: 230, height: 24 };
  const LEFT = 150;
  const RIGHT = 720;
  const LABELS = { gain: "gains", undeclared: "undeclared", unknown: "unknown", loss: "loses" };

  const { verdict, principals, nodes, edges } = JSON.parse(document.getElementById("review").textContent);
  const byId = (id) => document.getElementById(id);
  const controls = byId("controls");
  const changed = new Map(principals.filter(({ isAgent }) => isAgent).map((principal) => [principal.id, principal]));
  /** What each node uses, by its place in the list */
  const uses = new Map();
  for (const edge of edges) {
    if (!uses.has(edge.from)) uses.set(edge.from, []);
    uses.get(edge.from).push(edge);
  }

  /** Text is only ever text: nothing here reads HTML. */
  function element(name, attributes, ...children) {
    const made = name.startsWith("svg:") ? document.createElementNS(SVG, name.slice(4)) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  const hashOf = (kind, name) => `#/${kind}/${encodeURIComponent(name)}`;
  const count = (principal, ...directions) =>
    principal === undefined ? 0 : principal.findings.filter(({ direction }) => directions.includes(direction)).length;

  /** Of a deep link; a link that nobody wrote picks nothing. */
  function picked() {
    const [, kind, name] = /^#\/(agent|tool|dataset|principal)\/(.+)$/.exec(location.hash) ?? [];
    try {
      return kind === undefined ? undefined : { kind, name: decodeURIComponent(name) };
    } catch {
      return undefined;
    }
  }

  const isPicked = (node, pick) => pick !== undefined && node.kind === pick.kind && node.name === pick.name;

  function asked() {
    const isOn = (name) => controls.elements[name].checked;
    return {
      text: byId("search").value.trim().toLowerCase(),
      unchanged: isOn("unchanged"),
      directions: new Set([
        ...(isOn("gain") ? ["gain", "undeclared"] : []),
        ...(isOn("unknown") ? ["unknown"] : []),
        ...(isOn("loss") ? ["loss"] : []),
      ]),
    };
  }

  const holds = (texts, { text }) => text === "" || texts.some((one) => (one ?? "").toLowerCase().includes(text));

  function findingsShown({ id, findings }, question) {
    return findings.filter(
      ({ direction, kind, what, because, where }) =>
        question.directions.has(direction) && holds([id, kind, what, because, where], question),
    );
  }

  /** Nodes of the picture, by their place in the list */
  function inPicture(question) {
    const fits = (index) => {
      const { kind, name } = nodes[index];
      if (kind !== "agent") return false;
      const principal = changed.get(name);
      const isChanged = principal !== undefined && findingsShown(principal, { ...question, text: "" }).length > 0;
      if (!isChanged && (principal !== undefined || !question.unchanged)) return false;
      const names = (uses.get(index) ?? []).map(({ to }) => nodes[to].name);
      return holds([name, ...names], question) || (isChanged && findingsShown(principal, question).length > 0);
    };
    const all = [...nodes.keys()].filter(fits);
    const first = [...all].sort((one, other) => changed.has(nodes[other].name) - changed.has(nodes[one].name));
    const agents = first.slice(0, MOST_AGENTS).sort((one, other) => one - other);
    const reached = agents.flatMap((index) => (uses.get(index) ?? []).map(({ to }) => to));
    const targets = [...new Set(reached)]
      .filter((index) => nodes[index].kind !== "agent")
      .sort((one, other) => one - other);
    return { agents, targets, left: all.length - agents.length };
  }

  function drawFleet(question, pick) {
    const { agents, targets, left } = inPicture(question);
    const more = left === 0 ? "" : `, and ${left} more: search for them`;
    byId("shown").textContent = `Agents in the picture: ${agents.length}${more}`;
    const rows = Math.max(agents.length, targets.length);
    const places = new Map([
      ...agents.map((index, row) => [index, { x: LEFT, y: top(row, agents.length, rows) }]),
      ...targets.map((index, row) => [index, { x: RIGHT, y: top(row, targets.length, rows) }]),
    ]);
    const height = rows * ROW + 2 * ROW;
    const picture = element("svg:svg", {
      viewBox: `0 0 ${RIGHT + BOX.width + 20} ${height}`,
      role: "group",
      "aria-label": "Agents on the left, what they use on the right",
      class: pick === undefined ? "" : "picked",
    });
    picture.append(
      element("svg:text", { x: LEFT, y: 18, class: "column" }, "Agents"),
      element("svg:text", { x: RIGHT, y: 18, class: "column" }, "Tools and data"),
      ...edges.filter(({ from, to }) => places.has(from) && places.has(to)).map((edge) => line(edge, places, pick)),
      ...[...places].map(([index, place]) => box(nodes[index], place, pick)),
    );
    byId("fleet").replaceChildren(picture);
  }

  const top = (row, count, rows) => ROW + ((rows - count) / 2 + row) * ROW;

  function line({ from, to, through, gained }, places, pick) {
    const [start, end] = [places.get(from), places.get(to)];
    const [y1, y2] = [start.y + BOX.height / 2, end.y + BOX.height / 2];
    const isDelegation = nodes[to].kind === "agent";
    const bend = isDelegation ? LEFT - 40 - Math.min(100, Math.abs(y1 - y2) / 3) : (LEFT + BOX.width + RIGHT) / 2;
    const [x1, x2] = isDelegation ? [LEFT, LEFT] : [LEFT + BOX.width, RIGHT];
    const isTouched = isPicked(nodes[from], pick) || isPicked(nodes[to], pick);
    const classes = ["edge", ...(gained.length > 0 ? ["gained"] : []), ...(isTouched ? ["touched"] : [])].join(" ");
    const path = element("svg:path", { d: `M${x1} ${y1} C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`, class: classes });
    path.append(element("svg:title", {}, `${nodes[from].name} → ${nodes[to].name}: ${through.join(", ")}`));
    return path;
  }

  function box(node, { x, y }, pick) {
    const principal = node.kind === "agent" ? changed.get(node.name) : undefined;
    const [gains, unknown] = [count(principal, "gain"), count(principal, "unknown")];
    const state = gains > 0 ? "gain" : unknown > 0 ? "unknown" : "";
    const badge = `${gains > 0 ? `+${gains}` : ""}${unknown > 0 ? "?" : ""}`;
    const link = element("svg:a", { href: hashOf(node.kind, node.name), class: `node ${state}` });
    if (isPicked(node, pick)) link.setAttribute("aria-current", "true");
    const rect = element("svg:rect", { x, y, width: BOX.width, height: BOX.height, rx: 4 });
    rect.append(element("svg:title", {}, `${node.kind} ${node.name}`));
    link.append(rect, element("svg:text", { x: x + 8, y: y + 16 }, shortened(node.name, 30 - badge.length)));
    if (badge !== "") {
      const end = { x: x + BOX.width - 8, y: y + 16, "text-anchor": "end", class: "badge" };
      link.append(element("svg:text", end, badge));
    }
    return link;
  }

  function shortened(text, most) {
    const characters = [...text];
    return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
  }

  /** What the picked node uses, and who uses it, in words */
  function drawSelected(pick) {
    const index = nodes.findIndex((node) => isPicked(node, pick));
    if (index === -1) return byId("selected").replaceChildren();
    const related = edges.filter(({ from, to }) => from === index || to === index);
    const items = related.map(({ from, to, through, gained }) => {
      const other = nodes[from === index ? to : from];
      const words = from === index ? "→ " : "← ";
      const item = element("li", {}, words, element("a", { href: hashOf(other.kind, other.name) }, other.name));
      item.append(`: ${through.join(", ")}`);
      if (gained.length > 0) item.append(element("span", { class: "gained" }, ` (gained: ${gained.join(", ")})`));
      return item;
    });
    const title = element("h3", {}, `${nodes[index].kind} ${nodes[index].name}`);
    const all = element("p", {}, element("a", { href: "#/" }, "Show everything"));
    byId("selected").replaceChildren(title, items.length === 0 ? "uses nothing" : element("ul", {}, ...items), all);
  }

  function drawChanges(question, pick) {
    const sections = [];
    let [room, left] = [MOST_ROWS, 0];
    for (const principal of principals) {
      const findings = findingsShown(principal, question);
      const some = findings.slice(0, room);
      if (some.length > 0) sections.push(section(principal, some, pick));
      room -= some.length;
      left += findings.length - some.length;
    }
    if (left > 0) sections.push(element("p", {}, `And ${left} more changes, the least important: search for them.`));
    const nothing = principals.length === 0 ? "No access changes." : "No change fits what is asked for.";
    byId("changes").replaceChildren(...(sections.length === 0 ? [element("p", {}, nothing)] : sections));
  }

  function section({ id, isAgent, tally }, findings, pick) {
    const kind = isAgent ? "agent" : "principal";
    const name = id ?? "Nobody alone";
    const isTarget = id !== null && isPicked({ kind, name }, pick);
    const heading = element("h3", {});
    heading.append(
      id === null ? name : element("a", { href: hashOf(kind, name) }, name),
      element("span", { class: "tally" }, ` ${tally}`),
    );
    const head = ["Change", "What", "Witness, or why undecided", "Where"].map((text) =>
      element("th", { scope: "col" }, text),
    );
    const rows = findings.map(({ direction, kind: about, what, because, where }) => {
      const label = direction === "unknown" ? LABELS.unknown : `${LABELS[direction]} ${about}`;
      const cells = [what, because, where].map((text) => element("td", {}, text));
      return element("tr", {}, element("td", { class: direction }, label), ...cells);
    });
    const table = element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
    return element("section", { class: isTarget ? "principal target" : "principal" }, heading, table);
  }

  function draw() {
    const [question, pick] = [asked(), picked()];
    drawFleet(question, pick);
    drawSelected(pick);
    drawChanges(question, pick);
  }

  function follow() {
    draw();
    document.querySelector(".target")?.scrollIntoView({ block: "nearest" });
    document.querySelector('.node[aria-current="true"]')?.focus({ preventScroll: true });
  }

  byId("verdict").textContent = verdict;
  controls.addEventListener("input", draw);
  controls.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", follow);
  follow();
})();

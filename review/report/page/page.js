"use strict";
(() => {
  const { data, byId, element, hashOf, isPicked, picked } = globalThis.parts;
  /** More agents than anybody looks at in one picture: a search finds the others. */
  const MOST_AGENTS = 120;
  /** More changes than a browser shows at once: a search finds the others. */
  const MOST_ROWS = 2000;
  const LABELS = { gain: "gains", undeclared: "undeclared", unknown: "unknown", loss: "loses" };

  const { verdict, principals, nodes, edges } = data;
  const controls = byId("controls");
  const changed = new Map(principals.filter(({ isAgent }) => isAgent).map((principal) => [principal.id, principal]));
  /** What each node uses, by its place in the list */
  const uses = new Map();
  for (const edge of edges) {
    if (!uses.has(edge.from)) uses.set(edge.from, []);
    uses.get(edge.from).push(edge);
  }

  const count = (principal, ...directions) =>
    principal === undefined ? 0 : principal.findings.filter(({ direction }) => directions.includes(direction)).length;

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
    const picture = globalThis.graph({
      label: "Agents on the left, what they use on the right",
      nodes,
      edges,
      left: { title: "Agents", places: agents },
      right: { title: "Tools and data", places: targets },
      pick,
      look,
    });
    byId("fleet").replaceChildren(picture);
  }

  function look(node) {
    const principal = node.kind === "agent" ? changed.get(node.name) : undefined;
    const [gains, unknown] = [count(principal, "gain"), count(principal, "unknown")];
    return {
      state: gains > 0 ? "gain" : unknown > 0 ? "unknown" : "",
      badge: `${gains > 0 ? `+${gains}` : ""}${unknown > 0 ? "?" : ""}`,
      words: `${node.kind} ${node.name}`,
    };
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

"use strict";
(() => {
  const { data, byId, element, hashOf, isPicked, picked } = globalThis.parts;
  /** Most agents in one picture: a search finds the others. */
  const MOST_AGENTS = 120;
  /** Most changes that a browser shows at once: a search finds the others. */
  const MOST_ROWS = 2000;
  const MOST_REASONS = 5;
  const LABELS = {
    gain: "gains",
    undeclared: "undeclared",
    unknown: "unknown",
    ungranted: "not granted",
    loss: "loses",
  };
  /** Checkboxes of the form; a combination has its own, new or not. */
  const BOXES = ["combination", "gain", "unknown", "undeclared", "ungranted", "loss"];

  const { verdict, approvals, groups, acknowledged, nodes, edges } = data;
  const controls = byId("controls");
  const changed = new Map(groups.filter(({ isAgent }) => isAgent).map((group) => [group.id, group]));
  /** What each node uses, by its index */
  const uses = new Map();
  for (const edge of edges) {
    if (!uses.has(edge.from)) uses.set(edge.from, []);
    uses.get(edge.from).push(edge);
  }

  const isNewCombination = ({ direction, kind }) => kind === "combination" && direction === "gain";
  const boxOf = ({ direction, kind }) => (kind === "combination" ? "combination" : direction);
  const count = (group, wanted) => (group === undefined ? 0 : group.findings.filter(wanted).length);

  function asked() {
    const isOn = (name) => controls.elements[name].checked;
    return {
      text: byId("search").value.trim().toLowerCase(),
      unchanged: isOn("unchanged"),
      boxes: new Set(BOXES.filter(isOn)),
    };
  }

  const holds = (texts, { text }) => text === "" || texts.some((one) => (one ?? "").toLowerCase().includes(text));

  function findingsShown({ id, findings }, question) {
    return findings.filter((finding) => {
      const { kind, what, because, where, parts = [] } = finding;
      const texts = [id, kind, what, because, where, ...parts.map((part) => part.where)];
      return question.boxes.has(boxOf(finding)) && holds(texts, question);
    });
  }

  /** A group with only a changed risk or horizon has no findings to filter. */
  function isShown(group, question) {
    if (findingsShown(group, question).length > 0) return true;
    return group.findings.length === 0 && holds([group.id, ...group.facts], question);
  }

  /** Nodes of the picture, by index */
  function inPicture(question) {
    const fits = (index) => {
      const { kind, name } = nodes[index];
      if (kind !== "agent") return false;
      const principal = changed.get(name);
      const isChanged = principal !== undefined && isShown(principal, { ...question, text: "" });
      if (!isChanged && (principal !== undefined || !question.unchanged)) return false;
      const names = (uses.get(index) ?? []).map(({ to }) => nodes[to].name);
      return holds([name, ...names], question) || (isChanged && isShown(principal, question));
    };
    const all = [...nodes.keys()].filter(fits);
    const weight = (index) => {
      const principal = changed.get(nodes[index].name);
      return principal === undefined ? 0 : count(principal, isNewCombination) > 0 ? 2 : 1;
    };
    const first = [...all].sort((one, other) => weight(other) - weight(one));
    const agents = first.slice(0, MOST_AGENTS).sort((one, other) => one - other);
    const reached = agents.flatMap((index) => (uses.get(index) ?? []).map(({ to }) => to));
    const targets = [...new Set(reached)]
      .filter((index) => nodes[index].kind !== "agent")
      .sort((one, other) => one - other);
    const callers = [...nodes.keys()].filter(
      (index) => nodes[index].kind === "caller" && uses.get(index).some(({ to }) => agents.includes(to)),
    );
    return { callers, agents, targets, left: all.length - agents.length };
  }

  function drawFleet(question, pick) {
    const { callers, agents, targets, left } = inPicture(question);
    const more = left === 0 ? "" : `, and ${left} more: search for them`;
    byId("shown").textContent = `Agents in the picture: ${agents.length}${more}`;
    const picture = globalThis.graph({
      label: "Agents and their callers on the left, what they use on the right",
      nodes,
      edges,
      left: { title: callers.length > 0 ? "Callers and agents" : "Agents", places: [...callers, ...agents] },
      right: { title: "Tools and data", places: targets },
      pick,
      look,
    });
    byId("fleet").replaceChildren(picture);
  }

  function look(node) {
    const principal = node.kind === "agent" ? changed.get(node.name) : undefined;
    const combinations = count(principal, isNewCombination);
    const gains = count(principal, (finding) => boxOf(finding) === "gain");
    const unknown = count(principal, (finding) => boxOf(finding) === "unknown");
    return {
      state: combinations > 0 ? "combination" : gains > 0 ? "gain" : unknown > 0 ? "unknown" : node.kind,
      badge: `${combinations > 0 ? "!" : ""}${gains > 0 ? `+${gains}` : ""}${unknown > 0 ? "?" : ""}`,
      words: [`${node.kind} ${node.name}`, ...(principal === undefined ? [] : [principal.tally])].join(": "),
    };
  }

  /** What the picked node uses, and what uses it, in words */
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

  /** Into the section of their subject; empty sections are left out. */
  function drawChanges(question, pick) {
    const drawn = { changes: [], undeclared: [], ungranted: [] };
    let [room, left] = [MOST_ROWS, 0];
    for (const group of groups.filter((one) => isShown(one, question))) {
      const findings = findingsShown(group, question);
      const some = findings.slice(0, room);
      const place = Object.hasOwn(drawn, group.about) ? group.about : "changes";
      if (some.length > 0 || findings.length === 0) drawn[place].push(section(group, some, { pick, question }));
      room -= some.length;
      left += findings.length - some.length;
    }
    if (left > 0)
      drawn.changes.push(element("p", {}, `And ${left} more changes, the least important: search for them.`));
    if (drawn.changes.length === 0) {
      const nothing = groups.length === 0 ? "No access changes." : "No change fits what is asked for.";
      drawn.changes.push(element("p", {}, nothing));
    }
    for (const [id, parts] of Object.entries(drawn)) fill(id, parts);
  }

  function fill(id, parts) {
    byId(id).replaceChildren(...parts);
    byId(id).closest("section").hidden = parts.length === 0;
  }

  function section({ about, id, title, isAgent, tally, facts }, findings, { pick, question }) {
    const kind = isAgent ? "agent" : "principal";
    const isTarget = id !== null && isPicked({ kind, name: title }, pick);
    const rows = findings.filter(({ fold }) => fold === undefined).map(findingRow);
    const head = ["Change", "What", "Witness, or why undecided", "Where"];
    const folds = [...new Set(findings.map(({ fold }) => fold))].filter((fold) => fold !== undefined);
    // A search opens its results.
    const open = question.text === "" ? {} : { open: "" };
    const folded = folds.map((fold) => {
      const some = findings.filter((finding) => finding.fold === fold);
      const summary = element("summary", {}, `${some.length} ${fold}`);
      return element("details", open, summary, table(head, some.map(findingRow)));
    });
    const parts = [
      ...(facts.length === 0 ? [] : [element("ul", { class: "facts" }, ...facts.map((one) => element("li", {}, one)))]),
      ...(rows.length === 0 ? [] : [table(head, rows)]),
      ...folded,
    ];
    // The heading of the section says it already.
    if (about === "undeclared" || about === "ungranted") return element("div", { class: "principal" }, ...parts);
    const heading = element("h3", {});
    heading.append(
      id === null ? title : element("a", { href: hashOf(kind, title) }, title),
      element("span", { class: "tally" }, ` ${tally}`),
    );
    return element("section", { class: isTarget ? "principal target" : "principal" }, heading, ...parts);
  }

  function findingRow(finding) {
    const { direction, what, because, where, parts } = finding;
    const style = isNewCombination(finding) ? "combination" : direction;
    const cells = parts === undefined ? [because, where] : [abilities(parts), ""];
    return [
      element("td", { class: style }, labelOf(finding)),
      ...[what, ...cells].map((one) => element("td", {}, one)),
    ];
  }

  function labelOf({ direction, kind }) {
    if (kind === "combination") return direction === "gain" ? "new combination" : "combination as before";
    return direction === "unknown" ? LABELS.unknown : `${LABELS[direction]} ${kind}`;
  }

  /** Each ability with its place */
  function abilities(parts) {
    const items = parts.map(({ what, where }) =>
      element("li", {}, what, element("span", { class: "at" }, ` at ${where}`)),
    );
    return element("ul", { class: "abilities" }, ...items);
  }

  function table(head, rows) {
    const header = element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)));
    const body = rows.map((cells) => element("tr", {}, ...cells));
    return element("table", {}, element("thead", {}, header), element("tbody", {}, ...body));
  }

  function drawApprovals(question) {
    const some = approvals.filter(({ rule, who, approvers, reasons }) =>
      holds([rule, who, ...approvers, ...reasons], question),
    );
    const rows = some.map(({ rule, who, reasons }) => [
      element("td", {}, rule),
      element("td", {}, who),
      element("td", {}, reasonList(reasons)),
    ]);
    fill("approvals", rows.length === 0 ? [] : [table(["Rule", "By", "What for"], rows)]);
  }

  /** The most important first, the others on demand */
  function reasonList(reasons) {
    const list = (some) => element("ul", {}, ...some.map((one) => element("li", {}, one)));
    if (reasons.length <= MOST_REASONS) return list(reasons);
    const more = element("summary", {}, `${reasons.length - MOST_REASONS} more`);
    const rest = element("details", { class: "more" }, more, list(reasons.slice(MOST_REASONS)));
    return element("div", {}, list(reasons.slice(0, MOST_REASONS)), rest);
  }

  function drawAcknowledged(question) {
    const some = acknowledged.filter((one) => holds(Object.values(one), question));
    const rows = some.map(({ principal, kind, what, because, until }) =>
      [principal === "" ? kind : `${principal} ${kind}`, what, because, until].map((one) => element("td", {}, one)),
    );
    fill("acknowledged", rows.length === 0 ? [] : [table(["Whose", "What", "Why", "Until"], rows)]);
  }

  function draw() {
    const [question, pick] = [asked(), picked()];
    drawApprovals(question);
    drawFleet(question, pick);
    drawSelected(pick);
    drawChanges(question, pick);
    drawAcknowledged(question);
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

"use strict";
(() => {
  const { data, byId, element } = globalThis.parts;
  const { txn, summary, log, trail, findings, lanes, common, steps } = data;
  const STATES = { done: "loss", waiting: "unknown", refused: "gain", stopped: "gain" };
  const WORDS = { done: "done", waiting: "waits for people", refused: "refused or failed", stopped: "stopped" };
  /** Pixels of the picture; a pause is shown from this many seconds. */
  const SIZE = { name: 110, step: 52, lane: 62, top: 34, radius: 15, pause: 5 };
  /** Most steps in the picture: the list has all. */
  const MOST = 200;

  const across = (at) => SIZE.name + SIZE.step * (at + 0.5);
  const down = (lane) => SIZE.top + SIZE.lane * (lanes.indexOf(lane) + 0.5);

  function laneLines(width) {
    return lanes.flatMap((lane) => [
      element("svg:line", { class: "lane", x1: SIZE.name, x2: width, y1: down(lane), y2: down(lane) }),
      element("svg:text", { class: "lane-name", x: 8, y: down(lane) + 5 }, lane),
    ]);
  }

  /** From one step to the next, by a curve if the lane changes */
  function way(from, to, at) {
    const [x1, y1, x2, y2] = [across(at), down(from.lane), across(at + 1), down(to.lane)];
    const middle = (x1 + x2) / 2;
    return element("svg:path", { class: "way", d: `M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x2},${y2}` });
  }

  function dot(step, at) {
    const link = element("svg:a", {
      class: STATES[step.state],
      href: `#step-${at + 1}`,
      "aria-label": `Step ${at + 1}, ${step.lane}: ${step.title}`,
    });
    const [x, y] = [across(at), down(step.lane)];
    link.append(
      element("svg:title", {}, step.title),
      element("svg:circle", { cx: x, cy: y, r: SIZE.radius }),
      element("svg:text", { class: "number", x, y: y + 4 }, `${at + 1}`),
    );
    return link;
  }

  function pause(step, at) {
    const seconds = step.after - (steps[at - 1]?.after ?? 0);
    const x = across(at) - SIZE.step / 2;
    if (seconds < SIZE.pause) return [];
    return [element("svg:text", { class: "pause", x, y: 18, "text-anchor": "middle" }, `+${seconds} s`)];
  }

  function picture() {
    const shown = steps.slice(0, MOST);
    const width = SIZE.name + SIZE.step * shown.length + 10;
    const height = SIZE.top + SIZE.lane * lanes.length;
    const svg = element("svg:svg", {
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "group",
      "aria-label": "Steps between those who took them",
    });
    svg.append(
      ...laneLines(width),
      ...shown.slice(1).map((step, at) => way(shown[at], step, at)),
      ...shown.flatMap(pause),
      ...shown.map(dot),
    );
    return svg;
  }

  const pairs = (facts) => facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]);

  function listed(step, at) {
    const facts = element("dl", {}, ...pairs([...step.facts, ["kind", step.kind], ["place", step.place]]));
    const details = element("details", {}, element("summary", {}, "what is on record"), facts);
    const after = step.after === 0 ? "" : `, ${step.after} s after the first`;
    const file = step.file === "" ? "" : `; CloudTrail's file is ${step.file}`;
    return element(
      "li",
      { id: `step-${at + 1}` },
      element("span", { class: `mark ${STATES[step.state]}`, "aria-hidden": "true" }, `${at + 1}`),
      element("h3", {}, step.title),
      element("p", { class: "when" }, `${step.lane}, ${WORDS[step.state]}, ${step.time}${after}${file}`),
      ...(step.unaccounted === "" ? [] : [element("p", { class: "alarm" }, `Not accounted for: ${step.unaccounted}`)]),
      details,
    );
  }

  document.title = `Transaction ${txn}`;
  byId("txn").append(txn);
  byId("verdict").append(summary);
  byId("common").append(...pairs(common));
  const by = log.witnesses.length === 0 ? "" : `, cosigned by ${log.witnesses.join(", ")}`;
  byId("log").append(
    `Each record was compared with the signed root of ${log.size.toLocaleString("en")} entries of ${log.origin}${by}. What AWS shows is CloudTrail's word.`,
    ...(trail === "" ? [] : [` CloudTrail's files: ${trail}.`]),
  );
  byId("findings").hidden = findings.length === 0;
  byId("findings").append(
    ...findings.map(({ code, what, fix }) =>
      element("li", { class: "alarm" }, `${code}: ${what}. What to do: ${fix}.`),
    ),
  );
  byId("picture").append(picture());
  byId("steps").append(...steps.map(listed));
  // Paper cannot be unfolded.
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => (one.open = true)));
})();

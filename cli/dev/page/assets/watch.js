"use strict";
(() => {
  const { badge, byId, element, reasonsOf, short, small, timeOf } = globalThis.shown;
  /** Most entries shown; the oldest are dropped. */
  const MOST_EVENTS = 300;
  const MOST_RUNS = 30;
  const MOST_SESSIONS = 300;

  const runs = new Map();
  const sessions = new Map();
  /** What an operator has stopped, by what it is */
  const stopped = new Map();

  const chainOf = ({ chain, agent, task }) => [...chain, { agent, task }].map((hop) => `${hop.agent}.${hop.task}`);

  /** What a session knows, which only ever rises */
  function knowledge(session) {
    if (session === undefined) return [badge("quiet", "session unknown")];
    const mark = badge(session.mark === "public" ? "quiet" : "rose", `mark ${session.mark}`);
    return session.tainted ? [mark, badge("bad", "tainted")] : [mark, badge("quiet", "not tainted")];
  }

  function drawRuns() {
    const drawn = [...runs.values()].reverse().map((run) => {
      const chain = element("span", { class: "chain" }, chainOf(run).join(" → "));
      const served = run.user === undefined ? "for no user" : `for ${run.user}`;
      return element(
        "article",
        { class: "run", "data-run": run.run },
        element("p", { class: "head" }, chain, ...knowledge(sessions.get(run.sid)), timeOf(run.time)),
        small(`started by ${run.start}, ${served}`),
        small(
          `run ${short(run.run)}  transaction ${short(run.txn)}  session ${short(run.sid)}  until ${new Date(run.expiresAt * 1000).toLocaleTimeString()}`,
        ),
      );
    });
    byId("runs").replaceChildren(...(drawn.length === 0 ? [element("p", { class: "legend" }, "None yet.")] : drawn));
  }

  function whose({ agent, task, run }) {
    const name = [agent, task].filter((part) => part !== undefined).join(".");
    return [name, run === undefined ? "" : `run ${short(run)}`].filter((text) => text !== "").join(", ");
  }

  /** How each kind of event is shown, and by which box */
  const KINDS = {
    run: (event) => ({
      box: "other",
      head: [badge("quiet", `run ${event.how}`), element("span", { class: "what" }, chainOf(event).join(" → "))],
      more: [
        small(`by ${event.start}${event.user === undefined ? "" : ` for ${event.user}`}, run ${short(event.run)}`),
      ],
    }),
    session: (event) => ({
      box: "session",
      head: [
        element("span", { class: "what" }, `${event.agent}: session ${event.rose ? "knows more" : "begins"}`),
        ...knowledge(event),
      ],
      more: [small(`session ${short(event.sid)}`)],
    }),
    decision: (event) => ({
      box: event.allowed ? "allowed" : "refused",
      head: [
        badge(event.allowed ? "good" : "bad", event.allowed ? "allowed" : "refused"),
        element("span", { class: "what" }, event.what),
        element("span", { class: "quiet" }, `by ${event.by}`),
      ],
      more: [small(whose(event)), ...reasonsOf(event.reasons), ...remedyOf(event.remedy)],
    }),
    "answer-cut": note("bad", "answer cut", "refused"),
    approval: (event) => ({
      ...note("rose", "approval asked for", "other")(event),
      more: [small(whose(event)), ...(event.link === undefined ? [] : [small(decideOn(event.link))])],
    }),
    decided: note("rose", "approval", "other"),
    stopped: (event) => ({
      box: "refused",
      head: [badge("bad", "stopped"), element("span", { class: "what" }, event.what)],
      more: [small(stopText(event))],
    }),
    restored: (event) => ({
      box: "allowed",
      head: [badge("good", "may act again"), element("span", { class: "what" }, event.what)],
      more: [small(`${event.why}, by ${event.by}`)],
    }),
    issued: note("quiet", "issued", "other"),
    lost: note("bad", "not shown", "other"),
    outcome: note("quiet", "outcome", "other"),
    served: note("quiet", "reached the agent", "other"),
  };

  /** The approvers' page, in a tab of its own: who is served by the agent stays here. */
  function decideOn(link) {
    return element("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, "Decide on it as an approver");
  }

  function stopText({ why, by, restorableAt }) {
    const until =
      restorableAt === undefined ? "" : `, not restored before ${new Date(restorableAt * 1000).toLocaleTimeString()}`;
    return `${why}, by ${by}${until}`;
  }

  function drawStopped() {
    const drawn = [...stopped.values()].map((event) =>
      element("p", {}, badge("bad", "stopped"), ` ${event.what}: ${stopText(event)}`),
    );
    byId("stopped").replaceChildren(...drawn);
  }

  function note(kind, label, box) {
    return (event) => ({
      box,
      head: [badge(kind, label), element("span", { class: "what" }, event.what)],
      more: [small(whose(event))],
    });
  }

  /** As `ambit explain` says it */
  function remedyOf(remedy) {
    if (remedy === undefined) return [];
    const list = (items) => element("ul", { class: "fix" }, ...items.map((item) => element("li", {}, item)));
    if (remedy.possible) return [small("To allow it:"), list(remedy.changes)];
    const besides = remedy.changes.length === 0 ? [] : [small("What would be needed besides:"), list(remedy.changes)];
    return [small("Nothing allows it as it is:"), list(remedy.because), ...besides];
  }

  function isShown(box) {
    return byId("shown").elements[box].checked;
  }

  function draw(event) {
    const shape = KINDS[event.kind]?.(event);
    if (shape === undefined) return;
    const { box, head, more } = shape;
    const item = element(
      "li",
      { class: box, "data-box": box },
      element("p", { class: "head" }, ...head, timeOf(event.time)),
      ...more,
    );
    item.hidden = !isShown(box);
    byId("events").prepend(item);
    while (byId("events").childElementCount > MOST_EVENTS) byId("events").lastElementChild.remove();
  }

  function seen(event) {
    if (event.kind === "run") {
      // The latest one last, which is shown first.
      runs.delete(event.run);
      runs.set(event.run, event);
      if (runs.size > MOST_RUNS) runs.delete(runs.keys().next().value);
    }
    if (event.kind === "session") {
      sessions.delete(event.sid);
      sessions.set(event.sid, event);
      if (sessions.size > MOST_SESSIONS) sessions.delete(sessions.keys().next().value);
    }
    if (event.kind === "stopped") stopped.set(event.what, event);
    if (event.kind === "restored") stopped.delete(event.what);
    if (event.kind === "stopped" || event.kind === "restored") drawStopped();
    if (event.kind === "run" || event.kind === "session") drawRuns();
    draw(event);
  }

  byId("shown").addEventListener("change", () => {
    for (const item of byId("events").children) item.hidden = !isShown(item.dataset.box);
  });

  /** Of the start of npm run dev that all of it is from */
  let feed;

  function forget() {
    runs.clear();
    sessions.clear();
    stopped.clear();
    drawStopped();
    byId("events").replaceChildren();
  }

  const source = new EventSource("/events");
  source.addEventListener("open", () => (byId("connection").textContent = "live"));
  source.addEventListener("error", () => (byId("connection").textContent = "not connected: is npm run dev running?"));
  source.addEventListener("message", ({ data, lastEventId }) => {
    const [id] = lastEventId.split(".");
    if (id !== feed) forget();
    feed = id;
    seen(JSON.parse(data));
  });
})();

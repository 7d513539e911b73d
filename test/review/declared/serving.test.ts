import { declaredChanges } from "../../../review/difference/declared/declared-changes";
import { linesOf, type Lines, unknownLines } from "../../support/review/change-lines";
import { edited, type EditableRegistry, smallRegistry } from "../../support/review/declared-fleet";

interface Row {
  /** What stands where in both, and then in head alone; null where nothing does */
  readonly both: Readonly<Record<string, unknown>>;
  readonly head: Readonly<Record<string, unknown>>;
  readonly gains: Lines;
  readonly losses?: Lines;
}

const ANSWER = "agents/clerk/tasks/answer/startedBy";
const HTTP = "agents/clerk/serves/http";
const trusted = (who: string, token: string) => ({
  clerk: [
    `enforcement: what ${who} sends to task answer counts as trusted, was untrusted [a high-impact or outward call without approval, after a request with ${token} clerk.answer]`,
  ],
});

const ROWS: Readonly<Record<string, Row>> = {
  "what an event sends is trusted": {
    both: { "agents/clerk/serves/a2a": null, [ANSWER]: ["user", "event"] },
    head: { [`${HTTP}/untrusted`]: false },
    gains: trusted("an event", "a start token of an event for"),
  },
  "what a schedule sends is trusted": {
    both: { "agents/clerk/serves/a2a": null, [ANSWER]: ["schedule"] },
    head: { [`${HTTP}/untrusted`]: false },
    gains: trusted("a schedule", "a start token of a schedule for"),
  },
  "what another agent hands on is trusted": {
    both: {
      ...{ "agents/clerk/serves/a2a": null, [ANSWER]: ["delegation"] },
      ...{ [`${HTTP}/untrusted`]: true, [`${HTTP}/tasks`]: ["answer"] },
    },
    head: { [`${HTTP}/untrusted`]: null },
    gains: trusted("a task that hands work on", "a token of a task that hands work to"),
  },
  "what an event sends is said to be untrusted, as it is anyway": {
    both: { [ANSWER]: ["event"], "agents/clerk/serves/a2a": null, [`${HTTP}/tasks`]: ["answer"] },
    head: { [`${HTTP}/untrusted`]: true },
    gains: {},
  },
  "what an event sends is trusted in one way in, and untrusted in the other": {
    both: { [ANSWER]: ["event"] },
    head: { [`${HTTP}/untrusted`]: false },
    gains: {},
  },
  "a start that taints by its nature is added where another tainted": {
    both: { "agents/clerk/serves/a2a": null },
    head: { [ANSWER]: ["user", "event"], [`${HTTP}/untrusted`]: false },
    gains: { clerk: ["trust: task answer may be started by an event [a start token of an event for clerk.answer]"] },
  },
  "a task that its agent alone starts is served": {
    both: { [ANSWER]: ["agent"], [`${HTTP}/tasks`]: ["refund"], "agents/clerk/serves/a2a": null },
    head: { [`${HTTP}/tasks`]: ["answer", "refund"] },
    gains: {},
  },
  "a task is served no more, and its agent shows the evidence by itself": {
    both: { "agents/clerk/serves/a2a": null },
    head: { [`${HTTP}/tasks`]: ["answer"] },
    gains: {
      clerk: [
        "sensitivity: what callers send to task refund counts as public, was internal [internal data of a caller of task refund, sent to a place that is cleared for public data]",
      ],
    },
    losses: {
      clerk: [
        "trust: callers with a user's token for clerk.refund may call it at /chat and all below /threads/: what they send counts as internal, and an answer holds up to confidential data [a request for /chat with a user's token for clerk.refund]",
      ],
    },
  },
  "a task is served no more, and nothing outside may start it": {
    both: { "agents/clerk/serves/a2a": null },
    head: { [`${HTTP}/tasks`]: ["answer"], "agents/clerk/tasks/refund/startedBy": ["agent"] },
    gains: {
      clerk: [
        "trust: task refund may be started by the agent itself [the agent asks for clerk.refund with nothing but its SVID]",
      ],
    },
    losses: {
      clerk: [
        "trust: task refund may be started by a user [a user's token for clerk.refund]",
        "trust: callers with a user's token for clerk.refund may call it at /chat and all below /threads/: what they send counts as internal, and an answer holds up to confidential data [a request for /chat with a user's token for clerk.refund]",
      ],
    },
  },
  "a task is served for all who start it": {
    both: {
      [ANSWER]: ["user", "event", "delegation"],
      [`${HTTP}/tasks`]: ["refund"],
      [`${HTTP}/sensitivity`]: "public",
    },
    head: { [`${HTTP}/tasks`]: ["answer", "refund"] },
    gains: {
      clerk: [
        "trust: callers with a user's token for clerk.answer, or a start token of an event for clerk.answer, or a token of a task that hands work to clerk.answer may call it at /chat and all below /threads/: what they send counts as public, and an answer holds up to confidential data [a request for /chat with a user's token for clerk.answer]",
      ],
    },
  },
  "push notifications go to another action": {
    both: { "agents/clerk/serves/a2a/pushes": { tool: "crm", action: "refund" } },
    head: { "agents/clerk/serves/a2a/pushes": { tool: "crm", action: "read" } },
    gains: {
      clerk: [
        "destination: callers at /a2a may have it push to crm.read (https://crm.example), was crm.refund [a message whose configuration names the address of crm.read]",
      ],
    },
    losses: {
      clerk: [
        "destination: callers at /a2a may have it push to crm.refund (https://crm.example), now crm.read [a message whose configuration names the address of crm.refund]",
      ],
    },
  },
  "two ways in change names": {
    both: {},
    head: { [HTTP]: smallWays()["a2a"], "agents/clerk/serves/a2a": smallWays()["http"] },
    gains: {},
  },
  "a purpose changes that its card does not say": {
    both: { "agents/clerk/serves/a2a/card/description": "Answers" },
    head: { "agents/clerk/purpose": "Sells" },
    gains: {},
  },
  "a card says the same in another order of keys": {
    both: {},
    head: { "agents/clerk/serves/a2a/card/skills/answer": reversed(smallSkill()) },
    gains: {},
  },
};

function smallWays(): Record<string, Record<string, unknown>> {
  return smallRegistry().agents["clerk"]?.["serves"] as Record<string, Record<string, unknown>>;
}

function smallSkill(): object {
  return (smallWays()["a2a"]?.["card"] as { skills: { answer: object } }).skills.answer;
}

function reversed(value: object): object {
  return Object.fromEntries(Object.entries(value).reverse());
}

test.each(Object.entries(ROWS))("%s", (_, { both, head, gains, losses = {} }) => {
  const base = edited(smallRegistry(), both);
  const changes = declaredChanges(base, edited(base, head));
  expect({ gains: linesOf(changes, "gains"), losses: linesOf(changes, "losses") }).toEqual({ gains, losses });
  expect(unknownLines(changes)).toEqual({});
});

/** As it was written before there were ways in */
function firstVersion(): EditableRegistry {
  const registry = edited(smallRegistry(), { version: "ambit.registry/1" });
  for (const agent of Object.values(registry.agents)) {
    delete agent["serves"];
    delete agent["concurrency"];
  }
  return registry;
}

test("a registry of before there were ways in is compared with one of now: who opens one gains it, and nothing is unknown", () => {
  const changes = declaredChanges(firstVersion(), smallRegistry());
  expect(unknownLines(changes)).toEqual({});
  const kinds = Object.entries(linesOf(changes, "gains")).map(([agent, lines]) => [agent, lines.length]);
  expect(Object.fromEntries(kinds)).toEqual({ clerk: 5, courier: 2, librarian: 2, sleeper: 2 });
});

test("another version alone changes no agent", () => {
  const changes = declaredChanges(firstVersion(), edited(firstVersion(), { version: "ambit.registry/2" }));
  expect(changes).toEqual(new Map());
});

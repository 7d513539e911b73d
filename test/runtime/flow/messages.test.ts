import { EACH_DEED, FLOW_AGENTS, FLOW_TASKS, type FlowAgent, type FlowTask } from "../../support/exchange/flow-fleet";
import { Flow } from "../../support/exchange/flow";
import type { Move, Scope } from "../../support/exchange/flow-moves";
import type { For } from "../../support/exchange/flow-world";

const ALL: Scope = {
  agents: FLOW_AGENTS,
  tasks: FLOW_TASKS,
  deeds: EACH_DEED,
  by: ["ada"],
  waits: [],
  timeless: false,
  mostRuns: 9,
  mostHanded: 9,
};

const start = (agent: FlowAgent, task: FlowTask, by: For = "ada"): Move => ({ kind: "start", agent, task, by });
const asks = (place: number, agent: FlowAgent, task: FlowTask): Move => ({ kind: "delegate", place, agent, task });
const use = (place: number, deed: (typeof EACH_DEED)[number]): Move => ({ kind: "use", place, deed });
const says = (kind: "answer" | "part", place: number): Move => ({ kind, place });

/** Places are those of the runs, in the order in which they begin. */
const ROWS: readonly (readonly [string, readonly Move[], better: number])[] = [
  [
    "a delegate reads what is confidential while its delegator goes on to post, until the answer",
    [start("ann", "work"), asks(0, "ben", "read"), use(1, "read"), use(0, "post"), says("answer", 1)],
    1,
  ],
  [
    "a delegator reads confidential data while its delegate, which has not received it, posts",
    [start("ann", "work"), asks(0, "ben", "post"), use(0, "read"), use(1, "post")],
    1,
  ],
  [
    "two delegates do not hear of each other",
    [start("ann", "work"), asks(0, "ben", "read"), asks(0, "cat", "post"), use(1, "read"), use(2, "post")],
    1,
  ],
  [
    "a delegate reads what is confidential while its delegator publishes by AWS credentials",
    [start("ann", "work"), start("ann", "publish"), use(1, "publish"), asks(0, "ben", "read"), use(2, "read")],
    1,
  ],
  [
    "a delegate gets AWS credentials that publish while its delegator reads what is confidential",
    [start("ann", "work"), asks(0, "ben", "publish"), use(1, "publish"), use(0, "read")],
    1,
  ],
  [
    "a delegate reads what strangers wrote while its delegator pays",
    [start("ann", "work"), asks(0, "ben", "intake"), use(1, "intake"), use(0, "pay")],
    1,
  ],
  [
    "reads of the last agent of a chain reach the others only with each answer",
    [
      start("ann", "work"),
      asks(0, "ben", "work"),
      asks(1, "cat", "read"),
      use(2, "read"),
      use(1, "post"),
      use(0, "post"),
      says("answer", 1),
      use(0, "post"),
      says("answer", 2),
      use(0, "post"),
      says("answer", 1),
    ],
    4,
  ],
  [
    "a delegate's earlier knowledge passes with its answer alone",
    [start("ben", "read"), use(0, "read"), start("ann", "work"), asks(1, "ben", "work"), use(1, "post")],
    1,
  ],
  [
    "a delegation that is not yet requested passes nothing to another run of the same user",
    [
      start("ann", "work"),
      use(0, "read"),
      { kind: "hand", place: 0, agent: "ben", task: "read" },
      start("ben", "post"),
      use(1, "post"),
    ],
    1,
  ],
];

test.each(ROWS)("%s: the old counting refused it, and no message says it", async (_, moves, better) => {
  const flow = new Flow(ALL);
  for (const move of moves) await expect(flow.make(move)).resolves.toBeUndefined();
  const refused = [...flow.codes.keys()].filter((code) => code !== "given");
  expect({ refused, better: flow.better }).toEqual({ refused: [], better });
});

const NOT_THEN: readonly (readonly [string, readonly Move[], code: string])[] = [
  [
    "after the answer the delegator posts no more",
    [start("ann", "work"), asks(0, "ben", "read"), use(1, "read"), says("answer", 1), use(0, "post")],
    "mark.above-clearance",
  ],
  [
    "after a further part of the request the delegate posts no more",
    [start("ann", "work"), asks(0, "ben", "post"), use(0, "read"), says("part", 1), use(1, "post")],
    "mark.above-clearance",
  ],
  [
    "an answer of what strangers wrote makes the delegator pay nothing",
    [start("ann", "work"), asks(0, "ben", "intake"), use(1, "intake"), says("answer", 1), use(0, "pay")],
    "session.tainted",
  ],
  [
    "an answer that its reader could publish waits",
    [
      start("ann", "work"),
      start("ann", "publish"),
      use(1, "publish"),
      asks(0, "ben", "read"),
      use(2, "read"),
      says("answer", 2),
    ],
    "mark.credential-below",
  ],
  [
    "a part that its reader could publish waits",
    [start("ann", "work"), asks(0, "ben", "publish"), use(1, "publish"), use(0, "read"), says("part", 1)],
    "mark.credential-below",
  ],
  [
    "by the chain the first one knows",
    [
      start("ann", "work"),
      asks(0, "ben", "work"),
      asks(1, "cat", "read"),
      use(2, "read"),
      says("answer", 2),
      says("answer", 1),
      use(0, "post"),
    ],
    "mark.above-clearance",
  ],
];

test.each(NOT_THEN)("%s", async (_, moves, code) => {
  const flow = new Flow(ALL);
  for (const move of moves) await expect(flow.make(move)).resolves.toBeUndefined();
  expect([...flow.codes.keys()]).toContain(code);
});

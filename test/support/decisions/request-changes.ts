import fc from "fast-check";
import { REVOCABLES, STARTS } from "../../../domain";
import {
  ACTIONS,
  AGENTS,
  AUDIENCES,
  BUDGETS,
  DATA,
  DESTINATIONS,
  DIGESTS,
  GROUPS,
  HOPS,
  RANKED,
  SPIFFE_IDS,
  TASKS,
  TIMES,
  TOOL_ACTIONS,
  TOOLS,
  USERS,
} from "./example-names";
import type { Change } from "./recipe";

/** The value of a path of the request */
const at = (path: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<Change> =>
  value.map((value) => ({ path: path.split("/"), value }));

const among = (path: string, values: readonly unknown[]): fc.Arbitrary<Change> => at(path, fc.constantFrom(...values));

const some = (values: readonly unknown[], most: number): fc.Arbitrary<unknown> =>
  fc.subarray([...values], { maxLength: most });

const hop = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...HOPS) },
  { weight: 1, arbitrary: fc.record({ spiffeId: fc.constantFrom(...SPIFFE_IDS), task: fc.constantFrom(...TASKS) }) },
);
/** Around the limits of the example: 10, 20, 50 and 200 calls, 5,000 as a sum */
const spending = fc.record({
  spent: fc.constantFrom(0, 9, 10, 19, 20, 21, 49, 50, 199, 200, 49_505_000, 49_999_999, 1_000_000_000_000_000),
  cost: fc.constantFrom(0, 1, 2, 495_000, 1_000_000_000_000_000),
});
const call = fc
  .constantFrom(...TOOL_ACTIONS)
  .map((name) => ({ tool: name.split(".")[0], action: name.split(".")[1], data: [], destination: "llm.acme.example" }));

const TIMING = [
  among("time", TIMES.now),
  among("run/startedAt", TIMES.runStart),
  among("run/expiresAt", TIMES.runEnd),
  among("session/startedAt", TIMES.sessionStart),
  among("session/lastUsedAt", TIMES.lastUse),
  among("token/expiresAt", TIMES.tokenEnd),
];
const STANDING = [
  among("agent/name", AGENTS),
  among("agent/spiffeId", SPIFFE_IDS),
  among("task", TASKS),
  among("revisionSeen", [0, 6, 7, 8]),
  at("revocation/known", fc.constant(false)),
  at("revocation/revoked", some(REVOCABLES, 5)),
  among("user", [null, ...USERS]),
  among("start/by", STARTS),
  among("start/evidence", ["verified", "none"]),
];
const FLOW = [
  among("session/mark", RANKED),
  among("session/tainted", [true, false]),
  among("session/writable", [null, ...RANKED]),
  among("token/audience", AUDIENCES),
  at("token/scope", some(ACTIONS, 4)),
  among("phase", ["issue", "call"]),
  at("call", call),
  among("call/tool", TOOLS),
  among("call/action", ACTIONS),
  among("call/destination", DESTINATIONS),
  at("call/data", some(DATA, 4)),
];
const CONTROLS = [
  among("requestDigest", DIGESTS),
  at("chain", fc.array(hop, { maxLength: 5 })),
  at("chain/0", hop),
  at("chain/1", fc.option(hop, { nil: undefined })),
  at("budgets", fc.dictionary(fc.constantFrom(...BUDGETS), spending, { maxKeys: 3 })),
  ...BUDGETS.map((key): fc.Arbitrary<Change> => at(`budgets/${key}`, fc.option(spending, { nil: undefined }))),
  at("done/run", some([...TOOL_ACTIONS, "constructor"], 3)),
  at("done/session", some([...TOOL_ACTIONS, "constructor"], 3)),
];
const APPROVAL = fc.oneof(
  among("approval", [null]),
  { weight: 2, arbitrary: among("approval/group", GROUPS) },
  { weight: 2, arbitrary: among("approval/requestDigest", DIGESTS) },
  // Only one of them is the user served.
  { weight: 3, arbitrary: among("approval/decidedBy", USERS) },
  { weight: 2, arbitrary: among("approval/expiresAt", TIMES.approvalEnd) },
  { weight: 2, arbitrary: among("approval/spent", [true, false]) },
);
const intent = among("intent", [null, ...["allowed", "refused", "error", "timeout"].map((verdict) => ({ verdict }))]);

/** One field of what may be observed moved: budgets, what was done, intent */
export const observableChange: fc.Arbitrary<Change> = fc.oneof(
  intent,
  at("budgets", fc.dictionary(fc.constantFrom(...BUDGETS), spending, { maxKeys: 3 })),
  at("done", fc.constant({ run: [], session: [] })),
);

/** One field of a request moved to something near, mostly something that exists */
export const requestChange: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: fc.oneof(...TIMING) },
  { weight: 3, arbitrary: fc.oneof(...STANDING) },
  { weight: 6, arbitrary: fc.oneof(...FLOW) },
  { weight: 6, arbitrary: fc.oneof(...CONTROLS) },
  { weight: 5, arbitrary: APPROVAL },
  { weight: 1, arbitrary: intent },
);

/** One field of what binds an approved task moved: its approval, budgets, order, or the taint of its session */
export const controlChange: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: APPROVAL },
  { weight: 2, arbitrary: fc.oneof(...CONTROLS) },
  { weight: 1, arbitrary: intent },
  { weight: 1, arbitrary: at("session/tainted", fc.constant(true)) },
);

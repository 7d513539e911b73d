import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import type { Construct } from "constructs";
import { readFileSync } from "node:fs";
import { withoutCreationStacks } from "../../../constructs/platform/creation-stacks";
import { Fleet } from "../../../domain";
import { fleet } from "../../../fleet";
import { exchange } from "../../../fleet/exchange";
import { platform } from "../../../fleet/platform";
import { spire } from "../../../fleet/spire";
import { AgentsStack, ControlStack, FoundationStack, SpireStack, StartersStack, TrustStack } from "../../../stacks";
import { define } from "../../support/agents";
import { testApp } from "../../support/app";

/** Of cdktf; its fork has another one besides, which it calls instead */
type Traces = Record<"captureStackTrace" | "captureCreationStack", () => readonly string[]>;

const FILE = require.resolve("cdktf/lib/tokens/private/stack-trace");
/** What cdktf calls, of which the runner of the tests leaves nothing */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- it is no module of the package's interface
const traces = require(FILE) as Traces;
/** What it would call, evaluated anew */
const creationStack = ((exports: Partial<Traces>): (() => readonly string[]) => {
  (new Function("exports", readFileSync(FILE, "utf8")) as (into: Partial<Traces>) => void)(exports);
  return exports.captureCreationStack ?? (exports as Traces).captureStackTrace;
})({});

/** How many stacks are noted while something is made */
function noted(make: () => unknown): number {
  const before = { ...traces };
  let count = 0;
  const counting = (): readonly string[] => {
    const stack = creationStack();
    if (stack.length > 0) count += 1;
    return stack;
  };
  Object.assign(traces, { captureStackTrace: counting, captureCreationStack: counting });
  try {
    make();
  } finally {
    Object.assign(traces, before);
  }
  return count;
}

const account = (scope: Construct): unknown => new ServiceAccountV1(scope, "Own", { metadata: { name: "own" } });

describe("creation stacks", () => {
  test("cdktf notes where a reference was made, but not while Ambit makes its own", () => {
    expect(creationStack()).not.toEqual([]);
    expect(withoutCreationStacks(creationStack)).toEqual([]);
    expect(creationStack()).not.toEqual([]);
  });

  test("a declaration refused within shows its line, and everything is as before afterwards", () => {
    const before = Error.captureStackTrace;
    const act = (): unknown => withoutCreationStacks(() => define("of-no-task", { tasks: {} }));
    let refused: unknown;
    try {
      act();
    } catch (error) {
      refused = error;
    }
    expect((refused as Error).stack).toContain("creation-stacks.test.ts");
    expect(Error.captureStackTrace).toBe(before);
  });

  test("other code that captures a stack within gets it, from where it was captured or below what was named", () => {
    const captured: { stack?: string } = {};
    withoutCreationStacks(() => Error.captureStackTrace(captured));
    const [first, second] = (captured.stack ?? "").split("\n").slice(1);
    expect(first).toContain("creation-stacks.test.ts");
    expect(second).toContain("platform/creation-stacks.ts");

    const below: { stack?: string } = {};
    withoutCreationStacks(function named() {
      Error.captureStackTrace(below, named);
    });
    expect((below.stack ?? "").split("\n")[1]).toContain("platform/creation-stacks.ts");
  });

  test("one within another ends with the outer one", () => {
    const stacks = withoutCreationStacks(() => [withoutCreationStacks(creationStack), creationStack()]);
    expect(stacks).toEqual([[], []]);
  });

  const props = { platform, fleet };
  test.each<readonly [string, (app: Construct) => unknown]>([
    ["foundation", (app) => new FoundationStack(app, "foundation", props)],
    ["spire", (app) => new SpireStack(app, "spire", { ...props, spire })],
    ["trust", (app) => new TrustStack(app, "trust", props)],
    ["control", (app) => new ControlStack(app, "control", { ...props, exchange, gateway: {} })],
    ["agents", (app) => new AgentsStack(app, "agents", props)],
    ["starters", (app) => new StartersStack(app, "starters", { ...props, code: __filename })],
  ])("the stack %s notes none of its own", (_, make) => {
    expect(noted(() => make(testApp()))).toBe(0);
  });

  test("what a user makes in a class of an agent is noted", () => {
    class Own extends define("own") {
      constructor(scope: Construct) {
        super(scope);
        account(this);
      }
    }
    const own = { platform, fleet: Fleet.of(Own) };
    const alone = noted(() => account(new FoundationStack(testApp(), "foundation", props)));
    expect(alone).toBeGreaterThan(0);
    expect(noted(() => new AgentsStack(testApp(), "agents", own))).toBe(alone);
  });
});

import { readFileSync } from "node:fs";
import { withoutCreationStacks } from "../../../constructs/platform/creation-stacks";

/** cdktf's own, of which the runner of the tests leaves nothing: evaluated anew */
const creationStack = ((): (() => readonly string[]) => {
  const exports: { captureStackTrace?: () => readonly string[] } = {};
  const file = require.resolve("cdktf/lib/tokens/private/stack-trace");
  (new Function("exports", readFileSync(file, "utf8")) as (into: typeof exports) => void)(exports);
  return exports.captureStackTrace as () => readonly string[];
})();

describe("creation stacks", () => {
  test("cdktf notes where a reference was made, but not while Ambit makes its own", () => {
    expect(creationStack()).not.toEqual([]);
    expect(withoutCreationStacks(creationStack)).toEqual([]);
    expect(creationStack()).not.toEqual([]);
  });

  test("an error within keeps its stack, and everything is as before afterwards", () => {
    const before = Error.captureStackTrace;
    function thrower(): never {
      throw new Error("refused");
    }
    let thrown: unknown;
    try {
      withoutCreationStacks(thrower);
    } catch (error) {
      thrown = error;
    }
    expect((thrown as Error).stack).toContain("thrower");
    expect(Error.captureStackTrace).toBe(before);
  });

  test("whoever else captures a stack within gets it, from where it was captured", () => {
    const captured: { stack?: string } = {};
    withoutCreationStacks(() => Error.captureStackTrace(captured));
    const [first, second] = (captured.stack ?? "").split("\n").slice(1);
    expect(first).toContain("creation-stacks.test.ts");
    expect(second).toContain("platform/creation-stacks.ts");
  });

  test("one within another ends with the outer one", () => {
    const stacks = withoutCreationStacks(() => [withoutCreationStacks(creationStack), creationStack()]);
    expect(stacks).toEqual([[], []]);
  });
});

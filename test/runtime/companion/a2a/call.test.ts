import { readFileSync } from "node:fs";
import { join } from "node:path";
import { a2aCall } from "../../../../runtime/companion/a2a/call";
import { type A2aRow, requestOf } from "../../../support/companion/a2a-rows";

interface Cases {
  readonly base: string;
  readonly reads: readonly (A2aRow & { readonly names: readonly string[] })[];
  readonly refuses: readonly (A2aRow & { readonly code: string })[];
}

const { base, reads, refuses } = JSON.parse(
  readFileSync(join(__dirname, "../../../cases/a2a-calls.json"), "utf8"),
) as Cases;

test.each(reads.map((row) => [row.when, row] as const))("reads what is gone on with when %s", (_, row) => {
  expect(a2aCall(requestOf(row, base), base).names).toEqual(row.names);
});

test.each(refuses.map((row) => [row.when, row] as const))("fails when %s", (_, row) => {
  expect(() => a2aCall(requestOf(row, base), base)).toThrow(row.code);
});

test("a base that is the root has JSON-RPC at the root, and HTTP+JSON below it", () => {
  const rpc = requestOf({ when: "", rpc: ["GetTask", { id: "t" }] }, base);
  expect(a2aCall({ ...rpc, target: "/" }, "/").names).toEqual(["task t"]);
  expect(a2aCall(requestOf({ when: "", http: ["GET", "/tasks/t"] }, "/"), "/").names).toEqual(["task t"]);
});

test("two media types are no media type", () => {
  const rpc = requestOf({ when: "", rpc: ["GetTask", { id: "t" }] }, base);
  const raw = [...rpc.raw, "content-type", "application/json; charset=utf-7"];
  expect(() => a2aCall({ ...rpc, raw }, base)).toThrow("companion.malformed");
});

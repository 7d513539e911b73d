import { readFileSync } from "node:fs";
import { join } from "node:path";
import { a2aCall, type A2aRequest } from "../../../../runtime/companion/a2a/call";

interface Row {
  readonly when: string;
  /** Method and parameters of JSON-RPC */
  readonly rpc?: readonly [string, object];
  /** Method, target and body of HTTP+JSON */
  readonly http?: readonly [string, string, object?];
  /** Body as it is */
  readonly text?: string;
  readonly type?: string;
  readonly coding?: string;
}

interface Cases {
  readonly base: string;
  readonly reads: readonly (Row & { readonly names: readonly string[] })[];
  readonly refuses: readonly (Row & { readonly code: string })[];
}

const { base, reads, refuses } = JSON.parse(
  readFileSync(join(__dirname, "../../../cases/a2a-calls.json"), "utf8"),
) as Cases;

function requestOf({ rpc, http, text, type = "application/json", coding }: Row): A2aRequest {
  const [method = "POST", target = base, said] = http ?? [];
  const called = rpc && { jsonrpc: "2.0", id: "1", method: rpc[0], params: rpc[1] };
  const body = text ?? ((called ?? said) ? JSON.stringify(called ?? said) : undefined);
  const raw = ["Content-Type", type, ...(coding === undefined ? [] : ["Content-Encoding", coding])];
  return { method, target, raw, body: body === undefined ? undefined : Buffer.from(body) };
}

test.each(reads.map((row) => [row.when, row] as const))("reads what is gone on with when %s", (_, row) => {
  expect(a2aCall(requestOf(row), base).names).toEqual(row.names);
});

test.each(refuses.map((row) => [row.when, row] as const))("fails when %s", (_, row) => {
  expect(() => a2aCall(requestOf(row), base)).toThrow(row.code);
});

test("a base that is the root has JSON-RPC at the root, and HTTP+JSON below it", () => {
  const rpc = requestOf({ when: "", rpc: ["GetTask", { id: "t" }] });
  expect(a2aCall({ ...rpc, target: "/" }, "/").names).toEqual(["task t"]);
  expect(a2aCall(requestOf({ when: "", http: ["GET", "/tasks/t"] }), "/").names).toEqual(["task t"]);
});

test("two media types are no media type", () => {
  const rpc = requestOf({ when: "", rpc: ["GetTask", { id: "t" }] });
  const raw = [...rpc.raw, "content-type", "application/json; charset=utf-7"];
  expect(() => a2aCall({ ...rpc, raw }, base)).toThrow("companion.malformed");
});

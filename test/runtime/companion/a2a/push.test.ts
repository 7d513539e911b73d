import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type A2aCall, a2aCall } from "../../../../runtime/companion/a2a/call";
import type { PushedTo } from "../../../../domain/pushes";
import { checkPush } from "../../../../runtime/companion/a2a/push";
import { pushAddress, withDeclared, withText } from "../../../../runtime/companion/a2a/push-address";
import { Problem } from "../../../../runtime/companion/problem";
import { type A2aRow, requestOf } from "../../../support/companion/a2a-rows";

interface Cases {
  readonly base: string;
  readonly pushes: PushedTo;
  readonly undeclared: readonly A2aRow[];
  /** `at`: members down to the address, where one is set */
  readonly reads: readonly (A2aRow & { readonly names: readonly string[]; readonly at?: readonly string[] })[];
  readonly refuses: readonly (A2aRow & { readonly code: string })[];
}

const { base, pushes, undeclared, reads, refuses } = JSON.parse(
  readFileSync(join(__dirname, "../../../cases/a2a-pushes.json"), "utf8"),
) as Cases;
const OWN = "http://127.0.0.1:7464";
const HANDLE = "h".repeat(43);
const ADDRESS = pushAddress(OWN, HANDLE, pushes);

function read(row: A2aRow, where: PushedTo | undefined): A2aCall {
  const call = a2aCall(requestOf(row, base), base);
  if (call.push !== undefined) checkPush(call.push, where);
  return call;
}

function refusalOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error instanceof Problem ? error.body["error_description"] : error;
  }
}

test.each(undeclared.map((row) => [row.when, row] as const))("fails where none is declared when %s", (_, row) => {
  expect(() => read(row, undefined)).toThrow("companion.push");
});

test.each(reads.map((row) => [row.when, row] as const))("reads whose it is, and where it goes, when %s", (_, row) => {
  const { names, push } = read(row, pushes);
  expect([names, push?.set?.at]).toEqual([row.names, row.at]);
});

test.each(reads.flatMap((row) => (row.at === undefined ? [] : [[row.when, row, row.at] as const])))(
  "puts the companion's address in the place of the declared one, and changes nothing else, when %s",
  (_, row, at) => {
    const body = `${requestOf(row, base).body}`;
    expect(withText(body, at, ADDRESS)).toBe(body.replace(pushes.url, ADDRESS));
  },
);

test.each(refuses.map((row) => [row.when, row] as const))("fails when %s", (_, row) => {
  expect(() => read(row, pushes)).toThrow(row.code);
});

test("a refusal tells the declared address, and not the one that was sent, which may hold a secret", () => {
  const row = {
    when: "",
    rpc: ["CreateTaskPushNotificationConfig", { taskId: "t", url: "https://u:s3cret@x" }],
  } as const;
  expect(refusalOf(() => read(row, pushes))).toBe(
    `url must be "${pushes.url}", byte for byte: name it as url of the configuration, or leave the configuration out`,
  );
});

test("the address is replaced at its place alone, and what is around it stays byte for byte", () => {
  const part = `{"text":"${pushes.url}","n":1e400,"url":"${pushes.url}","big":12345678901234567890}`;
  const body = (url: string): string =>
    ` {"params" : {"url":"x","message":{"parts":[${part}, "]}\\"{"]},\t"configuration":{"task_push_notification_config":{"id":"p", "u\\u0072l" : "${url}"}}}}\n`;
  const at = ["params", "configuration", "taskPushNotificationConfig", "url"];
  expect(withText(body(pushes.url), at, ADDRESS)).toBe(body(ADDRESS));
});

test("fails when nothing stands at the place", () => {
  expect(() => withText('{"params":[{"url":"x"}],"url":{"url":"y"}}', ["params", "url"], ADDRESS)).toThrow(
    "no text stands at params.url",
  );
});

test("an answer has the declared address in the place of the companion's, of each request of the run", () => {
  const other = pushAddress(OWN, "o".repeat(43), pushes);
  const answer = (first: string, second: string): string =>
    `{"configs":[{"url":"${first}"},{"url":"${second}","id":"p"}]}`;
  expect(withDeclared(answer(ADDRESS, other), OWN, pushes)).toBe(answer(pushes.url, pushes.url));
  expect(withDeclared(JSON.stringify({ url: ADDRESS }).replaceAll("/", "\\/"), OWN, pushes)).toBe(
    `{"url":"${pushes.url}"}`,
  );
});

test("an answer has the declared address wherever it stands within a text, or in what is no JSON", () => {
  const answer = (address: string): string =>
    JSON.stringify({ [address]: `"${address}", ${address}/more and ${OWN}/v1/runs/${address}?x`, n: [address] });
  expect(withDeclared(answer(ADDRESS), OWN, pushes)).toBe(answer(pushes.url));
  const page = (address: string): string => `<a href="${address}">${address}</a> "`;
  expect(withDeclared(page(ADDRESS), OWN, pushes)).toBe(page(pushes.url));
});

test("all else of an answer stays byte for byte", () => {
  const answer = (url: string): string => ` {"a" : "\\u0061\\/",\t"big":12345678901234567890, "b":"${url}"}\n`;
  expect(withDeclared(answer(ADDRESS), OWN, pushes)).toBe(answer(pushes.url));
});

test("what is no JSON meets no regular expression but for a handle: a text that never ends takes as long as its length", () => {
  const unended = `{"a":"${'\\"'.repeat(100)}`;
  const [replaced, tested] = [jest.spyOn(RegExp.prototype, Symbol.replace), jest.spyOn(RegExp.prototype, "test")];
  try {
    expect(withDeclared(`${unended}${ADDRESS}`, OWN, pushes)).toBe(`${unended}${pushes.url}`);
    expect([replaced.mock.calls, tested.mock.calls]).toEqual([[], [[HANDLE]]]);
  } finally {
    jest.restoreAllMocks();
  }
});

test("a text of as many escapes as an answer may have is read", () => {
  const answer = JSON.stringify({ a: '"'.repeat(500_000), url: ADDRESS });
  expect(withDeclared(answer, OWN, pushes)).toBe(answer.replace(ADDRESS, pushes.url));
});

test.each([
  `{"url":"${OWN}/v1/runs/a/b/tools/callbacks/v1/pushes"}`,
  `{"url":"${OWN}/v1/runs/${HANDLE}/tools/other/v1/pushes"}`,
  `{"url":"${OWN}/v1/runs//tools/callbacks/v1/pushes"}`,
  `{"url":"${OWN}/v1/runs/a%20b/tools/callbacks/v1/pushes"}`,
  'no JSON, "\u0001", "',
])("an answer that has no such address stays as it is: %s", (answer) => {
  expect(withDeclared(answer, OWN, pushes)).toBe(answer);
});

import { createHash } from "node:crypto";
import fc from "fast-check";
import { type ExactRequest, requestDigest } from "../../../runtime/approval/digest";
import { Refusal } from "../../../runtime/refusal/refusal";
import "../../support/depth";
import { exactRequest } from "../../support/exchange/approvals";

const codes = (request: ExactRequest): readonly string[] => {
  try {
    return [requestDigest(request)];
  } catch (error) {
    if (error instanceof Refusal) return error.reasons.map(({ code }) => code);
    throw error;
  }
};

test("the digest is that of the canonical text, written out here", () => {
  const text =
    '{"action":"refund","agent":"spiffe://prod.acme.example/ns/test/sa/worker","arguments":{"amount":12.5,"order":"A-1"},' +
    '"chain":[{"spiffeId":"spiffe://prod.acme.example/ns/test/sa/front","task":"answer"}],' +
    '"destination":"pay.acme.example","task":"refund","tool":"payments",' +
    '"user":{"issuer":"https://login.acme.example","subject":"alice"}}';
  expect(requestDigest(exactRequest())).toBe(`sha256:${createHash("sha256").update(text).digest("hex")}`);
});

test("it leaves out the exchange's further facts of hops and users", () => {
  const { chain, user } = exactRequest();
  const more = {
    chain: chain.map((hop) => ({ ...hop, run: "r", sid: "s", agent: "front" })),
    user: user && { ...user, name: "Alice" },
  };
  expect(requestDigest({ ...exactRequest(more), more: 1 } as ExactRequest)).toBe(requestDigest(exactRequest()));
});

const CHANGES: readonly (readonly [string, Partial<ExactRequest>])[] = [
  ["another agent", { agent: "spiffe://prod.acme.example/ns/test/sa/other" }],
  ["no chain", { chain: [] }],
  ["another delegator", { chain: [{ spiffeId: "spiffe://prod.acme.example/ns/test/sa/other", task: "answer" }] }],
  [
    "another task of the delegator",
    { chain: [{ spiffeId: "spiffe://prod.acme.example/ns/test/sa/front", task: "ask" }] },
  ],
  ["no user", { user: null }],
  ["a user of another issuer", { user: { issuer: "https://other.example", subject: "alice" } }],
  ["another user", { user: { issuer: "https://login.acme.example", subject: "bob" } }],
  ["another task", { task: "payout" }],
  ["another tool", { tool: "bank" }],
  ["another action", { action: "find" }],
  ["another destination", { destination: "pay.acme.example:8443" }],
  ["no arguments", { arguments: {} }],
  ["another argument", { arguments: { amount: 12.5, order: "A-2" } }],
  ["a number as text", { arguments: { amount: "12.5", order: "A-1" } }],
  ["one more argument", { arguments: { amount: 12.5, order: "A-1", note: null } }],
];

test.each(CHANGES)("with %s it is another digest", (_, change) => {
  expect(requestDigest(exactRequest(change))).not.toBe(requestDigest(exactRequest()));
});

test("no two of the changes have the same digest", () => {
  expect(new Set(CHANGES.map(([, change]) => requestDigest(exactRequest(change)))).size).toBe(CHANGES.length);
});

test("the order of arguments does not count, and any other value does", () =>
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string({ unit: "grapheme" }),
        fc.oneof(fc.string({ unit: "grapheme" }), fc.integer(), fc.boolean()),
      ),
      fc.string({ unit: "grapheme" }),
      (args, value) => {
        const turned = Object.fromEntries(Object.entries(args).reverse());
        const digest = requestDigest(exactRequest({ arguments: args }));
        expect(requestDigest(exactRequest({ arguments: turned }))).toBe(digest);
        for (const name of Object.keys(args)) {
          if (args[name] === value) continue;
          expect(requestDigest(exactRequest({ arguments: { ...args, [name]: value } }))).not.toBe(digest);
        }
      },
    ),
  ));

const bytes = (count: number) => exactRequest({ arguments: { text: "x".repeat(count) } });
const rest = JSON.stringify(bytes(0)).length;

test.each<readonly [string, string, ExactRequest]>([
  ["no number", "request.malformed", exactRequest({ arguments: { amount: NaN } })],
  ["a number that doubles round", "request.malformed", exactRequest({ arguments: { amount: 2 ** 53 } })],
  ["half a character", "request.malformed", exactRequest({ arguments: { text: "\ud800" } })],
  ["half a character in a name", "request.malformed", exactRequest({ arguments: { "\udc00": 1 } })],
  ["half a character in a destination", "request.malformed", exactRequest({ destination: "pay\ud800" })],
  ["an argument that is not there", "request.malformed", exactRequest({ arguments: { a: undefined } as never })],
  ["a byte too many", "request.too-large", bytes(65_537 - rest)],
])("fails when it has %s: %s", (_, code, request) => {
  expect(codes(request)).toEqual([code]);
});

test("the largest request has a digest", () => {
  expect(codes(bytes(65_536 - rest))).toEqual([expect.stringMatching(/^sha256:[0-9a-f]{64}$/)]);
});

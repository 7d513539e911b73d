import fc from "fast-check";
import { headersToAgent, headersToCaller } from "../../../../runtime/companion/inbound/headers";
import { depth } from "../../../support/depth";

type Pair = readonly [name: string, value: string];

const pairsOf = (raw: readonly string[]): readonly Pair[] =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] as string] as const] : []));
const toAgent = (pairs: readonly Pair[]): readonly Pair[] =>
  pairsOf(
    headersToAgent({
      method: "GET",
      raw: pairs.flat(),
      host: "desk.example",
      handle: "handle",
      session: "session",
      traceparent: "trace",
    }),
  );

const OURS: readonly Pair[] = [
  ["x-forwarded-host", "desk.example"],
  ["x-forwarded-proto", "https"],
  ["ambit-run", "handle"],
  ["ambit-session", "session"],
  ["baggage", "ambit-run=handle"],
  ["traceparent", "trace"],
];

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,12}$/);
const family = fc.constantFrom("x-envoy-", "X-Ambit-", "x_ambit_", "Ambit-", "ambit_", "x-forwarded-", "Proxy-", "");
const single = fc.constantFrom(
  ...[
    "Authorization",
    "BAGGAGE",
    "traceparent",
    "TraceState",
    "HOST",
    "Forwarded",
    "expect",
    "TE",
    "upgrade",
    "X-Real-IP",
  ],
);
const anyName = fc.oneof(
  fc.tuple(family, name).map(([front, rest]) => `${front}${rest}`),
  single,
  name,
);
const pair = fc.tuple(anyName, fc.stringMatching(/^[\x21-\x7e]{0,10}$/));
const HOP_BY_HOP = "connection|keep-alive|te|trailer|transfer-encoding|upgrade|content-length";
const DROPPED = new RegExp(
  `^(${HOP_BY_HOP}|authorization|baggage|traceparent|tracestate|host|forwarded|expect|true-client-ip|x-real-ip|x-http-method(-override)?|x-method-override|x-rewrite-url|(proxy|ambit|x-(envoy|ambit|forwarded|original))-.*)$`,
);

test("the agent gets all else as it is: in its order, as often, in its letters, and what is ours once", () => {
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 20 }), fc.array(name, { maxLength: 2 }), (pairs, named) => {
      const names = new Set(named.map((one) => one.toLowerCase()));
      const expected = pairs.filter(([one]) => {
        const lower = one.toLowerCase();
        return !DROPPED.test(lower.replaceAll("_", "-")) && !names.has(lower);
      });
      const framing = pairs.filter(([one]) => /^(content-length|transfer-encoding)$/i.test(one));
      fc.pre(framing.length === 0);
      expect(toAgent([...pairs, ["Connection", named.join(", ")]])).toEqual([
        ["host", "desk.example"],
        ...expected,
        ...OURS,
      ]);
    }),
    { numRuns: depth(1_000) },
  );
});

test.each<[string, readonly Pair[], readonly Pair[]]>([
  ["by its length", [["Content-Length", "3"]], [["content-length", "3"]]],
  ["in chunks", [["Transfer-Encoding", "chunked"]], [["transfer-encoding", "chunked"]]],
  [
    "by its length, which Connection may not take away",
    [
      ["Content-Length", "3"],
      ["Connection", "content-length"],
    ],
    [["content-length", "3"]],
  ],
])("a body is framed as it came: %s", (_, pairs, framing) => {
  expect(toAgent(pairs)).toEqual([["host", "desk.example"], ...framing, ...OURS]);
});

test("the caller is answered what the agent says, and the reference once", () => {
  const kept: readonly Pair[] = [
    ["Set-Cookie", "a"],
    ["set-cookie", "b"],
    ["Content-Length", "3"],
    ["WWW-Authenticate", "Basic"],
    ["Traceparent", "t"],
  ];
  const dropped = ["Connection", "Keep-Alive", "Trailer", "Transfer-Encoding", "Upgrade"].map(
    (one) => [one, "x-hop"] as const,
  );
  const ours = ["Ambit-Run", "ambit_run", "X-AMBIT-DECISION", "x-envoy-overloaded", "X-Hop"].map(
    (one) => [one, "1"] as const,
  );
  const answered = pairsOf(headersToCaller([...kept, ...dropped, ...ours].flat(), "run-1.tag"));
  expect(answered).toEqual([...kept, ["ambit-run", "run-1.tag"]]);
});

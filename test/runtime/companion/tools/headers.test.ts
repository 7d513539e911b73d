import fc from "fast-check";
import { answeredHeaders, sentHeaders } from "../../../../runtime/companion/tools/headers";
import { depth } from "../../../support/depth";

type Pair = readonly [name: string, value: string];

const sent = (pairs: readonly Pair[], method = "POST"): readonly Pair[] =>
  pairsOf(sentHeaders({ method, raw: pairs.flat(), host: "gateway:8443", accessToken: "token-1" }));
const answered = (pairs: readonly Pair[]): readonly Pair[] => pairsOf(answeredHeaders(pairs.flat()));

function pairsOf(raw: readonly string[]): readonly Pair[] {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] as string] as const] : []));
}

const OURS = [
  ["host", "gateway:8443"],
  ["content-length", "0"],
  ["authorization", "Bearer token-1"],
];

describe("the gateway is not sent", () => {
  test.each([
    ...["Authorization", "Cookie", "X-Api-Key", "Host", "Forwarded", "Expect"],
    ...[
      "Proxy-Authorization",
      "Proxy-Connection",
      "Proxy-Anything",
      "Connection",
      "Keep-Alive",
      "TE",
      "Trailer",
      "Upgrade",
    ],
    ...[
      "X-Forwarded-For",
      "X-Forwarded-Client-Cert",
      "X-Envoy-Original-Path",
      "X-Ambit-Run",
      "x_ambit_run",
      "X_Api_Key",
    ],
    ...["x-envoy-internal", "X-Forwarded_Host", "X-AMBIT-"],
  ])("%s", (name) => {
    expect(sent([[name, "1"]])).toEqual(OURS);
    expect(
      sent([
        [name.toUpperCase(), "1"],
        ["x-a", "1"],
        [name.toLowerCase(), "2"],
      ]),
    ).toHaveLength(OURS.length + 1);
  });

  test("what Connection names, in however many headers", () => {
    const named: readonly Pair[] = [
      ["connection", "x-one, X-TWO"],
      ["x-one", "1"],
      ["Connection", " x-three ,close"],
      ["x-two", "2"],
      ["X-Three", "3"],
      ["x-four", "4"],
    ];
    expect(sent(named)).toEqual([OURS[0], ["x-four", "4"], OURS[1], OURS[2]]);
  });

  test("another framing than that of the body that came", () => {
    const named: readonly Pair[] = [
      ["Connection", "content-length"],
      ["Content-Length", "5"],
    ];
    expect(sent(named)).toEqual([OURS[0], ["content-length", "5"], OURS[2]]);
    expect(sent([["Transfer-Encoding", "Chunked"]], "GET")).toEqual([
      OURS[0],
      ["transfer-encoding", "chunked"],
      OURS[2],
    ]);
    expect(sent([], "GET")).toEqual([OURS[0], OURS[2]]);
  });
});

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,12}$/);
const family = fc.constantFrom("x-envoy-", "X-Ambit-", "x-forwarded-", "Proxy-", "x_envoy_", "");
const single = fc.constantFrom("authorization", "Cookie", "HOST", "x-api-key", "Forwarded", "expect", "TE", "upgrade");
const anyName = fc.oneof(
  fc.tuple(family, name).map(([front, rest]) => `${front}${rest}`),
  single,
  name,
);
const pair = fc.tuple(anyName, fc.stringMatching(/^[\x21-\x7e]{0,10}$/));
const DROPPED =
  /^(authorization|cookie|host|x-api-key|forwarded|expect|connection|keep-alive|te|trailer|transfer-encoding|upgrade|content-length|(proxy|x-(envoy|ambit|forwarded))-.*)$/;

test("all else is sent as it is: in its order, as often, in its letters", () => {
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 20 }), fc.array(name, { maxLength: 2 }), (pairs, named) => {
      const [others, all] = [pairs, [...pairs, ["Connection", named.join(", ")] as const]];
      const names = new Set(named.map((one) => one.toLowerCase()));
      const expected = others.filter(([one]) => {
        const lower = one.toLowerCase();
        return !DROPPED.test(lower.replaceAll("_", "-")) && !names.has(lower);
      });
      const headers = sent(all);
      expect(headers.slice(1, 1 + expected.length)).toEqual(expected);
      expect(headers[0]).toEqual(OURS[0]);
      expect(headers.slice(1 + expected.length)).toEqual([expect.arrayContaining(["content-length"]), OURS[2]]);
    }),
    { numRuns: depth(1_000) },
  );
});

test("the client is answered all but what is of the gateway's connection", () => {
  const kept = [
    ["X-A", "1"],
    ["Set-Cookie", "a"],
    ["set-cookie", "b"],
    ["Content-Length", "3"],
    ["WWW-Authenticate", "Bearer"],
  ] as const;
  const dropped = [
    "Connection",
    "Keep-Alive",
    "Transfer-Encoding",
    "Upgrade",
    "Trailer",
    "Proxy-Authenticate",
    "X-Hop",
  ];
  expect(answered([...kept, ...dropped.map((one) => [one, "x-hop, content-length"] as const), ["x-HOP", "1"]])).toEqual(
    kept,
  );
});

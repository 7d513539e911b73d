import { NOTHING_SENT } from "../../../runtime/companion/inbound/to-agent";
import type { Answered, Asked } from "../../../runtime/starters/asked";
import { batch } from "../../../runtime/starters/batch";
import { Starter } from "../../../runtime/starters/starter";
import { KEYS, NOW, signerOf } from "../../support/exchange/token-world";
import { CONFIG } from "../../support/starter-config";

const refusal = (status: number, code: string, more: Partial<Answered> = {}, what = ""): Answered => ({
  status,
  isOfAgent: false,
  reasons: [{ code, what }],
  retryAfter: undefined,
  ...more,
});
const answer = (status = 200): Answered => ({ status, isOfAgent: true, reasons: [], retryAfter: undefined });
const down: Answered = { status: 503, isOfAgent: false, reasons: [], retryAfter: undefined };
const lost = new Error("socket hang up");

/** A starter that gets these answers in turn, the last one again and again */
function starting(...answers: readonly (Answered | Error)[]) {
  const asked: Asked[] = [];
  const told: (readonly [string, Readonly<Record<string, unknown>>])[] = [];
  const waits: number[] = [];
  let now = NOW * 1_000;
  const starter = new Starter({
    config: CONFIG,
    ca: undefined,
    sign: (bytes) => signerOf(KEYS.scheduler).sign(bytes),
    ask: async (what) => {
      asked.push(what);
      const next = answers[Math.min(asked.length, answers.length) - 1] as Answered | Error;
      if (next instanceof Error) throw next;
      return next;
    },
    log: (event, facts = {}) => void told.push([event, facts]),
    now: () => now,
    wait: async (milliseconds) => {
      waits.push(milliseconds / 1_000);
      now += milliseconds;
    },
  });
  const claims = () =>
    asked.map(({ headers }) => {
      const [, body = ""] = (headers.Authorization as string).split(".");
      return JSON.parse(Buffer.from(body, "base64url").toString()) as { readonly jti: string; readonly iat: number };
    });
  return { starter, asked, told, waits, claims, events: () => told.map(([event]) => event) };
}

const occasion = { id: "2026-12-01T04:00:00Z", isAgain: false, body: "{}" };

test("an occasion starts its task with one request, which names start and task beside the token", async () => {
  const { starter, asked, told } = starting(answer(202));
  expect(await starter.start(occasion)).toBe(true);
  expect(asked).toEqual([
    {
      address: CONFIG.address,
      method: "POST",
      body: "{}",
      ca: undefined,
      headers: { Authorization: expect.stringMatching(/^Bearer ey/), "Ambit-Start": "schedule", "Ambit-Task": "sweep" },
    },
  ]);
  expect(told).toEqual([["start.answered", { occasion: occasion.id, jti: expect.any(String), status: 202 }]]);
});

test("the agent was started, with any answer", async () => {
  const { starter, asked, told } = starting(answer(500));
  expect(await starter.start(occasion)).toBe(true);
  expect(asked.length).toBe(1);
  expect(told[0]?.[1]).toMatchObject({ status: 500, failed: true });
});

test("one that was started before is done, and the log says so", async () => {
  const { starter, events } = starting(refusal(403, "evidence.replayed"));
  expect(await starter.start(occasion)).toBe(true);
  expect(events()).toEqual(["start.replayed"]);
});

test.each([
  ["the gateway has no pod", down],
  ["too many are under way", refusal(503, "companion.busy", { retryAfter: 1 })],
  ["the rate is limited", { ...down, status: 429 }],
  ["a read waits for credentials to expire", refusal(403, "mark.credential-below", { retryAfter: 3 })],
  ["no answer came", lost],
])("it is tried again with a fresh token of the same id where %s", async (_, first) => {
  const { starter, claims } = starting(first, answer());
  expect(await starter.start(occasion)).toBe(true);
  const [one, other] = claims();
  expect(other?.jti).toBe(one?.jti);
  expect(other?.iat).toBeGreaterThan(one?.iat as number);
});

test.each([
  ["no answer came", lost, "start.unanswered"],
  ["the gateway had no pod", down, "start.later"],
  ["something failed on the way", refusal(502, "way.unavailable"), "start.later"],
])("a replay is in doubt where %s before: nothing starts twice, and it is put aside", async (_, first, event) => {
  const { starter, asked, told, events } = starting(first, refusal(403, "evidence.replayed"));
  expect(await starter.start(occasion)).toBe(false);
  expect([asked.length, events()]).toEqual([2, [event, "start.doubtful", "start.failed"]]);
  expect(told.at(-1)?.[1]).toEqual({
    occasion: occasion.id,
    because: "an earlier try has used it up, and may have started nothing",
  });
});

test("a replay is in doubt where its message was delivered before", async () => {
  const { starter, events } = starting(refusal(403, "evidence.replayed"));
  expect(await starter.start({ ...occasion, isAgain: true })).toBe(false);
  expect(events()).toEqual(["start.doubtful", "start.failed"]);
});

test("a message that is delivered again starts what has not started yet", async () => {
  const { starter, events } = starting(answer());
  expect(await starter.start({ ...occasion, isAgain: true })).toBe(true);
  expect(events()).toEqual(["start.answered"]);
});

test("a replay is done where the try before was only told to wait: another delivery has started it", async () => {
  const { starter, events } = starting({ ...down, status: 429 }, refusal(403, "evidence.replayed"));
  expect(await starter.start(occasion)).toBe(true);
  expect(events()).toEqual(["start.later", "start.replayed"]);
});

test("where the token is used up and the agent has seen nothing, another id starts it", async () => {
  const unseen = refusal(502, "companion.no-agent", {}, `port 8080 of the agent gives no answer, ${NOTHING_SENT} (x)`);
  const { starter, claims, events } = starting(unseen, answer());
  expect(await starter.start(occasion)).toBe(true);
  expect(new Set(claims().map(({ jti }) => jti)).size).toBe(2);
  expect(events()).toEqual(["start.unseen", "start.answered"]);
});

test("where the agent's answer may not go out, it was started", async () => {
  const { starter, asked, events } = starting(refusal(403, "answer.above-clearance"));
  expect(await starter.start(occasion)).toBe(true);
  expect([asked.length, events()]).toEqual([1, ["start.unheard"]]);
});

test("where the agent may have seen it, nothing is sent again", async () => {
  const perhaps = refusal(502, "companion.no-agent", {}, "port 8080 gives no answer, the request may have arrived (x)");
  const { starter, asked, events } = starting(perhaps);
  expect(await starter.start(occasion)).toBe(true);
  expect([asked.length, events()]).toEqual([1, ["start.unheard"]]);
});

test.each([
  ["evidence.starter-unknown", 403],
  ["start.undeclared", 403],
  ["way.task", 404],
])("a refusal ends it at once, and is told with its code: %s", async (code, status) => {
  const { starter, asked, told } = starting(refusal(status, code));
  expect(await starter.start(occasion)).toBe(false);
  expect(asked.length).toBe(1);
  expect(told[0]).toEqual(["start.refused", { occasion: occasion.id, jti: expect.any(String), status, codes: [code] }]);
  expect(told[1]).toEqual(["start.failed", { occasion: occasion.id, because: "it was refused" }]);
});

test("it waits longer each time, and gives up within four minutes", async () => {
  const { starter, waits, told } = starting(down);
  expect(await starter.start(occasion)).toBe(false);
  expect(waits.slice(0, 7)).toEqual([1, 2, 4, 8, 16, 30, 30]);
  expect(waits.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(240);
  expect(told.at(-1)).toEqual(["start.failed", { occasion: occasion.id, because: "no time is left" }]);
});

test("it does not wait for what ends after its time", async () => {
  const { starter, waits } = starting(refusal(503, "companion.busy", { retryAfter: 900 }));
  expect(await starter.start(occasion)).toBe(false);
  expect(waits).toEqual([]);
});

test("a signer that fails is told without the token, and tried again", async () => {
  const told: string[] = [];
  const starter = new Starter({
    config: CONFIG,
    ca: undefined,
    sign: async () => Promise.reject(new Error("KMS refused")),
    ask: async () => answer(),
    log: (event, facts) => void told.push(`${event} ${JSON.stringify(facts)}`),
    now: () => NOW * 1_000,
    wait: async () => Promise.reject(new Error("enough")),
  });
  await expect(starter.start(occasion)).rejects.toThrow("enough");
  expect(told).toEqual([expect.stringContaining("start.unanswered")]);
  expect(told[0]).toContain("KMS refused");
});

test("no line of the log holds a token", async () => {
  const { starter, told, asked } = starting(lost, down, refusal(403, "start.undeclared"));
  await starter.start(occasion);
  const lines = JSON.stringify(told);
  for (const { headers } of asked) {
    const [, , signature = "none"] = (headers.Authorization as string).split(".");
    expect(lines).not.toContain(signature);
  }
});

describe("a batch", () => {
  const AT = Date.parse("2026-12-02T04:00:01Z");
  const now = () => AT;
  const record = (messageId: string, body = '{"scheduled":"2026-12-01T20:00:00Z"}') => ({
    messageId,
    body,
    attributes: { ApproximateReceiveCount: "1", SentTimestamp: `${AT}` },
  });
  const log = () => undefined;

  test("delivers again exactly the messages that started nothing", async () => {
    const start = async ({ id }: { readonly id: string }) => id !== "2026-12-02T04:00:00Z";
    const records = [record("a"), record("b", '{"scheduled":"2026-12-02T04:00:00Z"}'), record("c", "no JSON")];
    expect(await batch(CONFIG, records, { start }, log, now)).toEqual({
      batchItemFailures: [{ itemIdentifier: "b" }, { itemIdentifier: "c" }],
    });
  });

  test("is done with a message that tells of no event, and says so", async () => {
    const told: unknown[] = [];
    const start = async () => Promise.reject(new Error("started"));
    const config = { ...CONFIG, start: "event", from: "senders" } as const;
    const records = [record("a", '{"Service":"Amazon S3","Event":"s3:TestEvent"}')];
    const answered = await batch(config, records, { start }, (event, facts) => void told.push([event, facts]), now);
    expect(answered.batchItemFailures).toEqual([]);
    expect(told).toEqual([["start.none", { message: "a" }]]);
  });

  test("tells why a message is none, and goes on with the others", async () => {
    const told: unknown[] = [];
    const records = [record("a", "no JSON"), record("b")];
    const answered = await batch(
      CONFIG,
      records,
      { start: async () => true },
      (event, facts) => void told.push([event, facts]),
      now,
    );
    expect(answered.batchItemFailures).toEqual([{ itemIdentifier: "a" }]);
    expect(told).toEqual([["start.failed", { message: "a", because: expect.stringContaining("BadMessage") }]]);
  });
});

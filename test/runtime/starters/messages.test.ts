import { BadMessage, occasionOf as occasionAt, type QueueRecord } from "../../../runtime/starters/messages";

const NOW = Date.parse("2026-12-01T04:00:10Z");
const DAY = 86_400_000;
const occasionOf = (config: Parameters<typeof occasionAt>[0], what: Omit<QueueRecord, "messageId">, now = NOW) =>
  occasionAt(config, what, now);
const record = (body: unknown, count = 1, sent = NOW) => ({
  body: typeof body === "string" ? body : JSON.stringify(body),
  attributes: { ApproximateReceiveCount: `${count}`, SentTimestamp: `${sent}` },
});
const bus = { start: "event", from: "bus" } as const;
const senders = { start: "event", from: "senders" } as const;
const schedule = { start: "schedule", body: { day: "yesterday" } } as const;
const idOf = (config: typeof bus | typeof senders, body: unknown) => occasionOf(config, record(body))?.id;
const DIGEST = /^(event|message|object|topic) [\w-]{43}$/;

test("a schedule's moment names the start, and what is declared is sent", () => {
  const occasion = occasionOf(schedule, record({ scheduled: "2026-12-01T04:00:00Z" }));
  expect(occasion).toEqual({ id: "2026-12-01T04:00:00Z", isAgain: false, body: '{"day":"yesterday"}' });
  expect(occasionOf({ start: "schedule" }, record({ scheduled: "2026-12-01T04:00:00Z" }))?.body).toBe("{}");
});

test("an event of 256 KiB is sent as it came", () => {
  const body = JSON.stringify("x".repeat(262_142));
  expect(occasionOf(senders, record(body))?.body).toBe(body);
});

test.each([
  ["a schedule's", schedule, { scheduled: "2026-12-01T04:00:00Z" }],
  ["a bus's", bus, {}],
  ["a sender's", senders, {}],
])("%s message that is delivered again is known as such", (_, config, body) => {
  expect([1, 2, 3].map((count) => occasionOf(config, record(body, count))?.isAgain)).toEqual([false, true, true]);
});

const BUS_EVENT = { id: "e-1", "detail-type": "Posted" };
const OBJECT = {
  eventSource: "aws:s3",
  eventName: "ObjectCreated:Put",
  s3: { bucket: { name: "acme-inbox" }, object: { key: "in/a", sequencer: "00A1" } },
  responseElements: { "x-amz-request-id": "R1" },
};
const s3 = (changes: object = {}, more: object = {}) => ({
  Records: [{ ...OBJECT, s3: { ...OBJECT.s3, object: { ...OBJECT.s3.object, ...changes } }, ...more }],
});
const sns = (Message: string, MessageId = "n-1") => ({
  Type: "Notification",
  TopicArn: "arn:aws:sns:eu-central-1:111122223333:news",
  MessageId,
  Message,
});

describe("the id of an event", () => {
  test("of a bus is the one that EventBridge gave, however long it is", () => {
    expect(idOf(bus, BUS_EVENT)).toBe("event e-1");
    expect(idOf(bus, { ...BUS_EVENT, id: "x".repeat(200_000) })).toMatch(DIGEST);
    expect(idOf(bus, { ...BUS_EVENT, id: "a\nb" })).toMatch(DIGEST);
  });

  test.each([
    ["an object of a bucket, in any message format", s3(), s3({}, { eventTime: "2026-12-01T04:00:01Z" })],
    ["an object that a topic tells of twice", sns(JSON.stringify(s3()), "n-1"), sns(JSON.stringify(s3()), "n-2")],
    ["a topic's message, whose signature may differ", sns("a"), { ...sns("a"), Signature: "x" }],
    ["what a topic sends raw, by what it is", { day: 1 }, { day: 1 }],
  ])("is the same for %s", (_, one, other) => {
    expect(idOf(senders, one)).toMatch(DIGEST);
    expect(idOf(senders, one)).toBe(idOf(senders, other));
  });

  test.each([
    ["another object", s3({ key: "in/b" }), s3()],
    ["another write of the object", s3({ sequencer: "00A2" }), s3()],
    ["another request for the object", s3({}, { responseElements: { "x-amz-request-id": "R2" } }), s3()],
    ["another message of the topic", sns("a", "n-2"), sns("a", "n-1")],
    ["a bucket's event that says too little", { Records: [{ eventSource: "aws:s3", a: 1 }] }, { Records: [] }],
    ["a list", [1], [2]],
  ])("is another one for %s", (_, one, other) => {
    expect(idOf(senders, one)).toMatch(DIGEST);
    expect(idOf(senders, one)).not.toBe(idOf(senders, other));
  });

  test("is not for a topic's publisher to choose: another body has another id, even if it claims the same", () => {
    expect(idOf(senders, BUS_EVENT)).not.toBe(idOf(bus, BUS_EVENT));
    expect(idOf(senders, { ...BUS_EVENT, detail: 1 })).not.toBe(idOf(senders, BUS_EVENT));
    expect(idOf(senders, sns("forged"))).not.toBe(idOf(senders, sns("real")));
    expect(idOf(senders, { Type: "Notification", MessageId: "n-1" })).not.toBe(
      idOf(senders, { Type: "Notification", MessageId: "n-1", a: 1 }),
    );
  });
});

const TEST_EVENT = { Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "acme-inbox" };
const CONFIRMATION = { Type: "SubscriptionConfirmation", Token: "t", SubscribeURL: "https://sns.example" };

test.each([
  ["S3 tries a notification", TEST_EVENT],
  ["S3 tries one through a topic", sns(JSON.stringify(TEST_EVENT))],
  ["a topic asks for a confirmation", CONFIRMATION],
  ["a topic asks whether a subscription is to end", { ...CONFIRMATION, Type: "UnsubscribeConfirmation" }],
])("nothing is started where %s", (_, body) => {
  expect(occasionOf(senders, record(body))).toBeUndefined();
});

test("an event of a bus that looks like a test message starts its task", () => {
  expect(idOf(bus, { ...BUS_EVENT, ...TEST_EVENT })).toBe("event e-1");
});

test.each([
  [
    "an event is larger than 256 KiB",
    senders,
    JSON.stringify("x".repeat(262_143)),
    "must be at most 262144 bytes, got 262145",
  ],
  ["an event is large in bytes, not in characters", bus, JSON.stringify("é".repeat(131_072)), "got 262146"],
  ["an event is no JSON", senders, "{", "the event must be JSON"],
  ["an event of a bus is no JSON", bus, "{", "the event must be JSON"],
  ["a schedule says no moment", schedule, "{}", "must say when it was scheduled"],
  [
    "a schedule's moment was not filled in",
    schedule,
    '{"scheduled":"<aws.scheduler.scheduled-time>"}',
    "must say when",
  ],
  ["a schedule's message is a text", schedule, "now", "must say when it was scheduled"],
])("fails when %s", (_, config, body, message) => {
  expect(() => occasionOf(config, record(body))).toThrow(BadMessage);
  expect(() => occasionOf(config, record(body))).toThrow(message);
});

const DAY_BEFORE = new Date(NOW - DAY).toISOString();
const BEFORE_THAT = new Date(NOW - DAY - 1).toISOString();

test.each([
  ["a schedule's moment", schedule, (time: string) => ({ scheduled: time.replace(/\.\d+/, "") })],
  ["an event's time on a bus", bus, (time: string) => ({ ...BUS_EVENT, time })],
  ["a topic's time", senders, (Timestamp: string) => ({ ...sns("a"), Timestamp })],
  ["a bucket's time", senders, (eventTime: string) => s3({}, { eventTime })],
  ["a bucket's time in a topic", senders, (eventTime: string) => sns(JSON.stringify(s3({}, { eventTime })))],
])("an occasion starts for a day, and then no more, by %s", (_, config, body) => {
  expect(occasionOf(config, record(body(DAY_BEFORE)), NOW - 1_000)).toBeDefined();
  const old = () => occasionOf(config, record(body(BEFORE_THAT)), NOW + 1_000);
  expect(old).toThrow(BadMessage);
  expect(old).toThrow(
    "the occasion is older than 86400 s, and may have started before: send anew what is still wanted",
  );
});

test.each([
  ["it has been in the queue for longer", NOW - DAY - 1],
  ["nothing says how long it has been in the queue", Number.NaN],
])("fails when %s, with any time in its body", (_, sent) => {
  expect(() => occasionOf(senders, record({ time: "2030-01-01T00:00:00Z" }, 1, sent))).toThrow("is older than 86400 s");
});

test("a time that is none says nothing", () => {
  expect(occasionOf(senders, record({ time: "yesterday", Timestamp: 1 }))).toBeDefined();
});

import { BadMessage, occasionOf } from "../../../runtime/starters/messages";

const record = (body: unknown) => ({
  messageId: "message-1",
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const event = { start: "event" } as const;
const schedule = { start: "schedule", body: { day: "yesterday" } } as const;

test("a schedule's moment names the start, and what is declared is sent", () => {
  const occasion = occasionOf(schedule, record({ scheduled: "2026-12-01T04:00:00Z" }));
  expect(occasion).toEqual({ id: "2026-12-01T04:00:00Z", body: '{"day":"yesterday"}' });
  expect(occasionOf({ start: "schedule" }, record({ scheduled: "2026-12-01T04:00:00Z" })).body).toBe("{}");
});

test.each([
  ["an event of EventBridge is named by its own id", { id: "e-1", "detail-type": "Object Created" }, "event e-1"],
  ["a notification of SNS is named by its own id", { Type: "Notification", MessageId: "n-1" }, "topic n-1"],
  ["an object with any id is named by its message", { id: "e-1" }, "message-1"],
  ["a list is named by its message", [1], "message-1"],
])("%s, and is sent as it came", (_, body, id) => {
  expect(occasionOf(event, record(body))).toEqual({ id, body: JSON.stringify(body) });
});

test("an event of 256 KiB is sent", () => {
  const body = JSON.stringify("x".repeat(262_142));
  expect(occasionOf(event, record(body)).body).toBe(body);
});

test.each([
  [
    "an event is larger than 256 KiB",
    event,
    JSON.stringify("x".repeat(262_143)),
    "must be at most 262144 bytes, got 262145",
  ],
  ["an event is large in bytes, not in characters", event, JSON.stringify("é".repeat(131_072)), "got 262146"],
  ["an event is no JSON", event, "{", "the event must be JSON"],
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

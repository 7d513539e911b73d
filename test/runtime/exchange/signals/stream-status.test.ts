import { createHash } from "node:crypto";
import { isStreamEnabled, noteStream } from "../../../../runtime/exchange/signals/stream-status";
import { signalStreamKey } from "../../../../runtime/store/keys";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { meanwhile } from "../../../support/meanwhile";

const NOW = 1_800_000_000;
const PAUSED = { status: "paused", at: NOW };
const DAY = 86_400;
const STREAM = { issuer: "https://login.acme.example", audience: "exchange" };
const KEY = signalStreamKey(
  createHash("sha256")
    .update(JSON.stringify([STREAM.issuer, STREAM.audience]))
    .digest("base64url"),
);

function world() {
  const at = { now: NOW };
  const store = new MemoryStore(() => at.now);
  return {
    at,
    store,
    told: (status: string) => noteStream(store, STREAM, { status, at: at.now }, at.now),
    isEnabled: () => isStreamEnabled(store, STREAM, at.now),
    item: async () => (await store.read([KEY]))[0],
  };
}

test.each(["enabled", "paused"])(
  "the last word %s of a stream that no exchange asks about any more is gone after 30 days",
  async (status) => {
    const { at, told, item } = world();
    await told(status);
    at.now += 30 * DAY - 1;
    expect(await item()).toBeDefined();
    at.now += 1;
    expect(await item()).toBeUndefined();
  },
);

test("a stream stays paused for as long as an exchange asks", async () => {
  const { at, told, isEnabled } = world();
  await told("paused");
  for (let days = 0; days < 200; days += 10) {
    at.now += 10 * DAY;
    expect(await isEnabled()).toBe(false);
  }
});

test("to ask of what lasts writes nothing", async () => {
  const { at, told, isEnabled, item } = world();
  await told("paused");
  at.now += 10 * DAY;
  await isEnabled();
  expect(await item()).toMatchObject({ version: 1 });
});

test("a status that an older exchange wrote without an end gets one", async () => {
  const { store, isEnabled, item } = world();
  await store.write([{ kind: "put", key: KEY, value: { status: "enabled", at: NOW }, when: "absent" }]);
  expect((await item())?.expiresAt).toBeUndefined();
  expect(await isEnabled()).toBe(true);
  expect((await item())?.expiresAt).toBe(NOW + 30 * DAY);
});

test("another exchange that keeps the word on at the same time is no failure", async () => {
  const { at, store, told, isEnabled } = world();
  await told("paused");
  at.now += 20 * DAY;
  meanwhile(store, [{ kind: "put", key: KEY, value: PAUSED, expiresAt: at.now + DAY, when: "any" }]);
  expect(await isEnabled()).toBe(false);
});

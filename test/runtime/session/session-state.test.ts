import { Sensitivity } from "../../../domain";
import { higher } from "../../../runtime/session/knowledge";
import { received } from "../../../runtime/session/message";
import { raised, sessionFacts, used, withDone } from "../../../runtime/session/session-state";
import { NOW, sessionOf, TIMES } from "../../support/exchange/sessions";

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `desk.action-${index}`);

test.each([
  ["the minute", 60, TIMES, false],
  ["a second more than a minute", 61, TIMES, true],
  ["a tenth of a short idle time", 12, { ...TIMES, idleSeconds: 120 }, false],
  ["more than a tenth of a short idle time", 13, { ...TIMES, idleSeconds: 120 }, true],
  ["a second of an idle time of seconds", 1, { ...TIMES, idleSeconds: 9 }, true],
  ["the same second", 0, { ...TIMES, idleSeconds: 9 }, false],
])("a use after %s is written or not", (_, ago, times, written) => {
  const session = sessionOf({ lastUsedAt: NOW - ago });
  const next = used(session, times, NOW);
  expect(next === session).toBe(!written);
  expect(next.lastUsedAt).toBe(written ? NOW : NOW - ago);
});

test("a use in the past of another exchange's clock moves nothing back", () => {
  const session = sessionOf({ lastUsedAt: NOW + 30 });
  expect(used(session, TIMES, NOW)).toBe(session);
});

test("a read that the session already has is no change", () => {
  const session = sessionOf({
    mark: "confidential",
    tainted: true,
    done: ["desk.read"],
    readable: { internal: NOW + 900 },
    writable: { restricted: NOW + 900 },
  });
  const nothingNew = {
    mark: "internal" as const,
    tainted: false,
    done: "desk.read",
    readable: { sensitivity: "internal" as const, until: NOW + 900 },
    writable: { sensitivity: "restricted" as const, until: NOW + 10 },
  };
  expect(raised(session, nothingNew, NOW)).toBe(session);
  expect(raised(session, {}, NOW)).toBe(session);
});

test("expired writable data of credentials is dropped with the next change", () => {
  const session = sessionOf({ writable: { public: NOW, internal: NOW + 1 }, readable: { restricted: NOW } });
  const next = raised(session, { tainted: true }, NOW);
  expect(next).toMatchObject({ tainted: true, writable: { internal: NOW + 1 }, readable: {} });
  expect(Object.keys(next.writable)).toEqual(["internal"]);
});

test("credentials that can write for longer take the place of shorter ones, never the other way round", () => {
  const session = sessionOf({ writable: { internal: NOW + 100 } });
  const raise = (until: number) => raised(session, { writable: { sensitivity: "internal", until } }, NOW).writable;
  expect(raise(NOW + 101)).toEqual({ internal: NOW + 101 });
  expect(raise(NOW + 99)).toEqual({ internal: NOW + 100 });
});

test("the latest 256 actions that succeeded are known, each once", () => {
  const full = names(256);
  expect(withDone(full, "desk.action-0")).toBe(full);
  expect(withDone(full, undefined)).toBe(full);
  expect(withDone(full, "desk.last")).toEqual([...full.slice(1), "desk.last"]);
});

test("the policy gets the lowest level that valid credentials may write", () => {
  const own = sessionOf({ mark: "internal", tainted: true, writable: { confidential: NOW + 10, public: NOW } });
  expect(sessionFacts(own, NOW)).toEqual({
    startedAt: own.startedAt,
    lastUsedAt: own.lastUsedAt,
    mark: "internal",
    tainted: true,
    writable: "confidential",
  });
  expect(sessionFacts(own, NOW + 10).writable).toBeNull();
});

test("a message passes its sender's mark and taint, and not its credentials' writes", () => {
  const own = sessionOf({ mark: "confidential" });
  const sender = sessionOf({
    mark: "internal",
    tainted: true,
    writable: { public: NOW + 1 },
    readable: { restricted: NOW + 1 },
  });
  const after = received(own, sender, NOW + 900, NOW);
  expect(after).toEqual({ ...own, tainted: true, readable: { internal: NOW + 420 }, untrustedUntil: NOW + 420 });
  expect(received(after, sender, NOW + 900, NOW)).toBe(after);
});

test.each([
  ["what is confidential", { mark: "confidential" }, { mark: "confidential", readable: { confidential: NOW + 420 } }],
  ["what strangers wrote", { tainted: true }, { tainted: true, untrustedUntil: NOW + 420 }],
  ["nothing", {}, {}],
] as const)("a message may still be on its way, which says %s", (_, says, becomes) => {
  const own = sessionOf();
  const after = received(own, sessionOf(says), NOW + 900, NOW);
  expect(after).toEqual({ ...own, ...becomes });
  expect(received(after, sessionOf(says), NOW + 900, NOW + 60)).toBe(after);
  expect(received(own, sessionOf({ mark: "restricted" }), NOW + 100, NOW).readable).toEqual({ restricted: NOW + 100 });
});

test("the higher of two sensitivities is the same from both sides", () => {
  for (const one of Sensitivity.all) {
    for (const other of Sensitivity.all) {
      const expected = one.rank >= other.rank ? one.name : other.name;
      expect([higher(one.name, other.name), higher(other.name, one.name)]).toEqual([expected, expected]);
    }
  }
});

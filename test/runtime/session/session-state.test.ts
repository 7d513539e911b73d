import { Sensitivity } from "../../../domain";
import { higher } from "../../../runtime/session/common";
import { joined, raised, sessionFacts, used, withDone } from "../../../runtime/session/session-state";
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

test("what a session has seen already is no change", () => {
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

test("what credentials could write is dropped with the next change, once it has expired", () => {
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

test("the policy is told the lowest that any of two domains that join may write, and all that either knows", () => {
  const own = sessionOf({ mark: "internal", writable: { confidential: NOW + 10, public: NOW } });
  const hop = sessionOf({ mark: "restricted", tainted: true, writable: { internal: NOW + 1 } });
  expect(sessionFacts(own, NOW).writable).toBe("confidential");
  expect(sessionFacts(joined(own, hop, NOW), NOW)).toEqual({
    startedAt: own.startedAt,
    lastUsedAt: own.lastUsedAt,
    mark: "restricted",
    tainted: true,
    writable: "internal",
  });
  expect(sessionFacts(joined(own, hop, NOW), NOW + 10).writable).toBeNull();
});

test("the higher of two sensitivities is the same from both sides", () => {
  for (const one of Sensitivity.all) {
    for (const other of Sensitivity.all) {
      const expected = one.rank >= other.rank ? one.name : other.name;
      expect([higher(one.name, other.name), higher(other.name, one.name)]).toEqual([expected, expected]);
    }
  }
});

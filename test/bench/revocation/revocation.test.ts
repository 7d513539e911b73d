import { limitRows, refusalRows, revocationText } from "./report";
import { failures, isAccepted, p50, p99, type Refused, type RevocationResult } from "./result";

const round = (milliseconds: number, failed = 0): Refused => ({
  milliseconds: Array.from({ length: 100 }, () => milliseconds),
  failed,
});

const result: RevocationResult = {
  machine: "a machine",
  busy: 0,
  rounds: {
    few: { exchange: [round(2), round(4)], gateway: [round(5), round(10)] },
    many: { exchange: [round(2), round(4)], gateway: [round(5), round(11)] },
  },
};

test("times are of all rounds together", () => {
  expect([p50(result.rounds.few.exchange), p99(result.rounds.few.exchange)]).toEqual([3, 4]);
  expect(refusalRows(result)[1]).toEqual([
    "refused at the exchange, 10 in force",
    "3.0 ms",
    "4.0 ms",
    "at most 20 ms",
    "met",
  ]);
});

test("many revocations in force are compared with few per round", () => {
  expect(limitRows(result)[2]).toEqual([
    "at the gateway, p50 with 10,000 in force over 10",
    "1.05",
    "1.00 to 1.10",
    "at most 1.15",
    "met",
  ]);
  expect(revocationText(result)).toContain("2 rounds of 100 orders for each place");
});

test.each<[string, Refused]>([
  ["a refusal comes too late", round(21)],
  ["many in force are slower", round(12)],
  ["a request is allowed after the order", round(5, 1)],
])("is not accepted where %s", (_, changed) => {
  const many = { ...result.rounds.many, gateway: [changed, changed] };
  expect(isAccepted(result)).toBe(true);
  expect(isAccepted({ ...result, rounds: { ...result.rounds, many } })).toBe(false);
  expect(failures({ rounds: { ...result.rounds, many } })).toBe(changed.failed * 2);
});

import { auditCostText, isAccepted } from "../audit-cost/result";
import { telemetryText } from "../telemetry/result";
import { ratioOf } from "./result";

const RESULT = {
  machine: "a machine",
  busy: 1.25,
  spans: 9,
  token: { off: [100, 200, 100], on: [110, 260, 120] },
  call: { off: [1_000, 1_000, 1_000], on: [1_100, 1_050, 1_200] },
};

test("the ratio is of the same rounds, with the least and the most", () => {
  expect(ratioOf(RESULT.token)).toEqual({ median: 1.2, lowest: 1.1, highest: 1.3 });
});

test("the page says what was measured, on what, and how far it scatters", () => {
  const text = telemetryText(RESULT);
  expect(text).toContain("a machine, load average 1.3 at the start, 3 rounds");
  expect(text).toMatch(/a call through the gateway *\| 1,000 µs *\| 1,100 µs *\| 1\.10 *\| 1\.05 to 1\.20/);
});

test("records and their log may add 15 % to a token and to a call", () => {
  const result = { ...RESULT, token: { off: [100, 100], on: [115, 115] } };
  expect(isAccepted(result)).toBe(true);
  expect(auditCostText(result)).toMatch(/a token of the exchange *\| 100 µs *\| 115 µs .*at most 1\.15 \| met/);
});

test.each(["token", "call"])("fails when records add more than 15 %% to a %s", (place) => {
  const result = { ...RESULT, token: RESULT.call, [place]: { off: [100, 100], on: [116, 116] } };
  expect(isAccepted(result)).toBe(false);
  expect(auditCostText(result)).toContain("missed");
});

import type { PartName } from "./schedules";
import { type Measured, tableOf } from "./times";

function measured(part: PartName, outage: number, change: Partial<Measured> = {}): Measured {
  return { fault: { part, harm: "kill", after: 0, lasts: 0 }, isAlone: true, outage, back: 800, ...change };
}

test("a part that was harmed once has one time, and one that was not is left out", () => {
  expect(tableOf([measured("opa", 1_240)])).toEqual([
    "opa: harmed 1 times; calls passed again after 1.2 s; it ran again after 0.8 s",
  ]);
});

test("reports median and maximum of several times, and of the part alone", () => {
  const paired = { isAlone: false, back: 2_000 };
  const all = [measured("exchange", 9_000, paired), measured("exchange", 3_000), measured("exchange", 4_000, paired)];
  expect(tableOf(all)).toEqual([
    "exchange: harmed 3 times; calls passed again after 4.0 s, 9.0 s at most, alone after 3.0 s; it ran again after 2.0 s, 2.0 s at most",
  ]);
});

test("where no call has failed, they passed at once", () => {
  expect(tableOf([measured("spire-agent", 0), measured("spire-agent", 0)])).toEqual([
    "spire-agent: harmed 2 times; calls passed again at once; it ran again after 0.8 s, 0.8 s at most",
  ]);
});

import fc from "fast-check";
import type { PendingAct } from "../../../runtime/audit/batch";
import { WaitingActs } from "../../../runtime/audit/waiting-acts";
import "../../support/depth";

let looks = 0;
const act = (...keys: readonly string[]): PendingAct =>
  ({
    get keys() {
      looks += 1;
      return keys;
    },
    bytes: 1,
  }) as unknown as PendingAct;

test("acts that write to the same keys are taken one after the other, in their order, and no act is left", () => {
  const acts = fc.array(fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { maxLength: 3 }), { maxLength: 60 });
  fc.assert(
    fc.property(acts, fc.nat(60), (wanted, early) => {
      const all = wanted.map((keys) => act(...keys));
      const waiting = new WaitingActs();
      const taken: PendingAct[] = [];
      for (const one of all.slice(0, early)) waiting.add(one);
      for (let first = true; first || waiting.size > 0; first = false) {
        const batch = waiting.take();
        if (first) for (const one of all.slice(early)) waiting.add(one);
        const keys = batch.flatMap((one) => one.keys);
        expect(new Set(keys).size).toBe(keys.length);
        taken.push(...batch);
        for (const one of batch) waiting.end(one);
      }
      const withKey = (from: readonly PendingAct[], key: string) => from.filter(({ keys }) => keys.includes(key));
      for (const key of ["a", "b", "c", "d"]) expect(withKey(taken, key)).toEqual(withKey(all, key));
      expect(new Set(taken)).toEqual(new Set(all));
    }),
  );
});

test("an act does not wait for those that write to other keys, however many they are", () => {
  const waiting = new WaitingActs();
  for (let index = 0; index < 1_000; index += 1) waiting.add(act("busy"));
  const other = act("other");
  waiting.add(other);
  expect(waiting.take()).toContain(other);
});

test("the work for one act does not grow with those that wait", () => {
  const waiting = new WaitingActs();
  const acts = 2_000;
  looks = 0;
  for (let index = 0; index < acts; index += 1) waiting.add(act("busy"));
  for (let batch = waiting.take(); batch.length > 0; batch = waiting.take()) for (const one of batch) waiting.end(one);
  expect(waiting.size).toBe(0);
  expect(looks).toBeLessThan(5 * acts);
});

test("after all were given up, those that come later wait for none of them", () => {
  const waiting = new WaitingActs();
  const [first, second, third, later] = [act("a", "b"), act("b"), act("c"), act("b")];
  for (const one of [first, second, third]) waiting.add(one);
  expect(waiting.take()).toEqual([first, third]);
  expect(waiting.giveUp()).toEqual([second]);
  waiting.add(later);
  waiting.end(first);
  expect(waiting.take()).toEqual([later]);
  expect(waiting.size).toBe(0);
});

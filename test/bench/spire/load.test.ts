import { setTimeout as sleep } from "node:timers/promises";
import { closedLoop, openLoop, percentile } from "./load";

test("a percentile is a value that was measured", () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect([percentile(values, 0.99), percentile(values, 1), percentile([7], 0.99)]).toEqual([198, 200, 7]);
  expect(() => percentile([], 0.99)).toThrow("nothing was measured");
});

test("a closed loop never has more requests open than callers", async () => {
  let [open, most] = [0, 0];
  const ask = async (): Promise<void> => {
    most = Math.max(most, ++open);
    await sleep(1);
    open--;
  };
  await closedLoop(ask, 5, 0.05);
  expect(most).toBe(5);
});

test("an open loop sends on while nothing is answered", async () => {
  let [sent, release] = [0, (): void => undefined];
  const gate = new Promise<void>((resolve) => (release = resolve));
  const ask = (): Promise<void> => {
    if (++sent === 20) release();
    return gate;
  };
  await openLoop(ask, 1_000, 0.02);
  expect(sent).toBe(20);
});

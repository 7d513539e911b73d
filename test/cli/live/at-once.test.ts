import { atOnce } from "../../../cli/live/at-once";

const ITEMS = [0, 1, 2, 3, 4, 5, 6];
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
};

test("gives results in the order of the items, however long each takes", async () => {
  const slowFirst = atOnce(ITEMS, 3, async (item) => {
    await turns(20 - 2 * item);
    return item * 10;
  });
  expect(await slowFirst).toEqual(ITEMS.map((item) => item * 10));
  expect(await atOnce([], 3, async () => 1)).toEqual([]);
});

test.each([1, 3, 20])("works on %i at once, and no more", async (most) => {
  let now = 0;
  let highest = 0;
  await atOnce(ITEMS, most, async () => {
    highest = Math.max(highest, ++now);
    await turns(5);
    now -= 1;
  });
  expect(highest).toBe(Math.min(most, ITEMS.length));
});

test("fails with the failure of the first item, begins no further one, and leaves none at work", async () => {
  const begun: number[] = [];
  let ended = 0;
  const failing = atOnce(ITEMS, 3, async (item) => {
    begun.push(item);
    await turns(item === 2 ? 1 : 9);
    ended += 1;
    if (item > 0) throw new Error(`item ${item}`);
  });
  await expect(failing).rejects.toThrow("item 1");
  expect([begun, ended]).toEqual([[0, 1, 2], 3]);
});

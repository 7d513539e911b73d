import { MemoryStore } from "../../../runtime/store/memory-store";
import { depth } from "../../support/depth";
import { CONTRACT_TIME, STORE_CONTRACT } from "../../support/store-contract";

describe("MemoryStore", () => {
  test.each(STORE_CONTRACT)("%s", async (_, check) => {
    const clock = { now: CONTRACT_TIME };
    await check({ store: new MemoryStore(() => clock.now), clock, rounds: depth(300) });
  });

  test("forgets expired items, even without requests for them", async () => {
    let now = CONTRACT_TIME;
    const store = new MemoryStore(() => now);
    const kept = (): number => store.dump().length;
    const write = (from: number, count: number) =>
      store.write(
        Array.from({ length: count }, (_, index) => ({
          kind: "put",
          key: { partition: `p${from + index}`, sort: "s" },
          value: 1,
          expiresAt: CONTRACT_TIME + 60,
          when: "any",
        })),
      );
    for (let round = 0; round < 30; round++) await write(round * 100, 100);
    expect(kept()).toBe(3_000);
    now = CONTRACT_TIME + 60;
    for (let round = 0; round < 11; round++) await write(0, 100);
    expect(kept()).toBe(0);
  });

  test("is another store than the next one", async () => {
    expect(await new MemoryStore().identity()).not.toBe(await new MemoryStore().identity());
  });

  test("hands out nothing by which what it keeps could be changed", async () => {
    const store = new MemoryStore();
    const key = { partition: "p", sort: "s" };
    const value = { list: [1] };
    await store.write([{ kind: "put", key, value, when: "any" }]);
    value.list.push(2);
    const [item] = await store.read([key]);
    (item?.value as { list: number[] }).list.push(3);
    expect((await store.read([key]))[0]?.value).toEqual({ list: [1] });
  });
});

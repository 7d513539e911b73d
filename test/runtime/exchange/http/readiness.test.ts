import { readiness, type ReadinessProps } from "../../../../runtime/exchange/server/readiness";

const never = (): never => {
  throw new Error("not there");
};
const SOUND = {
  registry: { current: () => ({}) },
  state: async () => ({}),
  keys: { signer: {} },
  identity: { isReady: true },
} as unknown as ReadinessProps;
const voided = Object.defineProperty({}, "signer", { get: never });

test.each<readonly [unready: readonly string[], change: object]>([
  [[], {}],
  [["registry"], { registry: { current: never } }],
  [["store"], { state: async () => never() }],
  [["signer"], { keys: voided }],
  [["bundle"], { identity: { isReady: false } }],
  [
    ["registry", "store", "signer", "bundle"],
    { registry: { current: never }, state: never, keys: voided, identity: { isReady: false } },
  ],
])("names %j", async (unready, change) => {
  expect(await readiness({ ...SOUND, ...change } as ReadinessProps)()).toEqual(unready);
});

test("many who ask cause one look in a second", async () => {
  let looks = 0;
  const ready = readiness({ ...SOUND, state: async () => (looks += 1) });
  await Promise.all(Array.from({ length: 50 }, ready));
  expect(looks).toBe(1);
});

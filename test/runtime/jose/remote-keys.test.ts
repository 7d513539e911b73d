import { KeysUnavailable } from "../../../runtime/jose/key-source";
import { KEY_TIMES, RemoteKeys, RemoteKeySources } from "../../../runtime/jose/remote-keys";
import { jwkOf, tokenKey } from "../../support/tokens";

const ADDRESS = "https://login.acme.example/keys";
const [one, two] = [tokenKey("one"), tokenKey("two")];

/** An issuer whose keys, answers and clock a test sets */
function issuer(...keys: readonly ReturnType<typeof tokenKey>[]) {
  const state = { now: 1_000_000, fetched: 0, answer: () => Promise.resolve(keySet(...keys)) };
  const get = (address: string) => {
    expect(address).toBe(ADDRESS);
    state.fetched += 1;
    return state.answer();
  };
  return { state, keys: new RemoteKeys({ address: ADDRESS, get, elapsed: () => state.now * 1_000 }) };
}

function keySet(...keys: readonly ReturnType<typeof tokenKey>[]): Buffer {
  return Buffer.from(JSON.stringify({ keys: keys.map((key) => jwkOf(key)) }));
}

const down = () => Promise.reject(new Error("no answer"));

test("keys are fetched once, when the first is asked for", async () => {
  const { state, keys } = issuer(one);
  expect(state.fetched).toBe(0);
  await Promise.all(Array.from({ length: 20 }, () => keys.keyOf("one", "ES256")));
  expect(await keys.keyOf("one", "ES256")).toBeDefined();
  expect(state.fetched).toBe(1);
});

test("a key that is not there is fetched, but not more often than the cool-down allows", async () => {
  const { state, keys } = issuer(one);
  await keys.keyOf("one", "ES256");
  state.answer = () => Promise.resolve(keySet(one, two));
  state.now += KEY_TIMES.coolDown;
  expect(await keys.keyOf("two", "ES256")).toBeDefined();
  expect(state.fetched).toBe(2);
  for (let asked = 0; asked < 100; asked += 1) expect(await keys.keyOf(`unknown-${asked}`, "ES256")).toBeUndefined();
  expect(state.fetched).toBe(2);
  state.now += KEY_TIMES.coolDown - 1;
  await keys.keyOf("unknown", "ES256");
  expect(state.fetched).toBe(2);
  state.now += 1;
  await Promise.all(Array.from({ length: 20 }, (_, index) => keys.keyOf(`unknown-${index}`, "ES256")));
  expect(state.fetched).toBe(3);
});

test("a key of another algorithm is there, and nothing is fetched for it", async () => {
  const { state, keys } = issuer(one);
  await keys.keyOf("one", "ES256");
  state.now += KEY_TIMES.coolDown;
  expect(await keys.keyOf("one", "RS256")).toBeUndefined();
  expect(state.fetched).toBe(1);
});

test("ageing keys are used while new ones are fetched", async () => {
  const { state, keys } = issuer(one);
  await keys.keyOf("one", "ES256");
  let answer: (set: Buffer) => void = () => undefined;
  state.answer = () => new Promise((resolve) => (answer = resolve));
  state.now += KEY_TIMES.refresh;
  expect(await keys.keyOf("one", "ES256")).toBeDefined();
  expect(state.fetched).toBe(2);
  answer(keySet(two));
  expect(await keys.keyOf("two", "ES256")).toBeDefined();
  state.now += KEY_TIMES.coolDown - 1;
  expect(await keys.keyOf("one", "ES256")).toBeUndefined();
  expect(state.fetched).toBe(2);
});

test("a key that was taken back is not used once its set has aged", async () => {
  const { state, keys } = issuer(one);
  await keys.keyOf("one", "ES256");
  state.answer = () => Promise.resolve(keySet(two));
  state.now += KEY_TIMES.fresh;
  expect(await keys.keyOf("one", "ES256")).toBeUndefined();
});

test("fails when a key was taken back, although the clock was set back since", async () => {
  const get = jest.fn(async () => keySet(one));
  const keys = new RemoteKeys({ address: ADDRESS, get });
  await keys.keyOf("one", "ES256");
  get.mockImplementation(async () => keySet(two));
  jest.spyOn(Date, "now").mockReturnValue(Date.now() - 86_400_000);
  jest.spyOn(performance, "now").mockReturnValue(performance.now() + KEY_TIMES.fresh * 1_000);
  expect(await keys.keyOf("one", "ES256")).toBeUndefined();
  expect(await keys.keyOf("two", "ES256")).toBeDefined();
  jest.restoreAllMocks();
});

test("the old keys go on where a fetch fails, for a day", async () => {
  const { state, keys } = issuer(one);
  await keys.keyOf("one", "ES256");
  state.answer = down;
  state.now += KEY_TIMES.oldest - 1;
  expect(await keys.keyOf("one", "ES256")).toBeDefined();
  expect(await keys.keyOf("two", "ES256")).toBeUndefined();
  expect(state.fetched).toBe(2);
  state.now += 1;
  await expect(keys.keyOf("one", "ES256")).rejects.toThrow(KeysUnavailable);
  state.answer = () => Promise.resolve(keySet(one));
  state.now += KEY_TIMES.coolDown;
  expect(await keys.keyOf("one", "ES256")).toBeDefined();
});

test("fails when no keys are known, and asks again after the cool-down", async () => {
  const { state, keys } = issuer(one);
  const sound = state.answer;
  state.answer = down;
  await expect(keys.keyOf("one", "ES256")).rejects.toThrow(`${ADDRESS} gave no keys`);
  await expect(keys.keyOf("one", "ES256")).rejects.toThrow(KeysUnavailable);
  expect(state.fetched).toBe(1);
  state.answer = sound;
  state.now += KEY_TIMES.coolDown;
  expect(await keys.keyOf("one", "ES256")).toBeDefined();
});

test.each([
  ["no JSON", "<html></html>"],
  ["nothing", ""],
  ["no key set", '{"keys":{}}'],
  ["a set with a member twice", '{"keys":[],"keys":[]}'],
  ["a list of keys", "[]"],
])("the old keys go on where the answer is %s", async (_, body) => {
  const { state, keys } = issuer(one);
  await keys.keyOf("one", "ES256");
  state.answer = () => Promise.resolve(Buffer.from(body));
  state.now += KEY_TIMES.fresh;
  expect(await keys.keyOf("one", "ES256")).toBeDefined();
  expect(state.fetched).toBe(2);
});

test("no keys is an answer: none of the old ones goes on", async () => {
  const { state, keys } = issuer(one);
  await keys.keyOf("one", "ES256");
  state.answer = () => Promise.resolve(keySet());
  state.now += KEY_TIMES.fresh;
  expect(await keys.keyOf("one", "ES256")).toBeUndefined();
});

test("times are as documented", () => {
  expect(KEY_TIMES).toEqual({ refresh: 240, fresh: 300, oldest: 86_400, coolDown: 10 });
});

test("each address has one source", () => {
  const sources = new RemoteKeySources({ get: () => Promise.resolve(keySet(one)) });
  expect(sources.of(ADDRESS)).toBe(sources.of(ADDRESS));
  expect(sources.of(ADDRESS)).not.toBe(sources.of(`${ADDRESS}/other`));
});

import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sizeOf } from "./cold-starts";
import { fleetOf } from "./fleets";
import { javaOf } from "./java";
import type { Load } from "./load";
import { onlyOn } from "./processors";
import { exchangeText, fleetRows, functionRows, keycloakRows, partsRows } from "./report";
import { type ColdStart, type ExchangeResult, growthOf, isAccepted, overKeycloak, overParts } from "./result";
import { checkToken, partsOf } from "./sample";
import { inTurns } from "./turns";

/** 1,000 answers in a second, each of which takes so many microseconds of the server's processor */
function load(cpuMicroseconds: number): Load {
  return {
    answers: 1_000,
    seconds: 1,
    cpuSeconds: cpuMicroseconds / 1_000,
    p50Milliseconds: 5,
    p99Milliseconds: 12.34,
  };
}

const loads = (...micros: readonly number[]): readonly Load[] => micros.map(load);

/** Milliseconds until it was loaded and until it answered */
const starts = (...ages: readonly (readonly [number, number])[]): readonly ColdStart[] =>
  ages.map(([loaded, answered]) => ({ loaded, answered }));

const result: ExchangeResult = {
  machine: "a machine",
  busy: 0,
  processors: "servers on one processor, the client on another",
  stores: { memory: loads(500, 500, 480), level: loads(600, 600, 600) },
  keycloaks: [
    { name: "Keycloak, Java 17", java: 17, loads: loads(2_000, 1_250, 1_440) },
    { name: "Keycloak, Java 25", java: 25, loads: loads(1_000, 750, 1_920) },
  ],
  parts: [
    { jose: 200, cedar: 150, echo: 50 },
    { jose: 200, cedar: 150, echo: 50 },
    { jose: 200, cedar: 150, echo: 50 },
  ],
  fleets: { "10": loads(400, 400, 400), "1000": loads(410, 410, 410), "10000": loads(500, 600, 800) },
  functions: {
    empty: { zipped: 180, unpacked: 1_060, starts: starts([50, 60], [40, 50], [100, 110]) },
    exchange: { zipped: 1_880_000, unpacked: 5_700_400, starts: starts([150, 300], [200, 300], [200, 550]) },
  },
};

test("the exchange is compared with Keycloak by what a second of a processor makes, per round", () => {
  const [on17, on25] = result.keycloaks;
  expect(overKeycloak(result, on17!)).toEqual({ median: 3, lowest: 2.5, highest: 4 });
  expect(overKeycloak(result, on25!)).toEqual({ median: 2, lowest: 1.5, highest: 4 });
  expect(keycloakRows(result)).toEqual([
    ["", "per second", "per core", "p50, ms", "p99, ms", "Ambit / it, per core", "min to max", "limit", ""],
    ["Ambit", "1,000", "2,000", "5.0", "12.3", "", "", "", ""],
    ["Keycloak, Java 17", "1,000", "694", "5.0", "12.3", "3.00", "2.50 to 4.00", "at least 3", "met"],
    ["Keycloak, Java 25", "1,000", "1,000", "5.0", "12.3", "2.00", "1.50 to 4.00", "at least 2", "met"],
  ]);
});

test("an exchange is compared with the sum of its parts of the same round; durable stores are shown without a limit", () => {
  expect(overParts(result)).toEqual({ median: 1.25, lowest: 1.2, highest: 1.25 });
  expect(partsRows(result).map((row) => [row[0], row[1], row[2], row.at(-1)])).toEqual([
    ["", "time", "over the sum", ""],
    ["verify and sign with jose", "200 µs", "", ""],
    ["decide with Cedar", "150 µs", "", ""],
    ["answer over HTTP", "50 µs", "", ""],
    ["sum of these", "400 µs", "", ""],
    ["exchange, memory", "500 µs", "1.25", "met"],
    ["exchange, level", "600 µs", "1.50", ""],
  ]);
});

test("the largest fleet is compared with the smallest, per round", () => {
  expect(growthOf(result)).toEqual({ median: 1.5, lowest: 1.25, highest: 2 });
  expect(fleetRows(result)[1]).toEqual([
    "exchange, memory",
    "400 µs",
    "410 µs",
    "600 µs",
    "1.50",
    "1.25 to 2.00",
    "at most 1.25",
    "missed",
  ]);
});

test("the function is compared with an empty handler of the same round, and shown without a limit", () => {
  expect(functionRows(result)).toEqual([
    ["", "zipped", "unpacked", "loaded", "min to max", "first answer", "min to max"],
    ["an empty handler", "0.2 kB", "1.1 kB", "50 ms", "40 to 100", "60 ms", "50 to 110"],
    ["exchange, DynamoDB and KMS", "1,880 kB", "5,700.4 kB", "200 ms", "150 to 200", "300 ms", "300 to 550"],
    ["exchange / empty", "", "", "3.00", "2.00 to 5.00", "5.00", "5.00 to 6.00"],
  ]);
});

const flat = { ...result, fleets: { ...result.fleets, "10000": loads(500, 500, 500) } };

test.each<[string, ExchangeResult, boolean]>([
  ["every limit is met", flat, true],
  ["a fleet is too slow", result, false],
  ["Keycloak on Java 17 is too fast", { ...flat, keycloaks: [slower(0, 1_400), flat.keycloaks[1]!] }, false],
  ["Keycloak on Java 25 is too fast", { ...flat, keycloaks: [flat.keycloaks[0]!, slower(1, 900)] }, false],
  ["Keycloak was not measured on one Java", { ...flat, keycloaks: flat.keycloaks.slice(0, 1) }, false],
  [
    "Keycloak has no rounds",
    { ...flat, keycloaks: flat.keycloaks.map((one) => ({ ...one, loads: [] as Load[] })) },
    false,
  ],
  ["the parts take less", { ...flat, parts: flat.parts.map((parts) => ({ ...parts, echo: 20 })) }, false],
])("accepted or not: %s", (_, measured, accepted) => {
  expect(isAccepted(measured)).toBe(accepted);
});

function slower(index: number, micros: number): ExchangeResult["keycloaks"][number] {
  return { ...result.keycloaks[index]!, loads: loads(micros, micros, micros) };
}

test("the page says under which circumstances, and has every table", () => {
  const text = exchangeText(result);
  expect(text).toMatch(/^a machine, load average 0\.0 at the start, servers on one .*, 8 callers, 3 rounds:\n\n\| /);
  expect(text.match(/^\| --- /gm)?.length).toBe(4);
});

test("sides take turns in going first, and each is measured in every round", async () => {
  const order: string[] = [];
  const side = (name: string) => async () => order.push(name);
  const values = await inTurns({ a: side("a"), b: side("b"), c: side("c") }, 4);
  expect(order.join("")).toBe("abcbcacababc");
  expect(values).toEqual({ a: [1, 6, 8, 10], b: [2, 4, 9, 11], c: [3, 5, 7, 12] });
});

test("a side that fails ends the bench", async () => {
  await expect(inTurns({ a: async () => Promise.reject(new Error("refused")) }, 2)).rejects.toThrow("refused");
});

test("a program is held on one processor", () => {
  expect(onlyOn(1, "node", ["a.js"])).toEqual(["taskset", ["--cpu-list", "1", "node", "a.js"]]);
});

test.each([
  ["ES256", 300, undefined],
  ["RS256", 300, "Keycloak must sign with ES256 for 300 s, got RS256 for 300 s"],
  ["ES256", 60, "Keycloak must sign with ES256 for 300 s, got ES256 for 60 s"],
])("tokens of %s for %d s are compared or refused", (alg, seconds, refusal) => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = `${part({ alg })}.${part({ iat: 1_000, exp: 1_000 + seconds })}.`;
  expect(partsOf(token)[0]).toEqual({ alg });
  if (refusal === undefined) expect(() => checkToken(token, "Keycloak")).not.toThrow();
  else expect(() => checkToken(token, "Keycloak")).toThrow(refusal);
});

test("the same kind of agent asks in fleets of every size: it has no AWS data", () => {
  const documents = [10, 40].map((agents) => {
    const { agent, document } = fleetOf(agents);
    const { registry } = document("https://users.example", "https://starter.example");
    expect(JSON.stringify(registry)).toContain('"jwksUri":"https://users.example/keys"');
    return agent;
  });
  expect(documents).toEqual(["worker-00006", "worker-00021"]);
  expect(() => fleetOf(1)).toThrow("a fleet must have at least 3 agents, got 1");
});

test("a function's size counts every file, and its archive is packed", () => {
  const folder = mkdtempSync(join(tmpdir(), "ambit-size-"));
  try {
    const code = join(folder, "code");
    mkdirSync(join(code, "cedar"), { recursive: true });
    writeFileSync(join(code, "main.js"), "a".repeat(6_000));
    writeFileSync(join(code, "cedar", "a.cedar"), "b".repeat(4_000));
    const { unpacked, zipped } = sizeOf(code);
    expect(unpacked).toBe(10_000);
    expect(zipped).toBe(statSync(join(folder, "code.zip")).size);
    expect(zipped).toBeLessThan(1_000);
    expect(() => sizeOf(join(folder, "none"))).toThrow("ENOENT");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("Java", () => {
  const folder = mkdtempSync(join(tmpdir(), "ambit-java-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const release = (name: string, text: string, hasJava: boolean): string => {
    mkdirSync(join(folder, name, "bin"), { recursive: true });
    if (hasJava) writeFileSync(join(folder, name, "bin", "java"), "");
    writeFileSync(join(folder, name, "release"), text);
    return join(folder, name, "release");
  };

  test("is known by its release file", () => {
    const path = release("25", 'IMPLEMENTOR="x"\nJAVA_VERSION="25.0.3"\nOS_NAME="Linux"\n', true);
    expect(javaOf(path)).toEqual({ home: join(folder, "25"), version: "25.0.3", major: 25 });
  });

  test("is none without a version or a program", () => {
    expect(javaOf(release("none", "OS_NAME=Linux\n", true))).toBeUndefined();
    expect(javaOf(release("documents", 'JAVA_VERSION="17.0.15"\n', false))).toBeUndefined();
  });
});

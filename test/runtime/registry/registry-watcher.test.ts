import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { RegistryUnavailable } from "../../../runtime/registry/registry";
import { RegistryError } from "../../../runtime/registry/registry-error";
import { FileSource, type Published, type RegistrySource } from "../../../runtime/registry/registry-source";
import {
  type RegistryEvent,
  RegistryWatcher,
  type RegistryWatcherProps,
} from "../../../runtime/registry/registry-watcher";
import { registryFile, type SignedRegistry } from "../../../runtime/registry/signed-registry";
import { keyFile, temporaryFolder } from "../../support/bundles";
import {
  otherDomainDocument,
  SCOPE,
  signedExample,
  suspendedDocument,
  TRUST_DOMAIN,
} from "../../support/exchange/signed-example";
import { depth } from "../../support/depth";

const folder = temporaryFolder("watcher");
const { signer, publicKey } = keyFile(folder, "registry-key");
const other = keyFile(folder, "other-key");
const TRIAGE = "spiffe://prod.acme.example/ns/support/sa/support-triage";

class FakeSource implements RegistrySource {
  public readonly name = "memory";
  public there: SignedRegistry | Error | undefined;
  public fetched = 0;

  public async read(): Promise<Published | undefined> {
    const { there } = this;
    if (there instanceof Error) throw there;
    return there && { token: there.token, packed: async () => (this.fetched++, there.packed) };
  }
}

let source: FakeSource;
let events: RegistryEvent[];
let seconds: number;
let one: SignedRegistry;
let two: SignedRegistry;
beforeAll(async () => {
  [one, two] = [await signedExample(signer, 1), await signedExample(signer, 2, suspendedDocument)];
});
beforeEach(() => {
  [source, events, seconds] = [new FakeSource(), [], 0];
});

function watcherWith(changes: Partial<RegistryWatcherProps> = {}): RegistryWatcher {
  return new RegistryWatcher({
    source,
    publicKeys: [publicKey],
    scope: SCOPE,
    trustDomain: TRUST_DOMAIN,
    elapsed: () => seconds * 1_000,
    onEvent: (event) => void events.push(event),
    ...changes,
  });
}

async function holding(registry: SignedRegistry): Promise<RegistryWatcher> {
  const watcher = watcherWith();
  source.there = registry;
  await watcher.look();
  events.length = 0;
  return watcher;
}

const kinds = () => events.map(({ kind }) => kind);
const reason = () => events.flatMap((event) => ("reason" in event ? [event.reason] : []));

test("before the first look there is no registry", () => {
  expect(() => watcherWith().current()).toThrow(new RegistryUnavailable("no sound registry was found at memory"));
});

test("takes a sound registry, and a newer one, and tells of it", async () => {
  const watcher = await holding(one);
  expect(watcher.current().revision).toBe(1);
  source.there = two;
  await watcher.look();
  expect(watcher.current().revision).toBe(2);
  expect(watcher.current().policy.agents[TRIAGE]?.suspended).toBe(true);
  expect(events).toEqual([
    { kind: "registry.taken", from: 1, manifest: expect.objectContaining({ revision: 2, keyId: "registry-key" }) },
  ]);
});

test("what has not changed is neither fetched nor told again", async () => {
  const watcher = await holding(one);
  const view = watcher.current();
  await watcher.look();
  await watcher.look();
  expect(watcher.current()).toBe(view);
  expect([source.fetched, events]).toEqual([1, []]);
});

test("notes a revision before it is in force, and none that is not sound", async () => {
  const noted: [revision: number, inForce: number][] = [];
  const watcher = watcherWith({
    note: async (revision) => (noted.push([revision, noted.length && watcher.current().revision]), revision),
  });
  for (const there of [one, await signedExample(other.signer, 2), two]) {
    source.there = there;
    await watcher.look();
  }
  expect(noted).toEqual([
    [1, 0],
    [2, 1],
  ]);
});

test("fails to take a registry that cannot be noted, until it can be", async () => {
  let down = true;
  const watcher = watcherWith({
    note: async (revision) => (down ? Promise.reject(new Error("the store is down")) : revision),
  });
  source.there = one;
  await watcher.look();
  expect(() => watcher.current()).toThrow("no sound registry was found at memory: the store is down");
  expect(kinds()).toEqual(["registry.unreachable"]);
  down = false;
  await watcher.look();
  expect(watcher.current().revision).toBe(1);
});

test("fails to take an older registry than another process has had in force", async () => {
  const watcher = watcherWith({ note: async () => 2 });
  source.there = one;
  await watcher.look();
  expect(() => watcher.current()).toThrow(
    "the registry must not be older than the last one: revision 2 was in force, got 1: sign it again",
  );
  source.there = two;
  await watcher.look();
  expect(watcher.current().revision).toBe(2);
});

test("each of several keys may sign", async () => {
  const watcher = watcherWith({ publicKeys: [other.publicKey, publicKey] });
  source.there = one;
  await watcher.look();
  source.there = await signedExample(other.signer, 2);
  await watcher.look();
  expect(watcher.current().revision).toBe(2);
});

test("a suspended agent stays suspended if an older registry is put back", async () => {
  const watcher = await holding(two);
  source.there = one;
  await watcher.look();
  expect(watcher.current().policy.agents[TRIAGE]?.suspended).toBe(true);
  expect(reason()).toEqual([
    "the registry must not be older than the last one: revision 2 was in force, got 1: sign it again",
  ]);
  source.there = two;
  await watcher.look();
  expect(kinds()).toEqual(["registry.refused", "registry.found"]);
});

describe("keeps the last registry, and says why, when the newer one", () => {
  const cases: Readonly<Record<string, readonly [() => Promise<SignedRegistry | undefined>, RegExp]>> = {
    "is of another key": [
      () => signedExample(other.signer, 2),
      /^the signature, by key "other-key", is not of this public key$/,
    ],
    "is of another scope": [
      () => signedExample(signer, 2, suspendedDocument, "test"),
      /^the signature must be of ambit and of scope "deploy"/,
    ],
    "is of another trust domain": [
      () => signedExample(signer, 2, otherDomainDocument),
      /^the registry must be of trust domain "prod\.acme\.example", got "test\.acme\.example"$/,
    ],
    "has the content of the last one": [
      async () => ({ token: two.token, packed: one.packed }),
      /^the packed registry is not what was signed/,
    ],
    "lacks its last byte": [
      async () => ({ token: two.token, packed: two.packed.subarray(0, -1) }),
      /^the packed registry is not what was signed/,
    ],
    "is gone": [async () => undefined, /^there is no registry at memory: publish one$/],
  };

  test.each(Object.entries(cases))("%s", async (_, [make, message]) => {
    const watcher = await holding(one);
    source.there = await make();
    await watcher.look();
    await watcher.look();
    expect(watcher.current().revision).toBe(1);
    expect(kinds()).toEqual(["registry.refused"]);
    expect(reason()[0]).toMatch(message);
  });

  test("has any byte changed", async () => {
    const watcher = await holding(one);
    const [tokenBytes, bytes] = [Buffer.from(two.token), two.packed.length];
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 127 }), fc.boolean(), async (position, by, inToken) => {
        const token = Buffer.from(tokenBytes);
        const packed = Buffer.from(two.packed);
        if (inToken) token[position % token.length] = (token[position % token.length] as number) ^ by;
        else packed[position % bytes] = (packed[position % bytes] as number) ^ by;
        source.there = { token: token.toString("latin1"), packed };
        await watcher.look();
        expect(watcher.current().revision).toBe(1);
        expect(events.splice(0).every(({ kind }) => kind === "registry.refused")).toBe(true);
      }),
      { numRuns: depth(200) },
    );
    source.there = two;
    await watcher.look();
    expect(watcher.current().revision).toBe(2);
  });
});

describe("nothing is known any more", () => {
  const STALE = /^no sound registry was found at memory for 61 s, and 60 s are allowed: /;

  test.each([
    ["does not answer", (): Error => new Error("no route"), "registry.unreachable", "no route"],
    ["has none", (): undefined => undefined, "registry.refused", "there is no registry at memory: publish one"],
    [
      "has one that is not believed",
      () => ({ token: "x", packed: Buffer.of() }),
      "registry.refused",
      "the signature must be a JWT in compact form",
    ],
  ] as const)("60 s after the source %s", async (_, there, kind, message) => {
    const watcher = await holding(one);
    source.there = there();
    for (seconds = 10; seconds <= 60; seconds += 10) await watcher.look();
    seconds = 60;
    expect(watcher.current().revision).toBe(1);
    seconds = 61;
    expect(() => watcher.current()).toThrow(STALE);
    expect(() => watcher.current()).toThrow(RegistryUnavailable);
    expect(events).toEqual([{ kind, reason: message }]);
  });

  test("60 s after the last look", async () => {
    const watcher = await holding(one);
    seconds = 61;
    expect(() => watcher.current()).toThrow("no sound registry was found at memory for 61 s, and 60 s are allowed");
  });

  test("until the source has it again, which is told", async () => {
    const watcher = await holding(one);
    source.there = new Error("no route");
    await watcher.look();
    seconds = 61;
    source.there = one;
    await watcher.look();
    expect(watcher.current().revision).toBe(1);
    expect(kinds()).toEqual(["registry.unreachable", "registry.found"]);
  });

  test("counted from the beginning of a look, however long it takes", async () => {
    const slow: RegistrySource = { name: "slow", read: () => ((seconds += 61), source.read()) };
    source.there = one;
    const late = watcherWith({ source: slow });
    await late.look();
    expect(() => late.current()).toThrow("no sound registry was found at slow for 61 s");
  });
});

test("a registry that was never sound is said with its reason", async () => {
  source.there = await signedExample(other.signer, 1);
  const watcher = watcherWith();
  await watcher.look();
  expect(() => watcher.current()).toThrow(/^no sound registry was found at memory: the signature, by key "other-key"/);
});

test("looks again and again until it is stopped", async () => {
  const watcher = watcherWith({ pollSeconds: 0.01 });
  source.there = one;
  await watcher.start();
  expect(watcher.current().revision).toBe(1);
  source.there = two;
  while (watcher.current().revision === 1) await new Promise((done) => setTimeout(done, 5));
  expect(watcher.current().revision).toBe(2);
  watcher.stop();
  source.there = await signedExample(signer, 3);
  await new Promise((done) => setTimeout(done, 50));
  expect(watcher.current().revision).toBe(2);
});

describe("from a file", () => {
  test("it takes what lies there", async () => {
    const file = join(folder, "registry.signed");
    const watcher = watcherWith({ source: new FileSource(file) });
    await watcher.look();
    expect(reason()).toEqual([`there is no registry at ${file}: publish one`]);
    writeFileSync(file, registryFile(two));
    await watcher.look();
    expect(watcher.current().revision).toBe(2);
    writeFileSync(file, "hello");
    await watcher.look();
    expect(watcher.current().revision).toBe(2);
    expect(reason()[1]).toBe("a signed registry must begin with its signature in one line: sign it again");
  });

  test("a folder is none", async () => {
    const watcher = watcherWith({ source: new FileSource(folder) });
    await watcher.look();
    expect(kinds()).toEqual(["registry.unreachable"]);
  });
});

describe("fails when", () => {
  test("no key is named", () => {
    expect(() => watcherWith({ publicKeys: [] })).toThrow(
      new RegistryError("publicKeys must name at least one key, got []"),
    );
  });

  test("a key is none", () => {
    expect(() => watcherWith({ publicKeys: ["key"] })).toThrow(RegistryError);
  });

  test.each([
    [0, 60],
    [60, 60],
    [Number.NaN, 60],
    [10, Number.NaN],
  ])("it looks every %d s and trusts it for %d s", (pollSeconds, staleSeconds) => {
    expect(() => watcherWith({ pollSeconds, staleSeconds })).toThrow(
      `staleSeconds must be longer than pollSeconds, and that above zero, got ${staleSeconds} and ${pollSeconds}`,
    );
  });
});

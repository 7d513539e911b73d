import fc from "fast-check";
import { AwsWorld, NOW, refused } from "../../support/exchange/aws-world";
import { awsFleet, LEVELS } from "../../support/exchange/aws-fleet";
import type { Run } from "../../../runtime/session/session";
import { depth } from "../../support/depth";

const rank = (level: string): number => LEVELS.indexOf(level as (typeof LEVELS)[number]);
const pairs = LEVELS.flatMap((read) => LEVELS.map((write) => [read, write] as const));

/** Where everything is for one user, whose sessions outlast a transaction */
function worldOf(): AwsWorld {
  const world = new AwsWorld(awsFleet);
  world.user = { issuer: "https://login.acme.example", subject: "ada" };
  return world;
}

const ask = (world: AwsWorld, run: Run) => refused(world.broker.credentials(world.claims(run)));

describe("credentials to write, after credentials to read", () => {
  test.each(pairs)("%s was read, %s is written", async (read, write) => {
    const world = worldOf();
    await expect(ask(world, await world.begin("clerk", `read-${read}`))).resolves.toEqual([]);
    const run = await world.begin("clerk", `write-${write}`, { fresh: false });
    await expect(ask(world, run)).resolves.toEqual(rank(write) < rank(read) ? ["mark.above-clearance"] : []);
  });

  test.each(pairs)("a clean session changes nothing: %s can be read, %s is written", async (read, write) => {
    const world = worldOf();
    await ask(world, await world.begin("clerk", `read-${read}`));
    for (let session = 0; session < 5; session += 1) await world.begin("clerk", `read-${read}`, { newSession: true });
    const run = await world.begin("clerk", `write-${write}`, { newSession: true });
    await expect(ask(world, run)).resolves.toEqual(rank(write) < rank(read) ? ["mark.above-clearance"] : []);
  });

  test.each([
    ["a clean session is marked while what was read can be read again", 959, { newSession: true }, "confidential"],
    ["a clean session is clean when the credentials have expired", 960, { newSession: true }, "public"],
    ["a session that goes on keeps its mark", 960, { fresh: false }, "confidential"],
  ])("%s", async (_, seconds, start, mark) => {
    const world = worldOf();
    await ask(world, await world.begin("clerk", "read-internal"));
    await ask(world, await world.begin("clerk", "read-confidential"));
    world.now = NOW + seconds;
    await world.begin("clerk", "write-public", start);
    await expect(world.session("clerk")).resolves.toMatchObject({ mark });
  });

  test("a delegator's clean session knows nothing of what its delegate can still read", async () => {
    const world = worldOf();
    const parent = await world.begin("chief", "hand");
    await ask(world, await world.begin("clerk", "read-restricted", { parent }));
    await world.begin("chief", "write-public", { newSession: true });
    await expect(world.session("chief")).resolves.toMatchObject({ mark: "public" });
  });
});

describe("credentials to read, while others can write", () => {
  test.each(pairs)("%s is read, %s can be written", async (read, write) => {
    const world = worldOf();
    await expect(ask(world, await world.begin("clerk", `write-${write}`))).resolves.toEqual([]);
    const run = await world.begin("clerk", `read-${read}`, { fresh: false });
    await expect(ask(world, run)).resolves.toEqual(rank(write) < rank(read) ? ["mark.credential-below"] : []);
  });

  test.each(pairs)("a clean session changes nothing: %s is read, %s can be written", async (read, write) => {
    const world = worldOf();
    await ask(world, await world.begin("clerk", `write-${write}`));
    for (let session = 0; session < 5; session += 1) await world.begin("clerk", `read-${read}`, { newSession: true });
    const run = await world.begin("clerk", `read-${read}`, { newSession: true });
    await expect(ask(world, run)).resolves.toEqual(rank(write) < rank(read) ? ["mark.credential-below"] : []);
  });

  test.each([
    ["refused before they expire, clocks and STS considered", 959, ["mark.credential-below"]],
    ["given when they have expired", 960, []],
  ] as const)("%s", async (_, seconds, codes) => {
    const world = worldOf();
    await ask(world, await world.begin("clerk", "write-public"));
    world.now = NOW + seconds;
    await expect(ask(world, await world.begin("clerk", "read-internal", { fresh: false }))).resolves.toEqual(codes);
  });

  test("fails although STS gave nothing: whether it did is unknown", async () => {
    const world = worldOf();
    world.sts.answer = () => {
      throw new Error("gone");
    };
    await expect(ask(world, await world.begin("clerk", "write-public"))).resolves.toEqual(["aws.unavailable"]);
    world.sts.answer = undefined;
    const run = await world.begin("clerk", "read-internal", { fresh: false });
    await expect(ask(world, run)).resolves.toEqual(["mark.credential-below"]);
  });

  test("another user's do not count: they never meet", async () => {
    const world = worldOf();
    const of = (subject: string) => ({ user: { issuer: "https://login.acme.example", subject } });
    await ask(world, await world.begin("clerk", "write-public", of("ada")));
    await expect(ask(world, await world.begin("clerk", "read-restricted", of("bob")))).resolves.toEqual([]);
  });
});

describe("along a chain", () => {
  test.each(pairs)("a delegate reads %s while its delegator can write %s", async (read, write) => {
    const world = worldOf();
    await ask(world, await world.begin("chief", `write-${write}`));
    const parent = await world.begin("chief", "hand", { fresh: false });
    await expect(ask(world, await world.begin("clerk", `read-${read}`, { parent }))).resolves.toEqual([]);
    await expect(world.session("chief")).resolves.toMatchObject({ mark: "public" });
  });

  test.each(pairs)("a delegator has read %s, and its delegate writes %s behind its request", async (read, write) => {
    const world = worldOf();
    await expect(ask(world, await world.begin("chief", `read-${read}`))).resolves.toEqual([]);
    const parent = await world.begin("chief", "hand", { fresh: false });
    const codes = await ask(world, await world.begin("clerk", `write-${write}`, { parent }));
    expect(codes).toEqual(rank(write) < rank(read) ? expect.arrayContaining(["mark.above-clearance"]) : []);
  });

  test.each(pairs)(
    "a delegator has read %s, and its delegate can write %s when its request comes",
    async (read, write) => {
      const world = worldOf();
      await expect(ask(world, await world.begin("clerk", `write-${write}`))).resolves.toEqual([]);
      await expect(ask(world, await world.begin("chief", `read-${read}`))).resolves.toEqual([]);
      const parent = await world.begin("chief", "hand", { fresh: false });
      const codes = await refused(world.begin("clerk", "read-public", { parent }));
      expect(codes).toEqual(rank(write) < rank(read) ? ["mark.credential-below"] : []);
    },
  );
});

/** Issued credentials, and when they expire */
interface Held {
  readonly agent: string;
  readonly kind: string;
  readonly level: string;
  readonly until: number;
}

test("no session holds credentials to write below what it has read or can read, after any history", async () => {
  const level = fc.constantFrom(...LEVELS);
  const step = fc.record({
    agent: fc.constantFrom("clerk", "chief"),
    kind: fc.constantFrom("read", "write"),
    level,
    handed: fc.boolean(),
    fresh: fc.boolean(),
    newSession: fc.boolean(),
    later: fc.constantFrom(0, 0, 1, 60, 450, 900, 961),
    stsFails: fc.constantFrom(false, false, false, true),
  });
  let issued = 0;
  let denied = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
      const world = worldOf();
      const held: Held[] = [];
      for (const { agent, kind, level: of, handed, fresh, newSession, later, stsFails } of steps) {
        world.now += later;
        const begun = await begin(world, agent, `${kind}-${of}`, handed, { fresh, newSession });
        world.sts.answer = stsFails ? () => Promise.reject(new Error("gone")) : undefined;
        const codes = begun === undefined ? ["not begun"] : await ask(world, begun);
        if (codes.length === 0) held.push({ agent, kind, level: of, until: world.now + 900 });
        if (codes.length === 0) issued += 1;
        else denied += 1;
        for (const { agent: holder, kind: can, level: what } of held.filter(({ until }) => until > world.now)) {
          const mark = (await world.session(holder))?.mark ?? "public";
          const sound = can === "read" ? rank(what) <= rank(mark) : rank(what) >= rank(mark);
          if (!sound) throw new Error(`${holder}, marked ${mark}, can ${can} ${what}`);
        }
      }
    }),
    { numRuns: depth(75) },
  );
  expect(issued).toBeGreaterThan(depth(100, 20));
  expect(denied).toBeGreaterThan(depth(100, 20));
});

/** Undefined where the start itself is refused */
async function begin(
  world: AwsWorld,
  agent: string,
  task: string,
  handed: boolean,
  start: { readonly fresh: boolean; readonly newSession: boolean },
): Promise<Run | undefined> {
  try {
    if (agent !== "clerk" || !handed) return await world.begin(agent, task, start);
    return await world.begin(agent, task, { parent: await world.begin("chief", "hand", start) });
  } catch (error) {
    if ((error as { reasons?: unknown }).reasons === undefined) throw error;
    return undefined;
  }
}

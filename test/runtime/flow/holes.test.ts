import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import { type Answer, FlowWorld, given } from "../../support/exchange/flow-world";

/** Ann's run for Ada, which hands work on */
async function handing(world: FlowWorld, delegate = "ben.post"): Promise<AccessTokenClaims> {
  return given(await world.start("ann", "work", "ada", delegate));
}

const ABOVE = { codes: expect.arrayContaining(["mark.above-clearance"]), retryAfter: undefined };

describe("what was read does not flow lower", () => {
  test("hand on first, read later: the delegate's delegate cannot post what the first one read", async () => {
    const world = new FlowWorld();
    const { run } = await handing(world);
    const toBen = given(await world.hand("ann", run, "ben.work"));
    const ben = given(await world.present("ben", "work", toBen));
    const cat = given(await world.present("cat", "post", given(await world.hand("ben", ben.run, "cat.post"))));
    expect(await world.use("post", cat)).toEqual({ given: true });
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    expect(await world.use("post", cat)).toEqual(ABOVE);
  });

  test("a delegate's earlier knowledge marks its delegator, from the token with which work is handed on", async () => {
    const world = new FlowWorld();
    given(await world.use("read", given(await world.start("ben", "read", "ada"))));
    const post = given(await world.start("ann", "post", "ada"));
    expect(await world.use("post", post)).toEqual({ given: true });
    await handing(world);
    expect(await world.use("post", post)).toEqual(ABOVE);
  });

  test("who has the token with which work is handed on may have been told, and cannot post by another run", async () => {
    const world = new FlowWorld();
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    await handing(world, "ben.read");
    expect(await world.use("post", given(await world.start("ben", "post", "ada")))).toEqual(ABOVE);
  });

  test("starting oneself washes nothing, whoever it was read for", async () => {
    const world = new FlowWorld();
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    expect(await world.use("post", given(await world.start("ann", "post", "self")))).toEqual(ABOVE);
    given(await world.use("read", given(await world.start("cat", "read", "event"))));
    expect(await world.use("post", given(await world.start("cat", "post", "self")))).toEqual(ABOVE);
  });

  test("what was learnt in one transaction is known in another of the same user, through who works in both", async () => {
    const world = new FlowWorld();
    const { run } = await handing(world);
    const ben = given(await world.present("ben", "post", given(await world.hand("ann", run, "ben.post"))));
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    expect(await world.use("post", ben)).toEqual(ABOVE);
  });

  test("users and transactions of nobody are apart", async () => {
    const world = new FlowWorld();
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    given(await world.use("read", given(await world.start("ann", "read", "event"))));
    for (const by of ["bob", "event"] as const) {
      expect(await world.use("post", given(await world.start("ann", "post", by)))).toEqual({ given: true });
    }
  });
});

describe("what strangers wrote makes nobody pay", () => {
  test.each(["intake", "crawl"] as const)(
    "after %s, in the same session, and in what the agent starts itself",
    async (deed) => {
      const world = new FlowWorld();
      given(await world.use(deed, given(await world.start("ann", deed, "ada"))));
      for (const by of ["ada", "self"] as const) {
        const pay = given(await world.start("ann", "pay", by));
        expect(await world.use("pay", pay)).toMatchObject({ codes: ["session.tainted"] });
      }
      expect(await world.use("pay", given(await world.start("ben", "pay", "ada")))).toEqual({ given: true });
    },
  );
});

test("what strangers told a delegate makes its delegator pay nothing", async () => {
  const world = new FlowWorld();
  const { run } = await handing(world);
  const intake = given(await world.present("ben", "intake", given(await world.hand("ann", run, "ben.intake"))));
  given(await world.use("intake", intake));
  const pay = given(await world.start("ann", "pay", "ada"));
  expect(await world.use("pay", pay)).toMatchObject({ codes: ["session.tainted"] });
});

test("what strangers wrote is still theirs when it was stored: another agent reads it back, and pays nothing", async () => {
  const world = new FlowWorld();
  for (const deed of ["intake", "publish"] as const) {
    given(await world.use(deed, given(await world.start("ann", deed, "ada"))));
  }
  const pay = given(await world.start("ben", "pay", "bob"));
  expect(await world.use("pay", pay)).toEqual({ given: true });
  given(await world.use("crawl", given(await world.start("ben", "crawl", "bob"))));
  expect(await world.use("pay", pay)).toMatchObject({ codes: ["session.tainted"] });
});

describe("a read that waits", () => {
  test.each(["load", "read"] as const)(
    "%s is refused while credentials below are good, and then keeps them from being renewed",
    async (deed) => {
      const world = new FlowWorld();
      given(await world.use("publish", given(await world.start("ann", "publish", "ada"))));
      const waiting = async (): Promise<Answer<unknown>> => {
        const token = await world.start("ann", deed, "ada");
        return "given" in token ? world.use(deed, token.given) : token;
      };
      expect(await waiting()).toEqual({ codes: ["mark.credential-below"], retryAfter: 960 });
      world.now += 500;
      expect(await world.start("ann", "publish", "ada")).toEqual({ codes: ["mark.reserved"], retryAfter: 520 });
      world.now += 460;
      given(await waiting());
      expect(await world.start("ann", "publish", "ada")).toMatchObject({ codes: ["mark.above-clearance"] });
    },
  );

  test("who does not come back is in nobody's way for longer", async () => {
    const world = new FlowWorld();
    given(await world.use("publish", given(await world.start("ann", "publish", "ada"))));
    expect(await world.start("ann", "load", "ada")).toEqual({ codes: ["mark.credential-below"], retryAfter: 960 });
    world.now += 1_019;
    expect(await world.start("ann", "publish", "ada")).toEqual({ codes: ["mark.reserved"], retryAfter: 1 });
    world.now += 1;
    given(await world.use("publish", given(await world.start("ann", "publish", "ada"))));
  });

  test.each([
    ["another tool", { tool: "vault", action: "read", data: [] }],
    ["a tool that is not declared", { tool: "nothing", action: "at-all", data: ["secrets:read"] }],
    ["an action beyond the token's scope", { tool: "board", action: "read", data: ["secrets:read"] }],
    ["data that the task is not granted", { tool: "board", action: "post", data: ["secrets:read"] }],
  ])("a call that nobody would allow waits for nothing: %s", async (_, call) => {
    const world = new FlowWorld();
    given(await world.use("publish", given(await world.start("ann", "publish", "ada"))));
    await world.look(given(await world.start("ann", "post", "ada")), { destination: "board.acme.example", ...call });
    given(await world.start("ann", "publish", "ada"));
  });

  test("work is not handed to who can write below, and waits as a read does", async () => {
    const world = new FlowWorld();
    given(await world.use("publish", given(await world.start("ben", "publish", "ada"))));
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    const refused = await world.start("ann", "work", "ada", "ben.read");
    expect(refused).toEqual({ codes: ["mark.credential-below"], retryAfter: 960 });
    world.now += 959;
    expect(await world.start("ben", "publish", "ada")).toEqual({ codes: ["mark.reserved"], retryAfter: 61 });
    world.now += 1;
    await handing(world, "ben.read");
  });
});

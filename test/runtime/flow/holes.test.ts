import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import type { FlowAgent, FlowTask } from "../../support/exchange/flow-fleet";
import { type Answer, FlowWorld, given } from "../../support/exchange/flow-world";

/** Ann's run for Ada, which hands work on */
async function handing(world: FlowWorld, delegate = "ben.post"): Promise<AccessTokenClaims> {
  return given(await world.start("ann", "work", "ada", delegate));
}

/** The run of a request that one agent sends another, by the run in which it does */
async function asks(world: FlowWorld, from: FlowAgent, run: string, to: FlowAgent, task: FlowTask) {
  return given(await world.present(to, task, given(await world.hand(from, run, `${to}.${task}`))));
}

async function says(world: FlowWorld, of: "answer" | "part", { run }: AccessTokenClaims): Promise<Answer<true>> {
  return world.message(of, await world.run(run));
}

const ABOVE = { codes: expect.arrayContaining(["mark.above-clearance"]), retryAfter: undefined };

describe("data that was read does not flow lower", () => {
  test("hand on first, read later: the delegate's delegate cannot post what the first one read once parts of requests have told it", async () => {
    const world = new FlowWorld();
    const { run } = await handing(world);
    const ben = await asks(world, "ann", run, "ben", "work");
    const cat = await asks(world, "ben", ben.run, "cat", "post");
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    expect(await world.use("post", cat)).toEqual({ given: true });
    given(await says(world, "part", cat));
    expect(await world.use("post", cat)).toEqual({ given: true });
    given(await says(world, "part", ben));
    expect(await world.use("post", cat)).toEqual({ given: true });
    given(await says(world, "part", cat));
    expect(await world.use("post", cat)).toEqual(ABOVE);
  });

  test("a delegate's earlier knowledge marks its delegator, with its answer", async () => {
    const world = new FlowWorld();
    given(await world.use("read", given(await world.start("ben", "read", "ada"))));
    const post = given(await world.start("ann", "post", "ada"));
    const { run } = await handing(world);
    const ben = await asks(world, "ann", run, "ben", "work");
    expect(await world.use("post", post)).toEqual({ given: true });
    given(await says(world, "answer", ben));
    expect(await world.use("post", post)).toEqual(ABOVE);
  });

  test("a delegation token passes no knowledge; the request passes all that its sender knows by then", async () => {
    const world = new FlowWorld();
    const token = await handing(world, "ben.read");
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    const post = given(await world.start("ben", "post", "ada"));
    expect(await world.use("post", post)).toEqual({ given: true });
    given(await world.present("ben", "read", token));
    expect(await world.use("post", post)).toEqual(ABOVE);
  });

  test("another request of the delegator, which joins the run, tells what its sender knows by then", async () => {
    const world = new FlowWorld();
    const { run } = await handing(world);
    const ben = await asks(world, "ann", run, "ben", "work");
    const post = given(await world.start("ben", "post", "ada"));
    const again = given(await world.hand("ann", run, "ben.work"));
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    expect(await world.use("post", post)).toEqual({ given: true });
    given(await world.join(await world.run(ben.run), again));
    expect(await world.use("post", post)).toEqual(ABOVE);
  });

  test("a self-start clears nothing, for any user's reads", async () => {
    const world = new FlowWorld();
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    expect(await world.use("post", given(await world.start("ann", "post", "self")))).toEqual(ABOVE);
    given(await world.use("read", given(await world.start("cat", "read", "event"))));
    expect(await world.use("post", given(await world.start("cat", "post", "self")))).toEqual(ABOVE);
  });

  test("knowledge of one transaction passes to another of the same user, through an agent that works in both", async () => {
    const world = new FlowWorld();
    const { run } = await handing(world);
    const ben = await asks(world, "ann", run, "ben", "post");
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    given(await says(world, "part", ben));
    expect(await world.use("post", ben)).toEqual(ABOVE);
  });

  test("users, and transactions without a user, are kept apart", async () => {
    const world = new FlowWorld();
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    given(await world.use("read", given(await world.start("ann", "read", "event"))));
    for (const by of ["bob", "event"] as const) {
      expect(await world.use("post", given(await world.start("ann", "post", by)))).toEqual({ given: true });
    }
  });
});

describe("messages under way when a user begins a clean session are known to it", () => {
  const PASSES = {
    "a request": async (world, run) => {
      given(await world.use("read", given(await world.start("ann", "read", "ada"))));
      await asks(world, "ann", run, "ben", "post");
    },
    "a further part of a request": async (world, run) => {
      const ben = await asks(world, "ann", run, "ben", "post");
      given(await world.use("read", given(await world.start("ann", "read", "ada"))));
      given(await says(world, "part", ben));
    },
    "a request that joins a run": async (world, run) => {
      const ben = await asks(world, "ann", run, "ben", "post");
      const again = given(await world.hand("ann", run, "ben.post"));
      given(await world.use("read", given(await world.start("ann", "read", "ada"))));
      given(await world.join(await world.run(ben.run), again));
    },
    "an answer": async (world, run) => {
      const ben = await asks(world, "ann", run, "ben", "read");
      given(await world.use("read", ben));
      given(await says(world, "answer", ben));
    },
  } satisfies Record<string, (world: FlowWorld, run: string) => Promise<void>>;

  test.each([
    ["a request", "ben"],
    ["a further part of a request", "ben"],
    ["a request that joins a run", "ben"],
    ["an answer", "ann"],
  ] as const)("%s, for as long as it may come in", async (what, to) => {
    const world = new FlowWorld();
    const { run } = await handing(world);
    await PASSES[what](world, run);
    world.now += 359;
    expect(await world.use("post", given(await world.startAnew(to, "post", "ada")))).toEqual(ABOVE);
    world.now += 62;
    expect(await world.use("post", given(await world.startAnew(to, "post", "ada")))).toEqual({ given: true });
  });
});

describe("untrusted input stops payments", () => {
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

test("untrusted input of a delegate stops its delegator's payments, once the delegate has answered", async () => {
  const world = new FlowWorld();
  const { run } = await handing(world);
  const intake = await asks(world, "ann", run, "ben", "intake");
  given(await world.use("intake", intake));
  const pay = given(await world.start("ann", "pay", "ada"));
  expect(await world.use("pay", pay)).toEqual({ given: true });
  given(await says(world, "answer", intake));
  expect(await world.use("pay", pay)).toMatchObject({ codes: ["session.tainted"] });
});

test("untrusted input stays untrusted when stored: an agent that reads it back is refused a payment", async () => {
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

  test("a reader that does not come back blocks others no longer", async () => {
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
  ])("a call that is refused anyway reserves nothing: %s", async (_, call) => {
    const world = new FlowWorld();
    given(await world.use("publish", given(await world.start("ann", "publish", "ada"))));
    await world.look(given(await world.start("ann", "post", "ada")), { destination: "board.acme.example", ...call });
    given(await world.start("ann", "publish", "ada"));
  });

  test("a request does not reach who can write below, and waits as a read does", async () => {
    const world = new FlowWorld();
    given(await world.use("publish", given(await world.start("ben", "publish", "ada"))));
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    const token = await handing(world, "ben.read");
    expect(await world.present("ben", "read", token)).toEqual({ codes: ["mark.credential-below"], retryAfter: 960 });
    world.now += 959;
    expect(await world.start("ben", "publish", "ada")).toEqual({ codes: ["mark.reserved"], retryAfter: 61 });
    world.now += 1;
    given(await world.present("ben", "read", await handing(world, "ben.read")));
  });

  test("an answer does not reach who can write below, and waits as a read does", async () => {
    const world = new FlowWorld();
    const { run } = await handing(world);
    given(await world.use("publish", given(await world.start("ann", "publish", "ada"))));
    const ben = await asks(world, "ann", run, "ben", "read");
    given(await world.use("read", ben));
    expect(await says(world, "answer", ben)).toEqual({ codes: ["mark.credential-below"], retryAfter: 960 });
    world.now += 500;
    expect(await world.start("ann", "publish", "ada")).toEqual({ codes: ["mark.reserved"], retryAfter: 520 });
    world.now += 460;
    const again = await asks(world, "ann", given(await world.start("ann", "work", "ada")).run, "ben", "read");
    given(await says(world, "answer", again));
    expect(await world.start("ann", "publish", "ada")).toMatchObject({ codes: ["mark.above-clearance"] });
  });

  test.each(["part", "join"] as const)("a %s does not reach who can write below", async (of) => {
    const world = new FlowWorld();
    const { run } = await handing(world);
    const ben = await asks(world, "ann", run, "ben", "read");
    given(await world.use("publish", given(await world.start("ben", "publish", "ada"))));
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    const passed =
      of === "part"
        ? await says(world, "part", ben)
        : await world.join(await world.run(ben.run), given(await world.hand("ann", run, "ben.read")));
    expect(passed).toEqual({ codes: ["mark.credential-below"], retryAfter: 960 });
  });
});

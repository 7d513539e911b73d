import { registryDocument } from "../../../constructs/agent/fleet-documents";
import { Agent, Dataset, Fleet, Tool } from "../../../constructs";
import { policyTextOf } from "../../../constructs/platform/documents";
import { registryJson } from "../../../domain";
import { platform } from "../../../fleet/platform";
import { fleetView } from "../../../runtime/registry/fleet-view";
import { checkedWrites } from "../../../runtime/store/checked";
import { servedPlainly } from "../../support/served";
import { type Answer, FlowWorld, given } from "../../support/exchange/flow-world";

const common = { owner: "team@acme.example", expires: "2027-03-31", workload: { namespace: "flow" } } as const;
const plain = { untrustedOutput: false, actsAs: { service: "flow" } } as const;
const secrets = Dataset.external("secrets", { sensitivity: "confidential" });
const site = Dataset.bucket("site", { bucket: "acme-site", prefix: "out/", sensitivity: "public", untrusted: true });
const vault = Tool.http("vault", {
  ...plain,
  url: "https://vault.acme.example",
  clearance: "confidential",
  actions: { read: { method: "GET", path: "/secrets", touches: [secrets.read()] } },
});
const board = Tool.http("board", {
  ...plain,
  url: "https://board.acme.example",
  clearance: "public",
  actions: { post: { method: "GET", path: "/say" } },
});

class Cat extends Agent.define("cat", {
  ...common,
  purpose: "Posts for everybody",
  tasks: {
    post: { startedBy: ["delegation", "user"], tools: [board.allow("post")] },
    publish: { startedBy: ["schedule"], data: [site.write()] },
  },
  serves: servedPlainly("post"),
}) {}
class Ann extends Agent.define("ann", {
  ...common,
  purpose: "Reads, and hands on",
  tasks: {
    read: { startedBy: ["user"], tools: [vault.allow("read")], data: [secrets.read()] },
    publish: { startedBy: ["user"], data: [site.write()] },
    work: { startedBy: ["user", "schedule"], delegates: [Cat.task("post")] },
  },
}) {}

/** Ann hands work to Cat, who keeps nobody apart, along an edge for public data: no fleet may be declared so any more */
function sharing(): FlowWorld {
  const declared = Fleet.of(Cat, Ann);
  const registry = JSON.parse(registryJson(registryDocument({ platform, fleet: declared })));
  registry.agents.cat.memory = "shared";
  return new FlowWorld(fleetView({ registry, policy: JSON.parse(policyTextOf(platform, declared)) }, 1));
}

describe("an agent that everybody shares stays open to everybody", () => {
  test("it is told nothing above the edge, at the delegator's token already", async () => {
    const world = sharing();
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    const refused = await world.start("ann", "work", "ada", "cat.post");
    expect(refused).toMatchObject({ codes: ["delegation.above-sensitivity"] });
    expect(await world.use("post", given(await world.start("cat", "post", "bob")))).toEqual({ given: true });
  });
});

describe("as many events as come hand work to an agent that everybody shares", () => {
  const begins = async (world: FlowWorld, count: number): Promise<readonly string[]> => {
    const answers: string[] = [];
    for (let each = 0; each < count; each += 1) {
      const answer = await world.start("ann", "work", "event", "cat.post");
      answers.push("given" in answer ? "given" : answer.codes.join());
    }
    return answers;
  };

  test("they keep users from it no more than from anything else, and wait for each other to end", async () => {
    const world = sharing();
    const answers = await begins(world, 24);
    expect(answers.filter((answer) => answer === "given")).toHaveLength(12);
    expect(answers.slice(12)).toEqual(answers.slice(12).map(() => "delegation.too-wide"));
    for (const user of ["ada", "bob"] as const) {
      const token = given(await world.start("ann", "work", user, "cat.post"));
      expect(await world.use("post", given(await world.present("cat", "post", token)))).toEqual({ given: true });
    }
    world.now += 601;
    expect(await begins(world, 1)).toEqual(["given"]);
  });
});

describe("what an agent started by itself before it read for anybody", () => {
  const ABOVE = expect.arrayContaining(["mark.above-clearance"]);

  test("posts nothing with its old token, nor with another one", async () => {
    const world = new FlowWorld();
    const early = given(await world.start("ann", "post", "self"));
    expect(await world.use("post", early)).toEqual({ given: true });
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    expect(await world.use("post", early)).toMatchObject({ codes: ABOVE });
    const another = given(await world.again("ann", "post", early.run));
    expect(await world.use("post", another)).toMatchObject({ codes: ABOVE });
  });

  test("gets no AWS credentials that write below", async () => {
    const world = new FlowWorld();
    const early = given(await world.start("ann", "publish", "self"));
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    expect(await world.use("publish", early)).toMatchObject({ codes: ABOVE });
  });

  test("pays nobody for strangers", async () => {
    const world = new FlowWorld();
    const early = given(await world.start("ann", "pay", "self"));
    given(await world.use("intake", given(await world.start("ann", "intake", "ada"))));
    expect(await world.use("pay", early)).toMatchObject({ codes: ["session.tainted"] });
  });
});

describe("AWS credentials of what an agent started by itself", () => {
  const BELOW = { codes: ["mark.credential-below"], retryAfter: 960 };

  test("keep it from reading above them for anybody, and are not renewed", async () => {
    const world = new FlowWorld();
    const early = given(await world.start("ann", "publish", "self"));
    given(await world.use("publish", early));
    const read = given(await world.start("ann", "read", "ada"));
    expect(await world.use("read", read)).toEqual(BELOW);
    expect(await world.use("load", given(await world.start("ann", "load", "bob")))).toEqual(BELOW);
    world.now += 300;
    expect(await world.start("ann", "publish", "self")).toEqual({ codes: ["mark.reserved"], retryAfter: 720 });
    world.now += 660;
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    expect(await world.start("ann", "publish", "self")).toMatchObject({ codes: ["mark.above-clearance"] });
  });

  test("do so where an agent holds them to which it handed work on, and what is reserved is reserved once", async () => {
    const world = new FlowWorld();
    const alone = given(await world.start("ann", "work", "self", "ben.publish"));
    const ben = given(await world.present("ben", "publish", given(await world.hand("ann", alone.run, "ben.publish"))));
    given(await world.use("publish", ben));
    // Ann and Ben work for Ada too: what one of them reads, both bring to what they started by themselves.
    const { run } = given(await world.start("ann", "work", "ada", "ben.read"));
    const read = given(await world.present("ben", "read", given(await world.hand("ann", run, "ben.read"))));
    expect(await world.use("read", read)).toEqual(BELOW);
    const reserved = world
      .stored()
      .filter(({ value }) => "confidential" in (value as { readonly reserved: object }).reserved)
      .map(({ key }) => key.sort);
    expect(reserved.sort()).toEqual(["held", "held", "session", "session", "session", "session"]);
  });

  const RESERVED = { codes: ["mark.reserved"] };
  /** Ann publishes by itself, works for Ada, and hands on to Ben, who is told to wait */
  const waiting = async (world: FlowWorld): Promise<Answer<true>> => {
    const { run } = given(await world.start("ann", "work", "ada", "ben.read"));
    const read = given(await world.present("ben", "read", given(await world.hand("ann", run, "ben.read"))));
    return world.use("read", read);
  };

  test.each(["has published before", "has not started anything"])(
    "of agents that take turns do not keep a read waiting for ever: the other one %s",
    async (other) => {
      const world = new FlowWorld();
      if (other === "has published before")
        given(await world.use("publish", given(await world.start("ben", "publish", "self"))));
      world.now += 961;
      given(await world.use("publish", given(await world.start("ann", "publish", "self"))));
      expect(await waiting(world)).toEqual(BELOW);
      world.now += 660;
      expect(await world.start("ben", "publish", "self")).toMatchObject(RESERVED);
      world.now += 300;
      expect(await waiting(world)).toEqual({ given: true });
    },
  );

  test("are not handed work by a domain whose read waits, nor issued to who joins it", async () => {
    const world = new FlowWorld();
    given(await world.use("publish", given(await world.start("ann", "publish", "ada"))));
    expect(await world.start("ann", "load", "ada")).toEqual(BELOW);
    given(await world.use("publish", given(await world.start("cat", "publish", "self"))));
    expect(await world.start("ann", "work", "ada", "cat.post")).toEqual({
      codes: ["mark.reserved"],
      retryAfter: 960,
    });
    given(await world.start("ann", "work", "ada", "ben.post"));
    expect(await world.start("ben", "publish", "self")).toMatchObject(RESERVED);
    expect(await world.start("ben", "publish", "ada")).toMatchObject(RESERVED);
    given(await world.start("ben", "publish", "bob"));
    world.now += 960;
    given(await world.use("load", given(await world.start("ann", "load", "ada"))));
  });

  test("are handed no work although a read of their own waits for them, and then for no longer than they are good", async () => {
    const world = new FlowWorld();
    given(await world.use("publish", given(await world.start("ann", "publish", "ada"))));
    world.now += 300;
    given(await world.use("publish", given(await world.start("cat", "publish", "self"))));
    expect(await world.start("cat", "load", "self")).toEqual(BELOW);
    expect(await world.start("ann", "load", "ada")).toEqual({ ...BELOW, retryAfter: 660 });
    // Cat's are good for longer than Ada's read waits for.
    expect(await world.start("ann", "work", "ada", "cat.post")).toEqual({ codes: ["mark.reserved"], retryAfter: 720 });
    world.now += 660;
    given(await world.use("load", given(await world.start("ann", "load", "ada"))));
    // And now they are below what Ann knows.
    expect(await world.start("ann", "work", "ada", "cat.read")).toEqual({ ...BELOW, retryAfter: 300 });
  });

  test("keep work that is handed on waiting once: nobody who is asked for it gets new ones until then", async () => {
    const world = new FlowWorld();
    given(await world.use("publish", given(await world.start("ann", "publish", "ada"))));
    world.now += 300;
    expect(await world.start("ann", "load", "ada")).toEqual({ ...BELOW, retryAfter: 660 });
    world.now += 10;
    given(await world.use("publish", given(await world.start("ben", "publish", "ada"))));
    expect(await world.start("ann", "work", "ada", "ben.post")).toEqual({ codes: ["mark.reserved"], retryAfter: 710 });
    expect(await world.start("ben", "publish", "ada")).toEqual({ codes: ["mark.reserved"], retryAfter: 710 });
  });

  test("are issued again where the reader does not come back", async () => {
    const world = new FlowWorld();
    given(await world.use("publish", given(await world.start("ann", "publish", "self"))));
    expect(await waiting(world)).toEqual(BELOW);
    world.now += 1_019;
    for (const agent of ["ann", "ben"] as const) {
      expect(await world.start(agent, "publish", "self")).toEqual({ codes: ["mark.reserved"], retryAfter: 1 });
    }
    world.now += 1;
    for (const agent of ["ann", "ben"] as const) {
      given(await world.use("publish", given(await world.start(agent, "publish", "self"))));
    }
  });

  test("expire last of all that are in the way: then the read is answered, and not told to wait once more", async () => {
    const world = new FlowWorld();
    given(await world.use("publish", given(await world.start("ann", "publish", "ada"))));
    world.now += 300;
    given(await world.use("publish", given(await world.start("ann", "publish", "self"))));
    expect(await world.start("ann", "load", "ada")).toEqual(BELOW);
    world.now += 960;
    given(await world.use("load", given(await world.start("ann", "load", "ada"))));
  });

  test("are waited for by nobody to whom an edge does not let through what waits to be read", async () => {
    const world = sharing();
    given(await world.use("publish", given(await world.start("ann", "publish", "ada"))));
    const read = await world.use("read", given(await world.start("ann", "read", "ada")));
    expect(read).toMatchObject({ codes: ["mark.credential-below"] });
    expect(await world.start("ann", "work", "ada", "cat.post")).toEqual({
      codes: ["mark.reserved"],
      retryAfter: 1_020,
    });
    given(await world.use("publish", given(await world.start("cat", "publish", "event"))));
    world.now += 1_020;
    given(await world.start("ann", "work", "ada", "cat.post"));
  });

  test("are reserved against though another write comes between", async () => {
    const world = new FlowWorld();
    given(await world.use("publish", given(await world.start("ann", "publish", "ada"))));
    const { run } = given(await world.start("ann", "work", "ada", "ben.post"));
    const write = world.store.write.bind(world.store);
    const between = jest.spyOn(world.store, "write").mockImplementationOnce(async (writes) => {
      world.now += 1;
      given(await world.hand("ann", run, "ben.post"));
      return write(writes);
    });
    expect(await world.start("ann", "load", "ada")).toMatchObject({ codes: ["mark.credential-below"] });
    expect(between.mock.calls.length).toBeGreaterThan(2);
    expect(await world.start("ann", "publish", "ada")).toMatchObject({ codes: ["mark.reserved"] });
  });

  test("are in the way of no agent that does not tell theirs anything, and of nothing that is public", async () => {
    const world = new FlowWorld();
    given(await world.use("publish", given(await world.start("ann", "publish", "self"))));
    given(await world.use("read", given(await world.start("ben", "read", "ada"))));
    given(await world.use("intake", given(await world.start("ann", "intake", "bob"))));
  });
});

test("work is handed back to whom it came from in one transaction, which writes no session twice", async () => {
  const world = new FlowWorld();
  const token = given(await world.start("ann", "work", "ada", "ben.work"));
  const write = jest.spyOn(world.store, "write");
  const back = { task: "work", start: "delegation", delegate: "ann.post" };
  given(await world.tokenFor("ben", "exchange", back, JSON.stringify(token)));
  expect(() => write.mock.calls.map(([writes]) => checkedWrites(writes))).not.toThrow();
});

test("what an agent learns for anybody reaches whom its own work was handed to", async () => {
  const world = new FlowWorld();
  const alone = given(await world.start("ann", "work", "self", "ben.post"));
  const ben = given(await world.present("ben", "post", given(await world.hand("ann", alone.run, "ben.post"))));
  expect(await world.use("post", ben)).toEqual({ given: true });
  given(await world.use("read", given(await world.start("ann", "read", "ada"))));
  expect(await world.use("post", ben)).toMatchObject({ codes: expect.arrayContaining(["mark.above-clearance"]) });
});

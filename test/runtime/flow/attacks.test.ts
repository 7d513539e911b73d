import { registryDocument } from "../../../constructs/agent/fleet-documents";
import { Agent, Dataset, Fleet, Tool } from "../../../constructs";
import { policyTextOf } from "../../../constructs/platform/documents";
import { registryJson } from "../../../domain";
import { platform } from "../../../fleet/platform";
import { fleetView } from "../../../runtime/registry/fleet-view";
import { checkedWrites } from "../../../runtime/store/checked";
import { servedPlainly } from "../../support/served";
import { FlowWorld, given } from "../../support/exchange/flow-world";

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
  purpose: "Posts for all users",
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

/** Ann delegates to Cat, which shares one memory, over an edge for public data: a fleet like this is now refused */
function sharing(): FlowWorld {
  const declared = Fleet.of(Cat, Ann);
  const registry = JSON.parse(registryJson(registryDocument({ platform, fleet: declared })));
  registry.agents.cat.memory = "shared";
  return new FlowWorld(fleetView({ registry, policy: JSON.parse(policyTextOf(platform, declared)) }, 1));
}

describe("an agent with shared memory stays open to all users", () => {
  test("data above the edge is refused, already at the delegator's token", async () => {
    const world = sharing();
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    const refused = await world.start("ann", "work", "ada", "cat.post");
    expect(refused).toMatchObject({ codes: ["delegation.above-sensitivity"] });
    expect(await world.use("post", given(await world.start("cat", "post", "bob")))).toEqual({ given: true });
  });
});

test("as many events as come hand work to an agent that all users share, and keep no user from it", async () => {
  const world = sharing();
  const post = async (by: "ada" | "event") => {
    const token = given(await world.start("ann", "work", by, "cat.post"));
    return world.use("post", given(await world.present("cat", "post", token)));
  };
  for (let event = 0; event < 30; event += 1) expect(await post("event")).toEqual({ given: true });
  expect(await post("ada")).toEqual({ given: true });
});

describe("a run that an agent started by itself before it read for a user", () => {
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

  test("does not pay after a stranger's input", async () => {
    const world = new FlowWorld();
    const early = given(await world.start("ann", "pay", "self"));
    given(await world.use("intake", given(await world.start("ann", "intake", "ada"))));
    expect(await world.use("pay", early)).toMatchObject({ codes: ["session.tainted"] });
  });
});

describe("AWS credentials of what an agent started by itself", () => {
  const BELOW = { codes: ["mark.credential-below"], retryAfter: 960 };

  test("keep it from reading above them for any user, and are not renewed", async () => {
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

  const RESERVED = { codes: ["mark.reserved"] };

  test("do so for no agent to which it handed work on, and what is reserved is reserved once", async () => {
    const world = new FlowWorld();
    const alone = given(await world.start("ann", "work", "self", "ben.publish"));
    const ben = given(await world.present("ben", "publish", given(await world.hand("ann", alone.run, "ben.publish"))));
    given(await world.use("publish", ben));
    given(await world.use("read", given(await world.start("ann", "read", "ada"))));
    expect(await world.use("read", given(await world.start("ben", "read", "ada")))).toEqual(BELOW);
    const reserved = world
      .stored()
      .filter(({ value }) => "confidential" in ((value as { readonly reserved?: object }).reserved ?? {}))
      .map(({ key }) => key.partition.split("#").slice(0, 3).join(" "));
    expect(reserved.sort()).toEqual(["held 1 ben", "session 1 ben", "session 1 ben"]);
  });

  test("keep an answer waiting that its agent's own start would know, and nothing else", async () => {
    const world = new FlowWorld();
    given(await world.use("publish", given(await world.start("ann", "publish", "self"))));
    const { run } = given(await world.start("ann", "work", "ada"));
    const read = given(await world.present("ben", "read", given(await world.hand("ann", run, "ben.read"))));
    given(await world.use("read", read));
    expect(await world.message("answer", await world.run(read.run))).toEqual(BELOW);
    expect(await world.start("ann", "publish", "self")).toMatchObject(RESERVED);
    given(await world.start("ben", "publish", "bob"));
    world.now += 960;
    const again = given(await world.start("ann", "work", "ada"));
    const asked = given(await world.present("ben", "read", given(await world.hand("ann", again.run, "ben.read"))));
    given(await world.message("answer", await world.run(asked.run)));
    expect(await world.start("ann", "publish", "self")).toMatchObject({ codes: ["mark.above-clearance"] });
  });

  test("of one agent do not delay a read of another, for any delegator", async () => {
    const world = new FlowWorld();
    given(await world.use("publish", given(await world.start("ann", "publish", "ada"))));
    given(await world.use("publish", given(await world.start("ann", "publish", "self"))));
    const { run } = given(await world.start("ann", "work", "ada", "ben.read"));
    const read = given(await world.present("ben", "read", given(await world.hand("ann", run, "ben.read"))));
    expect(await world.use("read", read)).toEqual({ given: true });
  });

  test("delay neither a delegation nor a waiting read: the refusal comes when the reads are known", async () => {
    const world = new FlowWorld();
    given(await world.use("publish", given(await world.start("ann", "publish", "ada"))));
    expect(await world.start("ann", "load", "ada")).toEqual(BELOW);
    given(await world.use("publish", given(await world.start("cat", "publish", "ada"))));
    given(await world.present("cat", "post", given(await world.start("ann", "work", "ada", "cat.post"))));
    given(await world.start("cat", "publish", "ada"));
    world.now += 960;
    given(await world.use("load", given(await world.start("ann", "load", "ada"))));
  });

  test("are not issued to what an agent has yet to start by itself either, while a read waits", async () => {
    const world = new FlowWorld();
    given(await world.use("publish", given(await world.start("ann", "publish", "ada"))));
    expect(await world.start("ann", "load", "ada")).toEqual(BELOW);
    expect(await world.start("ann", "publish", "self")).toMatchObject(RESERVED);
  });

  test("are issued again where the reader does not come back", async () => {
    const world = new FlowWorld();
    given(await world.use("publish", given(await world.start("ann", "publish", "self"))));
    expect(await world.use("read", given(await world.start("ann", "read", "ada")))).toEqual(BELOW);
    world.now += 1_019;
    expect(await world.start("ann", "publish", "self")).toEqual({ codes: ["mark.reserved"], retryAfter: 1 });
    world.now += 1;
    given(await world.use("publish", given(await world.start("ann", "publish", "self"))));
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

  test("are reserved against though another write comes between", async () => {
    const world = new FlowWorld();
    given(await world.use("publish", given(await world.start("ann", "publish", "ada"))));
    const intake = given(await world.start("ann", "intake", "ada"));
    const write = world.store.write.bind(world.store);
    const between = jest.spyOn(world.store, "write").mockImplementationOnce(async (writes) => {
      given(await world.use("intake", intake));
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

test("work handed back to its delegator in one transaction writes no session twice", async () => {
  const world = new FlowWorld();
  const token = given(await world.start("ann", "work", "ada", "ben.work"));
  const write = jest.spyOn(world.store, "write");
  const back = { task: "work", start: "delegation", delegate: "ann.post" };
  const returned = given(await world.tokenFor("ben", "exchange", back, JSON.stringify(token)));
  const post = given(await world.present("ann", "post", returned));
  given(await world.use("read", given(await world.start("ben", "read", "ada"))));
  given(await world.message("answer", await world.run(post.run)));
  given(await world.message("part", await world.run(post.run)));
  expect(await world.use("post", post)).toMatchObject({ codes: expect.arrayContaining(["mark.above-clearance"]) });
  expect(() => write.mock.calls.map(([writes]) => checkedWrites(writes))).not.toThrow();
});

test("what an agent learns for a user reaches the delegate of its own work with the next part", async () => {
  const world = new FlowWorld();
  const alone = given(await world.start("ann", "work", "self", "ben.post"));
  const ben = given(await world.present("ben", "post", given(await world.hand("ann", alone.run, "ben.post"))));
  given(await world.use("read", given(await world.start("ann", "read", "ada"))));
  expect(await world.use("post", ben)).toEqual({ given: true });
  given(await world.message("part", await world.run(ben.run)));
  expect(await world.use("post", ben)).toMatchObject({ codes: expect.arrayContaining(["mark.above-clearance"]) });
});

test("an answer to an agent's own start is known to all its own starts", async () => {
  const world = new FlowWorld();
  const early = given(await world.start("ann", "post", "self"));
  const alone = given(await world.start("ann", "work", "self", "ben.read"));
  const read = given(await world.present("ben", "read", given(await world.hand("ann", alone.run, "ben.read"))));
  given(await world.use("read", read));
  expect(await world.use("post", early)).toEqual({ given: true });
  given(await world.message("answer", await world.run(read.run)));
  expect(await world.use("post", early)).toMatchObject({ codes: expect.arrayContaining(["mark.above-clearance"]) });
});

test("a delegate's answer for one user marks no other user's session, but marks the agent's own start", async () => {
  const world = new FlowWorld();
  const { run } = given(await world.start("ann", "work", "ada"));
  const read = given(await world.present("ben", "read", given(await world.hand("ann", run, "ben.read"))));
  given(await world.use("read", read));
  given(await world.message("answer", await world.run(read.run)));
  expect(await world.use("post", given(await world.start("ann", "post", "bob")))).toEqual({ given: true });
  const alone = given(await world.start("ann", "work", "self"));
  const cat = given(await world.present("cat", "post", given(await world.hand("ann", alone.run, "cat.post"))));
  expect(await world.use("post", cat)).toMatchObject({ codes: expect.arrayContaining(["mark.above-clearance"]) });
});

import { registryDocument } from "../../../constructs/agent/fleet-documents";
import { Agent, Dataset, Fleet, Tool } from "../../../constructs";
import { policyTextOf } from "../../../constructs/platform/documents";
import { registryJson } from "../../../domain";
import { platform } from "../../../fleet/platform";
import { fleetView } from "../../../runtime/registry/fleet-view";
import { FlowWorld, given } from "../../support/exchange/flow-world";

const common = { owner: "team@acme.example", expires: "2027-03-31", workload: { namespace: "flow" } } as const;
const plain = { untrustedOutput: false, actsAs: { service: "flow" } } as const;
const secrets = Dataset.external("secrets", { sensitivity: "confidential" });
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
  memory: "shared",
  tasks: { post: { startedBy: ["delegation", "user"], tools: [board.allow("post")] } },
}) {}
class Ann extends Agent.define("ann", {
  ...common,
  purpose: "Reads, and hands on",
  tasks: {
    read: { startedBy: ["user"], tools: [vault.allow("read")], data: [secrets.read()] },
    work: { startedBy: ["user", "schedule"], delegates: [Cat.task("post")] },
  },
}) {}

/** Ann hands work to Cat, who keeps nobody apart, along an edge for public data */
function sharing(): FlowWorld {
  const declared = Fleet.of(Cat, Ann);
  const registry = JSON.parse(registryJson(registryDocument({ platform, fleet: declared })));
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

test("work that is handed on again within a domain waits as a read does, and reserves once", async () => {
  const world = new FlowWorld();
  const ann = given(await world.start("ann", "work", "self", "ben.publish"));
  const ben = given(await world.present("ben", "publish", given(await world.hand("ann", ann.run, "ben.publish"))));
  given(await world.use("publish", ben));
  given(await world.use("read", given(await world.start("ben", "read", "ada"))));
  expect(await world.hand("ann", ann.run, "ben.publish")).toMatchObject({ codes: ["mark.credential-below"] });
  const reserved = world
    .stored()
    .map(([, text]) => (JSON.parse(text) as { readonly reserved?: object }).reserved ?? {});
  expect(reserved.filter((levels) => "confidential" in levels)).toHaveLength(2);
});

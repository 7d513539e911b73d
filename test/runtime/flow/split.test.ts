import { registryDocument } from "../../../constructs/agent/fleet-documents";
import { Agent, Approval, Dataset, Fleet, type SensitivityName, Tool } from "../../../constructs";
import { policyTextOf } from "../../../constructs/platform/documents";
import { registryJson } from "../../../domain";
import { wayOut } from "../../../domain/rules/way-out";
import { handedFacts } from "../../../domain/rules/handed-facts";
import { taskRiskFacts } from "../../../domain/rules/risk-facts";
import { platform } from "../../../fleet/platform";
import { fleetView } from "../../../runtime/registry/fleet-view";
import { type Answer, FlowWorld, given } from "../../support/exchange/flow-world";
import { servedPlainly } from "../../support/served";

interface Split {
  /** Of the tool that sends */
  readonly clearance?: SensitivityName;
  /** Of the edge to the reader */
  readonly sensitivity?: SensitivityName;
  /** Of the mailer's task */
  readonly approval?: Approval;
}

const common = { owner: "team@acme.example", expires: "2027-03-31", workload: { namespace: "flow" } } as const;
const plain = { untrustedOutput: false, actsAs: { service: "flow" } } as const;
const action = { method: "GET", path: "/" } as const;

const GROUP = "support-leads";

/** What reads salaries and what sends mail are two agents: one hands work to the other. */
function split({ clearance = "restricted", sensitivity = "restricted", approval }: Split = {}) {
  const salaries = Dataset.external("salaries", { sensitivity: "restricted" });
  const of = (name: string) => ({ ...plain, url: `https://${name}.acme.example`, clearance: "restricted" }) as const;
  const hr = Tool.http("hr", { ...of("hr"), actions: { get: { ...action, touches: [salaries.read()] } } });
  const web = Tool.http("web", { ...of("web"), untrustedOutput: true, actions: { query: action } });
  const mail = Tool.http("mail", {
    ...{ ...of("mail"), clearance },
    actions: { send: { ...action, outward: { is: true, reason: "customers read it" } } },
  });
  class Reader extends Agent.define("reader", {
    ...common,
    purpose: "Looks salaries up",
    tasks: { lookup: { startedBy: "delegation", tools: [hr.allow("get")], data: [salaries.read()] } },
    serves: servedPlainly("lookup"),
  }) {}
  class Mailer extends Agent.define("mailer", {
    ...common,
    purpose: "Answers by mail",
    tasks: {
      answer: {
        startedBy: "user",
        tools: [web.allow("query"), mail.allow("send")],
        delegates: [Reader.task("lookup", { sensitivity })],
        ...(approval && { approval }),
      },
    },
  }) {}
  const declared = Fleet.of(Reader, Mailer);
  const registry = registryDocument({ platform, fleet: declared });
  const policy = JSON.parse(policyTextOf(platform, declared));
  const world = new FlowWorld(fleetView({ registry: JSON.parse(registryJson(registry)), policy }, 1));
  return { registry, story: new Story(world) };
}

/** One run of the mailer for a user */
class Story {
  private run: string | undefined;

  constructor(private readonly world: FlowWorld) {}

  public search(): Promise<Answer<true>> {
    return this.calls("web");
  }

  public send(): Promise<Answer<true>> {
    return this.calls("mail");
  }

  /** What a person is asked about, approves, and lets pass */
  public async approved(ask: () => Promise<Answer<true>>): Promise<void> {
    const asked = await ask();
    const { id } = ("codes" in asked ? asked.more?.["access_request"] : undefined) as { readonly id: string };
    await this.world.approve(id, GROUP);
    expect(await ask()).toEqual({ given: true });
  }

  /** Work that the reader does, and its answer */
  public async lookup(): Promise<Answer<true>> {
    const handed = given(await this.token("exchange", { delegate: "reader.lookup" }));
    const how = { task: "lookup", start: "delegation" };
    const reader = await this.world.tokenFor("reader", "tool:hr", how, JSON.stringify(handed));
    if (!("given" in reader)) return reader;
    const read = await this.world.call(reader.given);
    if ("given" in read) given(await this.world.message("answer", await this.world.run(reader.given.run)));
    return read;
  }

  private async calls(tool: string): Promise<Answer<true>> {
    const token = await this.token(`tool:${tool}`);
    return "given" in token ? this.world.call(token.given) : token;
  }

  private async token(audience: string, how: object = {}) {
    const [as, subject] =
      this.run === undefined ? [{ start: "user" }, `ada:${this.world.id()}`] : [{ run: this.run }, undefined];
    const token = await this.world.tokenFor("mailer", audience, { task: "answer", ...as, ...how }, subject);
    if ("given" in token) this.run = token.given.run;
    return token;
  }
}

/** What the risk says of the same declarations */
function hasWayOut({ registry }: ReturnType<typeof split>): boolean {
  const agent = registry.agents["mailer"]!;
  return wayOut(taskRiskFacts(registry, agent, "answer"), handedFacts(registry, agent.tasks["answer"]!)) !== undefined;
}

const refusedFor = (code: string) => ({ codes: expect.arrayContaining([code]) });

test("what a delegate reads goes out with its delegator's tool, if that is cleared for it", async () => {
  const fleet = split();
  given(await fleet.story.lookup());
  expect(await fleet.story.send()).toEqual({ given: true });
  expect(hasWayOut(fleet)).toBe(true);
});

test("fails after a stranger's words without an approval, as in one task", async () => {
  const fleet = split();
  given(await fleet.story.search());
  given(await fleet.story.lookup());
  expect(await fleet.story.send()).toMatchObject({ codes: ["session.tainted"] });
});

test("fails when the edge is below the data, so the risk does not count it", async () => {
  const fleet = split({ sensitivity: "confidential" });
  expect(await fleet.story.lookup()).toMatchObject(refusedFor("delegation.above-sensitivity"));
  expect(hasWayOut(fleet)).toBe(false);
});

test("a person may let it out after a stranger's words, so the risk counts it with an approval too", async () => {
  const fleet = split({ approval: Approval.from(GROUP) });
  const { story } = fleet;
  await story.approved(() => story.search());
  given(await story.lookup());
  await story.approved(() => story.send());
  expect(hasWayOut(fleet)).toBe(true);
});

test("fails at synth when the tool that sends is not cleared for the data", () => {
  const sentence = "salaries is restricted, above the clearance of mail (confidential)";
  expect(() => split({ clearance: "confidential" })).toThrow(sentence);
});

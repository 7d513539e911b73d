import {
  Agent,
  type AgentClass,
  type AgentSpec,
  Approval,
  Budget,
  Fleet,
  type RiskControl,
  Tool,
} from "../../../constructs";
import { checkFleetAgainstPlatform } from "../../../constructs/agent/platform-rules";
import { refusal } from "../../support/domain";
import { servedPlainly } from "../../support/served";
import { platformWith } from "../../support/synth";

const mail = Tool.http("mail", {
  url: "https://mail.partner.example",
  clearance: "restricted",
  actions: {
    list: { method: "GET", path: "/messages" },
    purge: { method: "DELETE", path: "/messages", impact: "high" },
  },
});
const because = "auditors ask for it";

function clerk(changes: Partial<AgentSpec> = {}): AgentClass {
  return Agent.define("clerk", {
    owner: "team@acme.example",
    purpose: "Shows what a tier of risk asks for",
    expires: "2027-06-30",
    workload: { namespace: "apps" },
    tasks: { purge: { startedBy: "user", tools: [mail.allow("purge")], budget: Budget.perDay(5) } },
    ...changes,
  });
}

const check =
  (agent: AgentClass, ...risk: readonly RiskControl[]) =>
  () =>
    checkFleetAgainstPlatform(Fleet.of(agent), platformWith({ risk }));

const approved = () =>
  clerk({
    tasks: { purge: { startedBy: "user", tools: [mail.allow("purge")], approval: Approval.from("support-leads") } },
  });
const reading = () => clerk({ tasks: { list: { startedBy: "user", tools: [mail.allow("list")] } } });

/** What an agent of high risk (35 points and more) lacks, and the end of the refusal */
const REFUSED: readonly (readonly [string, AgentClass, RiskControl, string])[] = [
  [
    "a task with a high-impact action has no approval",
    clerk(),
    { from: "high", requires: "approval", because },
    `an approval is required for task "purge": write approval, or take its high-impact and outward actions away, because ${because}`,
  ],
  [
    "it has one owner",
    clerk(),
    { from: "high", requires: "second-owner", because },
    `a second owner is required: write secondOwner, because ${because}`,
  ],
  [
    "a task runs for longer",
    clerk(),
    { from: "medium", requires: { ttl: "1m" }, because },
    `task "purge" must run at most 1m, got 15m: write ttl: "1m", because ${because}`,
  ],
];

test.each(REFUSED)("fails when %s: risk, tier, fix and the platform's own words are told", (_, agent, control, end) => {
  const { code, message } = refusal(check(agent, control));
  expect(code).toBe("risk.control-missing");
  expect(message).toMatch(
    /^agent "clerk": its risk is high \(\d+ points: calls high-impact actions without approval \(15\), /,
  );
  expect(message.replace(/ \(test\/[^)]*\)$/, "")).toMatch(new RegExp(`from ${control.from} on .*`));
  expect(message).toContain(end);
});

test.each<[string, AgentClass, RiskControl]>([
  ["the task has the approval", approved(), { from: "medium", requires: "approval", because }],
  ["no action has impact or is outward", reading(), { from: "medium", requires: "approval", because }],
  [
    "there is a second owner",
    clerk({ secondOwner: "lead@acme.example" }),
    { from: "high", requires: "second-owner", because },
  ],
  ["the run is as short", clerk(), { from: "high", requires: { ttl: "15m" }, because }],
  ["its risk is below the tier", clerk(), { from: "critical", requires: "second-owner", because }],
])("an agent is accepted where %s", (_, agent, control) => expect(check(agent, control)).not.toThrow());

test("without a word of the platform a critical agent needs approvals, and an empty list asks for nothing", () => {
  expect(platformWith().riskControls).toMatchObject([{ from: "critical", requires: "approval" }]);
  expect(platformWith({ risk: [] }).riskControls).toEqual([]);
});

test.each<[string, unknown, string]>([
  [
    "a control holds for all tiers",
    { from: "low", requires: "approval", because },
    'risk[0].from must be "medium", "high" or "critical", got "low"',
  ],
  [
    "a control has no reason",
    { from: "high", requires: "approval" },
    "risk[0].because must be a non-empty string, got nothing",
  ],
  [
    "a control asks for something unknown",
    { from: "high", requires: "prayer", because },
    'risk[0].requires must be "approval", "second-owner" or { ttl: "5m" }, got "prayer"',
  ],
  [
    "a control's ttl is no duration",
    { from: "high", requires: { ttl: "soon" }, because },
    'risk[0].requires.ttl must be a duration such as "15m" (s, m or h), got "soon"',
  ],
])("fails when %s", (_, control, sentence) => {
  expect(refusal(() => platformWith({ risk: [control as RiskControl] })).message).toBe(`platform: ${sentence}`);
});

test.each<[string, string, string]>([
  [
    "is the owner again",
    "Team@acme.example",
    'secondOwner must be another person than the owner, got "Team@acme.example"',
  ],
  [
    "is another address of the owner's mailbox",
    "team+second@acme.example.",
    'secondOwner must be another person than the owner, got "team+second@acme.example."',
  ],
  [
    "cannot be reached",
    "the lead",
    'secondOwner must be reachable, got "the lead": write a mail address such as "team@acme.example"',
  ],
])("fails when the second owner %s", (_, secondOwner, sentence) => {
  expect(refusal(() => clerk({ secondOwner }))).toEqual({
    code: "owner.missing",
    message: `agent "clerk": ${sentence}`,
  });
});

describe("an agent whose only task hands on to one that purges", () => {
  const leads = Approval.from("support-leads");
  const checked = (approvals: { readonly own?: Approval; readonly other?: Approval }) => {
    const { own, other } = approvals;
    const tools = [mail.allow("purge")];
    class Purger extends Agent.define("purger", {
      owner: "team@acme.example",
      purpose: "Purges what others tell it to",
      expires: "2027-06-30",
      workload: { namespace: "apps" },
      tasks: { purge: { startedBy: "delegation", tools, ...(other && { approval: other }) } },
      serves: servedPlainly("purge"),
    }) {}
    const delegates = [Purger.task("purge")];
    const asking = clerk({ tasks: { ask: { startedBy: "user", delegates, ...(own && { approval: own }) } } });
    const risk: readonly RiskControl[] = [{ from: "medium", requires: "approval", because }];
    return () => checkFleetAgainstPlatform(Fleet.of(asking, Purger), platformWith({ risk }));
  };

  test("fails when neither has an approval", () => {
    const { code, message } = refusal(checked({}));
    expect(code).toBe("risk.control-missing");
    expect(message).toContain('agent "clerk": its risk is high (');
    expect(message).toContain("calls high-impact actions without approval by purger.purge (15)");
    expect(message).toContain(
      `an approval is required for task "ask" or for purger.purge, whose high-impact and outward actions it may use: write approval, or leave these out of the edge's tools, because ${because}`,
    );
  });
  test("is accepted with its own approval, and then the other one is refused", () => {
    expect(refusal(checked({ own: leads })).message).toContain('agent "purger": its risk is');
  });
  test("is accepted where the other one has an approval", () => {
    expect(checked({ other: leads })).not.toThrow();
  });
});

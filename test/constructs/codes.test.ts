import { Agent, Approval, Dataset, DeclarationError, type ErrorCode, Fleet, Platform, Tool } from "../../constructs";
import { checkFleetAgainstPlatform } from "../../constructs/agent/platform-rules";
import { facts } from "../../fleet/platform";
import { define, pages, specWith } from "../support/agents";
import { newStack, platformWith } from "../support/synth";

const { people: _, ...withoutPeople } = facts;
const safe = Dataset.external("safe", { sensitivity: "restricted" });
const vault = Tool.http("vault", {
  url: "https://vault.acme.example",
  clearance: "restricted",
  actions: { read: { method: "GET", path: "/", touches: [safe.read()] } },
});
const account = { account: "111122223333", region: "eu-central-1" };
const withData = specWith({ tasks: { read: { startedBy: "user", data: [pages.read()] } } });
const tables = Array.from({ length: 30 }, (_, index) =>
  Dataset.table(`t-${index}`, { table: `some-rather-long-table-name-${index}`, sensitivity: "internal" }).read(),
);

/** What only a platform can refuse; the texts are asserted beside each construct. */
const refusals: readonly [ErrorCode, () => unknown][] = [
  ["expiry.too-far", () => new Agent(newStack(), "small", specWith({ expires: "2028-12-31" }))],
  [
    "enforcement.refused",
    () => {
      const enforcement = { observe: { until: "2028-01-01", reason: "a trial" } } as const;
      new Agent(newStack(), "small", specWith({ tasks: { look: { startedBy: "user", enforcement } } }));
    },
  ],
  [
    "approval.unknown-group",
    () => {
      const look = { ...specWith().tasks.look, startedBy: "user" as const, approval: Approval.from("unknown") };
      new Agent(newStack(), "small", specWith({ tasks: { look } }));
    },
  ],
  [
    "approval.no-people",
    () => {
      const look = { ...specWith().tasks.look, startedBy: "user" as const, approval: Approval.from("support-leads") };
      new Agent(newStack(new Platform(withoutPeople)), "small", specWith({ tasks: { look } }));
    },
  ],
  [
    "approval.above-clearance",
    () => {
      const approval = Approval.from("support-leads");
      const look = { startedBy: "user" as const, tools: [vault.allow("read")], data: [safe.read()], approval };
      new Agent(newStack(platformWith({ approvers: ["support-leads"] })), "small", specWith({ tasks: { look } }));
    },
  ],
  ["start.no-issuer", () => new Agent(newStack(platformWith({ issuers: [] })), "small", specWith())],
  ["aws-data.no-endpoints", () => new Agent(newStack(platformWith({ aws: account })), "small", withData)],
  [
    "too-large",
    () => new Agent(newStack(), "small", specWith({ tasks: { read: { startedBy: "user", data: tables } } })),
  ],
  [
    "quota.exceeded",
    () =>
      checkFleetAgainstPlatform(
        Fleet.of(define("first", { tasks: withData.tasks }), define("second", { tasks: withData.tasks })),
        platformWith({ aws: { ...account, quotas: { roles: 1 } } }),
      ),
  ],
  ["platform.malformed", () => platformWith({ domains: ["*"] })],
  ["name.reserved", () => new Agent(newStack(), "small", specWith({ workload: { namespace: "kube-system" } }))],
  [
    "value.foreign",
    () => {
      const approval = { ...Approval.from("support-leads") } as Approval;
      new Agent(newStack(), "small", specWith({ tasks: { look: { startedBy: "user", approval } } }));
    },
  ],
  ["image.unpinned", () => platformWith({ images: { companion: "companion:latest" } })],
];

test.each(refusals)("fails with %s", (code, declare) => {
  let refused: unknown;
  try {
    declare();
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(DeclarationError);
  expect((refused as DeclarationError).code).toBe(code);
});

import { deepStrictEqual as equal, match, ok } from "node:assert";
import type { Source } from "../../../governance/inventory/live/comparison";
import type { Check, Suite } from "../harness/suite";
import type { LiveWorld } from "./live-world";
import { CLERK_DATA, LETTERS, unusedIn, WITHOUT_OTHERS } from "./narrowing-checks";

const BY_CLOUDTRAIL = ["bank-token:read by CloudTrail"];
const BY_ADVISOR = ["notes:read by access advisor", "notes:write by access advisor"];

interface Denied {
  readonly action: string;
  /** Sources of which the report says why they are not known, besides those that were left out */
  readonly unknown: readonly Source[];
  /** What is still proposed */
  readonly unused: readonly string[];
}

const DENIED: readonly Denied[] = [
  { action: "iam:GetAccountAuthorizationDetails", unknown: ["aws", "cloudtrail"], unused: [] },
  { action: "iam:GenerateServiceLastAccessedDetails", unknown: [], unused: BY_CLOUDTRAIL },
  { action: "cloudtrail:LookupEvents", unknown: ["cloudtrail"], unused: BY_ADVISOR },
];

/** What is not told is unknown, and nothing is missing, an orphan or unused by it. */
export function unknownChecks(suite: Suite, world: Check<LiveWorld>, narrowed: Check): void {
  const wide = suite.check("the declaration is as wide as before", [world, narrowed], async ([at]) => {
    at.app.change("agents/clerk.ts", LETTERS, CLERK_DATA);
    await at.app.synthesize();
  });
  for (const { action, unknown, unused } of DENIED) {
    suite.check(`without ${action} what it tells is unknown, and the exit code is 1`, [world, wide], async ([at]) => {
      await at.asAuditor(action);
      const run = await at.live(["--json", ...WITHOUT_OTHERS]);
      const { notAsked = {}, missing, orphans = [], unknown: unsaid = [] } = run.comparison ?? {};
      equal([run.code, missing, unusedIn(run)], [1, [], unused], run.stderr);
      equal(Object.keys(notAsked).sort(), [...unknown, "kubernetes", "registry"].sort());
      equal(
        orphans.some(({ kind }) => kind === "role"),
        !unknown.includes("aws"),
      );
      const told = [...Object.values(notAsked), ...unsaid.map(({ because }) => because)].join("\n");
      match(told, /AccessDenied/);
    });
  }
  for (const action of ["dynamodb:GetItem", "dynamodb:Query"]) {
    suite.check(`without ${action} the registry is unknown`, [world, wide], async ([at]) => {
      await at.asAuditor(action);
      const { code, comparison, stderr } = await at.live(["--json", "--without", "aws", "cloudtrail", "kubernetes"]);
      equal([code, comparison?.missing, comparison?.orphans], [1, [], []], stderr);
      match(comparison?.notAsked.registry ?? "", /AccessDenied|not authorized/);
    });
  }
  suite.check("a registry that another key has signed is unknown", [world, wide], async ([at]) => {
    await at.asAuditor();
    const { code, comparison } = await at.live([
      "--json",
      "--without",
      "aws",
      "cloudtrail",
      "kubernetes",
      "--public-key",
      at.otherKey(),
    ]);
    equal([code, comparison?.missing, comparison?.orphans], [1, [], []]);
    match(comparison?.notAsked.registry ?? "", /signature/);
  });
  suite.check(
    "a person without rights in the cluster, and one with keys that AWS does not know",
    [world, wide],
    async ([at]) => {
      const kubernetes = await at.live(["--json", "--without", "aws", "cloudtrail", "registry"], {
        KUBECONFIG: at.kubeconfigOf("mallory"),
      });
      equal([kubernetes.code, kubernetes.comparison?.missing, kubernetes.comparison?.orphans], [1, [], []]);
      match(kubernetes.comparison?.notAsked.kubernetes ?? "", /forbidden/i);
      const aws = await at.live(["--json", ...WITHOUT_OTHERS], { AWS_ACCESS_KEY_ID: "AKIAUNKNOWN" });
      equal([aws.code, aws.comparison?.missing, aws.comparison?.narrowings], [1, [], []]);
      match(aws.comparison?.notAsked.aws ?? "", /InvalidClientTokenId/);
      match(aws.comparison?.notAsked.cloudtrail ?? "", /those are not known/);
    },
  );
  suite.check(
    "where AWS is asked too often, also beyond what its command line bears, all is told",
    [world, wide],
    async ([at]) => {
      await at.asAuditor();
      const busy = [
        "iam:GenerateServiceLastAccessedDetails",
        "iam:GetServiceLastAccessedDetails",
        "cloudtrail:LookupEvents",
      ];
      for (const action of busy) at.front.throttled.set(action, 3);
      const run = await at.live(["--json", ...WITHOUT_OTHERS], { AWS_MAX_ATTEMPTS: "2" });
      equal([run.code, unusedIn(run)], [0, [...BY_CLOUDTRAIL, ...BY_ADVISOR]], run.stderr);
      ok(busy.every((action) => at.front.throttled.get(action) === 0));
      match(run.stderr, /asking AWS what roles used, \d of 1 are done/);
    },
  );
}

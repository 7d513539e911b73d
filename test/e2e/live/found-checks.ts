import { deepStrictEqual as equal, match } from "node:assert";
import type { Check, Suite } from "../harness/suite";
import { arnOf, type LiveWorld, NAMESPACE, TAG } from "./live-world";

/** What is deployed and not declared, and the other way round */
export function foundChecks(suite: Suite, world: Check<LiveWorld>): Check {
  const same = suite.check(
    "with the rights of the page alone, nothing differs where everything is deployed as it is declared",
    [world],
    async ([at], note) => {
      await at.asAuditor();
      const { code, comparison, stderr } = await at.live(["--json"]);
      equal([code, comparison?.notAsked, comparison?.undeclared], [0, {}, []], stderr);
      equal([comparison?.orphans, comparison?.missing], [[], []]);
      note(
        "moto checks signatures and rights of IAM, STS and DynamoDB; those of access advisor and CloudTrail the stand-in",
      );
    },
  );
  const orphaned = suite.check(
    "an agent that leaves the declaration is an orphan by role, service account, pod and registry entry",
    [world, same],
    async ([at]) => {
      at.app.change("main.ts", 'import { Scribe } from "./agents/scribe";\n', "");
      at.app.change("main.ts", "Fleet.of(Clerk, Scribe)", "Fleet.of(Clerk)");
      await at.app.synthesize();
      const { code, comparison } = await at.live(["--json"]);
      equal([code, comparison?.undeclared, comparison?.missing], [0, ["scribe"], []]);
      const because = "no agent scribe is declared";
      equal(comparison?.orphans, [
        { kind: "role", name: arnOf("prod.scribe"), agent: "scribe", lastUsed: null, because },
        { kind: "service account", name: `${NAMESPACE}/scribe`, agent: "scribe", because },
        { kind: "pod", name: `${NAMESPACE}/scribe-1`, agent: "scribe", because },
        { kind: "registry entry", name: "scribe", agent: "scribe", because },
      ]);
    },
  );
  return suite.check(
    "roles at any path and pods that were made by hand, and a service account that is gone, are found",
    [world, orphaned],
    async ([at]) => {
      const trust = '{"Version":"2012-10-17","Statement":[]}';
      const path = "/ambit/agents/prod/";
      await at.unguarded();
      await at.makeRole({ name: "prod.ghost", path, assume_role_policy: trust, tags: { [TAG]: "ghost" } });
      await at.makeRole({ name: "prod.bare", path, assume_role_policy: trust, tags: {} });
      await at.makeRole({ name: "elsewhere", path: "/", assume_role_policy: trust, tags: { [TAG]: "far" } });
      await at.makeRole({ name: "app", path: "/app/", assume_role_policy: trust, tags: { team: "far" } });
      const stage = "/ambit/agents/stage/";
      await at.makeRole({ name: "stage.near", path: stage, assume_role_policy: trust, tags: { [TAG]: "near" } });
      await at.makeRole({ name: "near", path: stage, assume_role_policy: trust, tags: { [TAG]: "near" } });
      await at.makeAccount("default");
      await at.pod("clerk-2", "clerk", "default");
      await at.pod("rogue", undefined, "clerk");
      await at.pod("plain", undefined, "default");
      await at.removeAccount("clerk");
      await at.asAuditor();
      const { code, comparison, stdout } = await at.live(["--json", "--without", "registry", "cloudtrail"]);
      await at.unguarded();
      for (const name of ["prod.ghost", "prod.bare", "elsewhere", "app", "stage.near", "near"])
        await at.removeRole(name);
      await at.makeAccount("clerk", "clerk");
      await at.asAuditor();
      equal([code, comparison?.undeclared], [0, ["far", "ghost", "near", "scribe"]], stdout);
      const found = comparison?.orphans.filter(({ agent }) => agent !== "scribe");
      equal(
        found?.map(({ kind, name, because }) => `${kind} ${name}: ${because}`),
        [
          `role ${arnOf("prod.bare")}: no agent declares the role, and it has no tag of one`,
          `role ${arnOf("prod.ghost")}: no agent ghost is declared`,
          "role arn:aws:iam::111122223333:role/ambit/agents/stage/near: no agent near is declared",
          "role arn:aws:iam::111122223333:role/elsewhere: no agent far is declared",
          `pod ${NAMESPACE}/clerk-2: clerk declares no such service account ${NAMESPACE}/default`,
          `pod ${NAMESPACE}/rogue: it runs by ${NAMESPACE}/clerk, the service account of an agent, and has no label of one`,
        ],
      );
      equal(comparison?.otherPlatforms, [{ path: stage, roles: 1 }]);
      equal(comparison?.missing, [{ kind: "service account", name: `${NAMESPACE}/clerk`, agent: "clerk" }]);
      match(stdout, /left out by --without cloudtrail/);
    },
  );
}

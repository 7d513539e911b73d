import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Check, Suite } from "../harness/suite";
import { same } from "./account/expected";
import { readRoles } from "./account/iam";
import { STACKS, synthesize } from "./app";
import type { Deployed, Started } from "./deploy-checks";
import { exampleFleet, movedFleet, reversedFleet, withNewcomer } from "./fleets";
import { addresses, isKubernetes, stackText, type Synthesized, synthesizedStack, withoutHash } from "./rehearsal";
import { type Engine, only, type PlannedChange } from "./terraform";
import type { StackName } from "./workspaces";

/**
 * Resources that a change of any agent may update in place. There are none: what describes the fleet as a whole lies
 * beside the stacks (`ambit/registry.json`, `ambit/policy.json`, `ambit/sources.json`) and is no resource.
 */
const FLEET_DOCUMENTS: readonly string[] = [];

/** What one agent more has, by address without its hash */
const NEWCOMER = [
  "aws_iam_role.newcomer_Role",
  "aws_iam_role_policy.newcomer_Role_Access",
  "kubernetes_config_map_v1_data.newcomer_Identity_Record",
  "kubernetes_network_policy_v1.newcomer_NetworkPolicy",
  "kubernetes_service_account_v1.newcomer_Identity",
];

/** What must not be lost, by address without its hash */
const PROTECTED = [
  "aws_cloudtrail.DataTrail",
  "aws_dynamodb_table.Tables_PersonKeys",
  "aws_dynamodb_table.Tables_Registry",
  "aws_dynamodb_table.Tables_State",
  "aws_kms_key.AuditLogKey",
  "aws_kms_key.DataKey",
  "aws_kms_key.DataTrail_Key",
  "aws_kms_key.NextTokenKey",
  "aws_kms_key.PolicyKey",
  "aws_kms_key.RegistryKey",
  "aws_kms_key.TokenKey",
  "aws_s3_bucket.Audit",
  "aws_s3_bucket.DataTrail",
  "aws_s3_bucket.PolicyBucket",
];
/** The same of SPIRE */
const PROTECTED_SPIRE = ["aws_kms_key.Spire_Database_Key", "aws_rds_cluster.Spire_Database"];
/** Pods of the platform that get an identity, beside one per agent */
const COMPONENTS = 12;
/** Where SPIRE's table of sizes takes its next row */
const ROW_ENDS = 100;
/** What has the size of SPIRE's servers, by address without its hash */
const SIZED = ["kubernetes_stateful_set_v1.Spire_Server"];

/** Changes that leave the deployment alone, planned by either engine: the stacks are the same bytes. */
export function sameStackChecks(suite: Suite, name: Engine["name"], { world, folder, outdir }: Started): void {
  const check: Suite["check"] = (text, needs, act) => suite.check(`${name}: ${text}`, needs, act);

  check(
    "the fleet in another order gives the same stacks, and so plans nothing",
    [world, outdir],
    ([{ network }, before]) => {
      const after = synthesize(join(folder, "reversed"), { network, fleet: reversedFleet });
      sameStacks(before, after, STACKS);
      same(documentText(after, "policy"), documentText(before, "policy"), "policy");
      same(documentText(after, "registry"), documentText(before, "registry"), "registry");
    },
  );
  check(
    "agents on other lines of other files give the same stacks, and so plan nothing",
    [world, outdir],
    ([{ network }, before], note) => {
      const place = join(folder, "moved");
      mkdirSync(place);
      const after = synthesize(join(place, "out"), { network, fleet: movedFleet(place) });
      sameStacks(before, after, STACKS);
      same(documentText(after, "registry"), documentText(before, "registry"), "registry");
      same(documentText(after, "policy"), documentText(before, "policy"), "policy");
      const lines = linesMoved(before, after);
      if (lines.length !== exampleFleet.agents.length || lines.some((by) => by <= 0)) {
        throw new Error(`sources.json must show every agent on a later line, got moves of ${lines.join(", ")}`);
      }
      note(`sources.json shows ${lines.length} agents moved by ${[...new Set(lines)].join(", ")} lines`);
    },
  );
  check(
    "where SPIRE's table of sizes takes its next row, only the size of its servers changes",
    [world],
    ([account]) => {
      const [within, beyond] = [ROW_ENDS, ROW_ENDS + 1].map((workloads) =>
        synthesize(join(folder, `workloads-${workloads}`), { network: account.network, spire: { workloads } }),
      ) as [string, string];
      sameStacks(
        within,
        beyond,
        STACKS.filter((stack) => stack !== "spire"),
      );
      same(changedAddresses(within, beyond, "spire").map(withoutHash), SIZED, "resources that changed");
      same(addresses(synthesizedStack(beyond, "spire")), addresses(synthesizedStack(within, "spire")), "resources");
    },
  );
}

/** What a change of the fleet plans, on a deployed fleet that is as before afterwards. */
export function changeChecks(suite: Suite, name: Engine["name"], deployed: Deployed): Check {
  const { world, folder, outdir, workspaces, agents } = deployed;
  const check: Suite["check"] = (text, needs, act) => suite.check(`${name}: ${text}`, needs, act);

  const added = check(
    "one agent more plans its own resources and nothing else, and applies",
    [world, outdir, workspaces, agents],
    async ([{ network }, before, made], note) => {
      const after = synthesize(join(folder, "newcomer"), { network, fleet: withNewcomer });
      sameStacks(
        before,
        after,
        STACKS.filter((stack) => stack !== "agents"),
      );
      const own = newAddresses(before, after);
      same(own.map(withoutHash), NEWCOMER, "new resources");
      same(newAddresses(after, before), [], "resources that are gone");
      same(changedAddresses(before, after, "agents"), [], "resources of others that changed");
      const [from, to] = [exampleFleet, withNewcomer].map(({ agents }) => agents.length + COMPONENTS);
      if (to === undefined || to > ROW_ENDS) throw new Error(`SPIRE's size must not change, got ${to} workloads`);
      note(
        `SPIRE has ${from} workloads and then ${to}, which is the same row (up to ${ROW_ENDS}) of its table of sizes`,
      );
      const ofAws = own.filter((address) => !isKubernetes(address));
      made.use("agents", after);
      const updates = FLEET_DOCUMENTS.map((address) => `update ${address}`);
      same(await made.of("agents").plan(), [...ofAws.map((address) => `create ${address}`), ...updates], "plan");
      await made.of("agents").applyPlanned();
      note(`${ofAws.join(", ")} (and ${own.length - ofAws.length} of Kubernetes, only synthesized)`);
      return ofAws;
    },
  );
  check(
    "the agent removed again destroys only those",
    [world, outdir, workspaces, added],
    async ([{ connection }, before, made, own]) => {
      made.use("agents", before);
      const updates = FLEET_DOCUMENTS.map((address) => `update ${address}`);
      same(await made.of("agents").plan(), [...own.map((address) => `delete ${address}`), ...updates], "plan");
      await made.of("agents").applyPlanned();
      await made.of("agents").planIsEmpty();
      same((await readRoles(connection))["prod.newcomer"], undefined, "role of the agent");
    },
  );
  return check(
    "protected resources refuse to be destroyed",
    [world, outdir, workspaces, agents],
    async ([{ network }, before, made], note) => {
      const after = synthesize(join(folder, "protected"), { network, changes: { protectData: true } });
      for (const [stack, addresses] of [
        ["foundation", PROTECTED],
        ["spire", PROTECTED_SPIRE],
      ] as const) {
        const copy = made.use(stack, after);
        const holds = protectedIn(copy);
        same(holds.map(withoutHash), addresses, "protected resources");
        if (stack === "spire") checkDatabaseKept(await made.of(stack).planShown());
        const { code, stdout, stderr } = await made.of(stack).planDestroy();
        made.use(stack, before);
        const silent = holds.filter((address) => !`${stdout}${stderr}`.includes(address));
        if (code === 0 || silent.length > 0) {
          throw new Error(
            `plan -destroy must be refused for each, got ${code}, nothing on ${silent.join(", ") || "none"}`,
          );
        }
        note(holds.join(", "));
      }
    },
  );
}

/** Of the rehearsal's fleet nothing is protected; here the database refuses by itself, and leaves a snapshot. */
function checkDatabaseKept(plan: readonly PlannedChange[]): void {
  const { address, actions, after } = only(plan, "aws_rds_cluster.");
  same(
    [plan.length, actions, after.deletion_protection, after.skip_final_snapshot, after.final_snapshot_identifier],
    [1, "update", true, false, "ambit-prod-spire-final"],
    address,
  );
}

function protectedIn(copy: Synthesized): readonly string[] {
  return addresses(copy).filter((address) => {
    const [type, id] = address.split(".") as [string, string];
    return (
      (copy.resource?.[type]?.[id]?.lifecycle as { prevent_destroy?: boolean } | undefined)?.prevent_destroy === true
    );
  });
}

function sameStacks(before: string, after: string, stacks: readonly StackName[]): void {
  for (const stack of stacks) {
    if (stackText(before, stack) !== stackText(after, stack)) throw new Error(`stack ${stack} must be the same bytes`);
  }
}

/** Addresses in the agents' stack of `after` that `before` has not */
function newAddresses(before: string, after: string): readonly string[] {
  const known = addresses(synthesizedStack(before, "agents"));
  return addresses(synthesizedStack(after, "agents")).filter((address) => !known.includes(address));
}

/** Addresses in both whose resources are not the same */
function changedAddresses(before: string, after: string, stack: StackName): readonly string[] {
  const [from, to] = [before, after].map((outdir) => synthesizedStack(outdir, stack).resource ?? {});
  const text = (resource: typeof from, address: string): string => {
    const [type, id] = address.split(".") as [string, string];
    return JSON.stringify(resource?.[type]?.[id] ?? null);
  };
  return addresses(synthesizedStack(before, stack)).filter(
    (address) => text(to, address) !== "null" && text(from, address) !== text(to, address),
  );
}

function documentText(outdir: string, name: "policy" | "registry" | "sources"): string {
  return readFileSync(join(outdir, "ambit", `${name}.json`), "utf8");
}

type Sources = { readonly agents: Readonly<Record<string, { readonly file: string; readonly line: number }>> };

/** By how many lines each agent moved; a file that stayed is an error. */
function linesMoved(before: string, after: string): readonly number[] {
  const [from, to] = [before, after].map((outdir) => (JSON.parse(documentText(outdir, "sources")) as Sources).agents);
  return Object.entries(from ?? {}).map(([agent, { file, line }]) => {
    const moved = to?.[agent];
    if (moved === undefined || moved.file === file) throw new Error(`sources.json must show ${agent} in another file`);
    return moved.line - line;
  });
}

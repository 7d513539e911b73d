import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as Gather from "./gather";

/** A policy that AWS keeps, in the version that was its default when the texts were gathered */
export interface ManagedPolicy {
  /** In the partition `aws` */
  readonly arn: string;
  /** Such as `ReadOnlyAccess` */
  readonly name: string;
  /** Such as `v188` */
  readonly version: string;
  /** Day on which AWS wrote it, such as `2026-08-26` */
  readonly date: string;
  readonly json: string;
}

export interface ManagedPolicies {
  /** By ARN, in the partition `aws` */
  readonly byArn: ReadonlyMap<string, ManagedPolicy>;
  /** Day of the latest change among them */
  readonly date: string;
}

/** Where they lie in the package, made when it is built: {@link gathered} */
const BUILT = join(__dirname, "policies.json");

let known: ManagedPolicies | undefined;

/** The policies of AWS. The first call reads some MB: call it only if there is a policy of AWS to look up. */
export function managedPolicies(): ManagedPolicies {
  known ??= all();
  return known;
}

function all(): ManagedPolicies {
  const policies = existsSync(BUILT) ? builtPolicies() : gatheredPolicies();
  const dates = policies.map(({ date }) => date).sort();
  return { byArn: new Map(policies.map((policy) => [policy.arn, policy])), date: dates.at(-1) ?? "" };
}

function builtPolicies(): readonly ManagedPolicy[] {
  return JSON.parse(readFileSync(BUILT, "utf8")) as readonly ManagedPolicy[];
}

function gatheredPolicies(): readonly ManagedPolicy[] {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- it stays in the repository, where nothing is built
  return (require("./gather") as typeof Gather).gathered();
}

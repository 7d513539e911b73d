import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as Gather from "./gather";
import type { PoliciesRead } from "../layer";
import type { PolicyTexts } from "../policy-texts";

/** A policy that AWS maintains, in the version that was the default when the texts were gathered */
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

/** Their place in the package, written when it is built: {@link latestPolicies} */
const BUILT = join(__dirname, "policies.json");

let known: ManagedPolicies | undefined;

/** The policies of AWS. The first call reads several MB: call it only to look up a policy of AWS. */
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
  return (require("./gather") as typeof Gather).latestPolicies();
}

/** ARNs of policies that AWS maintains, in any partition */
const OF_AWS = /^arn:([^:]*):iam::aws:policy\//;

/** AWS maintains policies for each partition, in other versions; the texts are those of this one. */
const PARTITION = "aws";

export function isOfAws(arn: string): boolean {
  return OF_AWS.test(arn);
}

/** The text of an AWS policy attached at `address`; unknown if there is no text of it. */
export function managedStatements(arn: string, address: string, texts: PolicyTexts): PoliciesRead {
  const [, partition] = OF_AWS.exec(arn) ?? [];
  if (partition !== PARTITION) {
    return unknown(arn, address, `its text is AWS's, and known for the partition "${PARTITION}" only`);
  }
  const { byArn, date } = managedPolicies();
  const policy = byArn.get(arn);
  if (policy === undefined) {
    return unknown(arn, address, `its text is AWS's, and it is not among the policies that AWS had on ${date}`);
  }
  const read = texts.of(policy.json, address);
  const called = `AWS's ${policy.name} as of ${policy.version}, ${policy.date}`;
  return { ...read, statements: read.statements.map((statement) => ({ ...statement, policy: called })) };
}

function unknown(arn: string, address: string, why: string): PoliciesRead {
  const advice = "write the actions that are needed instead";
  return {
    statements: [],
    unknown: [{ what: `the policy ${arn}`, why: `${why}: ${advice}`, source: { address }, mayDeny: true }],
  };
}

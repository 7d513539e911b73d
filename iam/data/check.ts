import { show } from "../private/values";
import type { DataAccessKind, DataTarget } from "./target";

/**
 * Refuse names that AWS would not accept. This keeps wildcards and templates out of the ARN made of them.
 *
 * @param rule the pattern in words
 */
export function checkName(what: string, value: string, pattern: RegExp, rule: string): void {
  if (typeof value !== "string" || !pattern.test(value)) throw new Error(`${what} must be ${rule}, got ${show(value)}`);
}

/** Partition, region, account and key, which every kind of data has. */
export function checkPlace({ partition, region, account, keyArn }: DataTarget): void {
  checkName("partition", partition, /^aws(-[a-z]+)*$/, 'a partition such as "aws"');
  checkName("region", region, /^[a-z]{2,}(-[a-z]+)+-\d+$/, 'a region such as "eu-central-1"');
  checkName("account", account, /^\d{12}$/, "twelve digits");
  if (keyArn === undefined) return;
  // Services encrypt with keys of their own region; the account may be another.
  const key = new RegExp(
    `^arn:${partition}:kms:${region}:\\d{12}:key/(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$`,
  );
  checkName("keyArn", keyArn, key, `the ARN of a key in ${region} such as "arn:${partition}:kms:${region}:…:key/…"`);
}

/** Refuse accesses that `kind` cannot grant, and an empty list. */
export function checkAccesses(
  kind: string,
  accesses: readonly DataAccessKind[],
  possible: readonly DataAccessKind[],
): void {
  if (accesses.length === 0) throw new Error(`name at least one access to the ${kind}: ${possible.join(", ")}`);
  for (const access of accesses) {
    if (!possible.includes(access)) {
      throw new Error(`access to a ${kind} must be one of ${possible.join(", ")}, got ${show(access)}`);
    }
  }
}

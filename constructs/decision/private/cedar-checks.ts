import { statSync } from "node:fs";
import { refuse, shown } from "../../../domain";
import { CedarSourceError, type CedarSources, cedarSources } from "../../../policies/cedar-sources";

/** Amazon Verified Permissions, quotas "Policy size", "Schema size" and "Total size of all policies per resource", bytes */
const LARGEST = { policy: 10_000, schema: 200_000, policies: 200_000 };

/**
 * Ambit's Cedar with that of the platform, validated, and small enough for Amazon Verified Permissions.
 *
 * @throws DeclarationError `policy.malformed` with file and line, `policy.too-large`
 */
export function checkedCedar(rules: string | undefined, where: string): CedarSources {
  if (rules !== undefined && statSync(rules, { throwIfNoEntry: false })?.isDirectory() !== true) {
    refuse("policy.malformed", where, `rules must name a folder with .cedar files, got ${shown(rules)}`);
  }
  const sources = validated(rules, where);
  const { policies, schemaJson } = sources;
  fits(schemaJson, LARGEST.schema, "the schema", where);
  for (const { text, source } of policies) fits(text, LARGEST.policy, `the policy at ${source}`, where);
  // No policy names a resource, so all of them count for each resource.
  fits(policies.map(({ text }) => text).join(""), LARGEST.policies, "the policies together", where);
  return sources;
}

function validated(rules: string | undefined, where: string): CedarSources {
  try {
    return cedarSources(rules === undefined ? {} : { custom: rules });
  } catch (error) {
    if (!(error instanceof CedarSourceError)) throw error;
    return refuse("policy.malformed", where, `policies must hold as Cedar: ${error.message.split("\n").join("; ")}`);
  }
}

function fits(text: string, most: number, what: string, where: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > most) {
    const sentence = `${what} must have at most ${most} bytes for Amazon Verified Permissions, got ${bytes}`;
    refuse("policy.too-large", where, `${sentence}: write fewer rules, or decide with OPA`);
  }
}

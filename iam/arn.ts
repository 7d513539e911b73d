/** What stands between colons; a reference may hold colons of its own. */
const SEGMENT = /(?:\$\{[^}]*\}|\$(?!\{)|[^:$])*/.source;
const ARN = new RegExp(`^arn:${`(${SEGMENT}):`.repeat(4)}(.+)$`, "s");

/** The parts of an ARN (IAM user guide, "Amazon Resource Names"); each may be a reference of Terraform */
export interface ArnParts {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** Such as `role/path/name` or `root` */
  readonly resource: string;
}

/** Undefined for a text that is no ARN */
export function arnParts(text: string): ArnParts | undefined {
  const [, partition, service, region, account, resource] = ARN.exec(text) ?? [];
  if (partition === undefined || service === undefined || region === undefined) return undefined;
  if (account === undefined || resource === undefined) return undefined;
  return { partition, service, region, account, resource };
}

import { PreparedAccess } from "../../../iam/access/decide";
import type { Statement } from "../../../iam/statement";
import { rfc3339 } from "../../../runtime/rfc3339";
import type { AwsCalls } from "../cluster/aws/calls";

export const BUCKET = "acme-kb";
export const ARTICLES = `arn:aws:s3:::${BUCKET}`;
export const ARTICLE = "articles/lost-parcels.md";
const ROLE = "arn:aws:iam::111122223333:role/ambit/agents/prod/prod.support-triage";

/** AWS credentials that the exchange got for a run, with which an object was read */
export interface Brokered {
  /** Name of the session of STS */
  readonly session: string;
  /** Id of the access key */
  readonly key: string;
  /** When they end, as STS said */
  readonly until: string;
  /** For how long they were asked for */
  readonly seconds: number;
  /** Session policy, JSON */
  readonly policy: string;
}

/** @throws Error where the article was read with other credentials */
export function brokeredFor({ arrived }: Pick<AwsCalls, "arrived">): Brokered {
  const read = arrived.find(({ host, path }) => host.startsWith(`${BUCKET}.s3.`) && path === `/${ARTICLE}`);
  if (read?.key === undefined || read.status !== 200) throw new Error(`S3 was asked ${JSON.stringify(read)}`);
  const { key } = read;
  const given = arrived.find(({ answer, form }) => form.get("RoleArn") === ROLE && answer.includes(`>${key}<`));
  if (given === undefined) throw new Error(`STS gave no ${key} for ${ROLE}`);
  const { answer, form } = given;
  const [, until = ""] = /<Expiration>([^<]+)</.exec(answer) ?? [];
  const [session, policy] = ["RoleSessionName", "Policy"].map((name) => form.get(name) ?? "") as [string, string];
  return { session, key, until, seconds: Number(form.get("DurationSeconds")), policy };
}

/** What a session policy says of one request, in the account's own network and region */
export function verdictOf(policy: string, action: string, resource: string): string {
  const { Statement: statements } = JSON.parse(policy) as { readonly Statement: readonly Statement[] };
  const sourced = statements.map((statement) => ({ statement, source: "STS" }));
  const access = new PreparedAccess({ paths: [{ name: "run", layers: [{ name: "session", statements: sourced }] }] });
  const keys = {
    "aws:CurrentTime": [rfc3339(Math.floor(Date.now() / 1000))],
    "aws:RequestedRegion": ["eu-central-1"],
    "aws:ResourceAccount": ["111122223333"],
  };
  return access.decide({ action, resource, keys }).verdict;
}

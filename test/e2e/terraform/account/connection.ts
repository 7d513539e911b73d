import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

/** How the AWS SDK reaches moto: the keys open nothing. */
export interface Connection {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export function connectionTo(endpoint: string, region: string): Connection {
  return { endpoint, region, credentials: { accessKeyId: "rehearsal", secretAccessKey: "rehearsal" } };
}

export async function accountOf(connection: Connection): Promise<string | undefined> {
  const { Account } = await new STSClient(connection).send(new GetCallerIdentityCommand({}));
  return Account;
}

export type Tags = Readonly<Record<string, string>>;

/** Tags as a record, in the order of their keys. */
export function tagsOf(
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] = [],
): Tags {
  const entries = tags.map(({ Key = "", Value = "" }) => [Key, Value] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

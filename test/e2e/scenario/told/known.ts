import type { AuditRecord } from "../../../../runtime/audit/audit";
import type { Session } from "../../../../runtime/session/session";
import { epochKey, sessionKey } from "../../../../runtime/store/keys";
import type { StateStore } from "../../../../runtime/store/store";
import { userDigest } from "../../../../runtime/store/user-digest";
import { type AwsAccount, STATE_TABLE } from "../../cluster/aws/account";
import { LOGIN } from "../../cluster/aws/front";
import { personStoreAt } from "../../exchange/state-table";
import { recordsIn } from "../../exchange/written-records";

/** What the exchange keeps of an agent's session for a user, as its table has it */
export async function sessionOf(
  account: AwsAccount,
  agent: string,
  subject: string,
): Promise<Pick<Session, "mark" | "tainted"> | undefined> {
  return inTable(account, async (store) => {
    const [epoch] = await store.read([epochKey()]);
    const { epoch: now } = (epoch?.value ?? { epoch: 0 }) as { readonly epoch: number };
    const whose = userDigest({ issuer: `https://${LOGIN}`, subject });
    const [session] = await store.read([sessionKey(now, { agent, whose })]);
    return session?.value as Pick<Session, "mark" | "tainted"> | undefined;
  });
}

/** What is on record of all that one start began; no record of any process is missing */
export async function recordsOf(account: AwsAccount, transaction: string): Promise<readonly AuditRecord[]> {
  const all = await inTable(account, recordsIn);
  return all.filter(({ facts }) => facts["txn"] === transaction);
}

/** Whose name a record's `by` stands for, as long as the person has a key */
export async function whoActs(account: AwsAccount, subjects: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { persons, close } = await personStoreAt(account.url, STATE_TABLE);
  try {
    const named = subjects.map(async (subject) => {
      const user = userDigest({ issuer: `https://${LOGIN}`, subject });
      return [(await persons.pseudonymOf({ user })) ?? subject, subject] as const;
    });
    return new Map(await Promise.all(named));
  } finally {
    await close();
  }
}

async function inTable<T>(account: AwsAccount, act: (store: StateStore) => Promise<T>): Promise<T> {
  const { store, close } = await personStoreAt(account.url, STATE_TABLE);
  try {
    return await act(store);
  } finally {
    await close();
  }
}

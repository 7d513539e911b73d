import type { AssumeRoleCommandInput, Tag } from "@aws-sdk/client-sts";
import { LIMITS, SESSION_TAG, type User } from "../../domain";
import { SESSION_NAME, SESSION_TAGS, SOURCE_IDENTITY } from "../../iam";
import { userDigest } from "../store/user-digest";

/** Parameters of AssumeRole */
export interface RoleSession {
  readonly role: string;
  /** JSON */
  readonly policy: string;
  readonly agent: string;
  readonly task: string;
  readonly user: User | null;
  readonly sid: string;
  readonly txn: string;
}

/**
 * The request to STS. CloudTrail shows the agent as source identity, and the transaction as session name.
 *
 * @throws Error for a name that STS does not accept: names are never changed silently
 */
export function assumeRoleInput(session: RoleSession): AssumeRoleCommandInput {
  const { role, policy, agent, txn } = session;
  return {
    RoleArn: role,
    RoleSessionName: taken(SESSION_NAME.pattern, "session name", txn),
    DurationSeconds: LIMITS.brokeredSession.seconds,
    Policy: policy,
    SourceIdentity: taken(SOURCE_IDENTITY.pattern, "source identity", agent),
    Tags: sessionTags(session),
  };
}

/** Without a user there is no user tag, so grants bound to a user do not apply. */
function sessionTags({ agent, task, user, sid }: RoleSession): Tag[] {
  const served = user === null ? [] : [[SESSION_TAG.user, userDigest(user)] as const];
  const tags = [[SESSION_TAG.agent, agent], [SESSION_TAG.task, task], [SESSION_TAG.session, sid], ...served] as const;
  return tags.map(([Key, value]) => ({ Key, Value: taken(SESSION_TAGS.value.pattern, `tag ${Key}`, value) }));
}

function taken(pattern: RegExp, what: string, value: string): string {
  if (!pattern.test(value)) throw new Error(`STS takes no ${what} such as ${JSON.stringify(value)}`);
  return value;
}

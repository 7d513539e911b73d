import type { PolicyDocument } from "./document";

/** Characters of a session policy. Source: STS API, AssumeRole, `Policy`. */
export const SESSION_POLICY_CHARACTERS = 2048;

/** Ours at synth: leaves room for the end-time Deny (about 121 characters) that the exchange adds at run time. */
export const SESSION_POLICY_CHARACTERS_AT_SYNTH = 1900;

/** Characters of all inline policies of one role together. Source: IAM quotas; not adjustable. */
export const ROLE_INLINE_POLICIES_CHARACTERS = 10_240;

/** Characters of a managed policy. Source: IAM quotas; not adjustable. */
export const MANAGED_POLICY_CHARACTERS = 6144;

/** Characters of a role trust policy by default. Source: IAM quotas; adjustable per account. */
export const TRUST_POLICY_CHARACTERS = 2048;

/** Source: IAM API, CreateRole, `RoleName`. */
export const ROLE_NAME = { maxLength: 64, pattern: /^[\w+=,.@-]{1,64}$/ } as const;

/** Source: IAM API, CreateRole, `Path`: "/", or begins and ends with "/". */
export const ROLE_PATH = { maxLength: 512, pattern: /^(?=.{1,512}$)\/(?:[!-~]*\/)?$/ } as const;

/** Source: IAM API, PutRolePolicy and CreatePolicy, `PolicyName`. */
export const POLICY_NAME = { maxLength: 128, pattern: /^[\w+=,.@-]{1,128}$/ } as const;

/** Source: STS API, AssumeRole, `RoleSessionName`. */
export const SESSION_NAME = { minLength: 2, maxLength: 64, pattern: /^[\w+=,.@-]{2,64}$/ } as const;

/** Source: STS API, AssumeRole, `SourceIdentity`; a value that begins with "aws:" is reserved. */
export const SOURCE_IDENTITY = { minLength: 2, maxLength: 64, pattern: /^(?!aws:)[\w+=,.@-]{2,64}$/ } as const;

/** Source: STS API, AssumeRole, `Tags`. Keys are unique case-insensitively. */
export const SESSION_TAGS = {
  maxCount: 50,
  key: { maxLength: 128, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u },
  value: { maxLength: 256, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u },
} as const;

/**
 * Refuse a policy that AWS would find too long.
 *
 * Counts every character of the compact JSON. STS does so too; IAM ignores white space, of which compact JSON holds
 * some only inside values, so this never counts less than AWS. Terraform references count as written.
 *
 * @param what name of the policy in messages, such as `session policy of task "answer"`
 * @param limit characters, one of the consts above
 * @param advice what to write instead, such as "split the task"
 * @throws if `document` is longer than `limit`
 */
export function checkSize(what: string, document: PolicyDocument, limit: number, advice: string): void {
  const { length } = document.toJson();
  if (length > limit) throw new Error(`${what} must be at most ${limit} characters, got ${length}: ${advice}`);
}

import { DATA_ACTIONS } from "./data-actions";

/** Where, and for which actions, `"*"` may be the whole resource of an Allow. */
export interface WildcardException {
  /** Why naming the resource is impossible or meaningless there. */
  readonly reason: string;
  /** Whether `action` may have the resource `"*"`. */
  covers(action: string): boolean;
}

/** Kinds of document whose resource `"*"` does not mean "everything". */
export const WILDCARD_RESOURCES = {
  boundary: {
    reason: "a permissions boundary only cuts: it lists the exact data actions, the role's policy names the resources",
    covers: (action) => DATA_ACTIONS.includes(action),
  },
  endpoint: {
    reason: "a VPC endpoint policy only restricts: it grants nothing that identity and resource policies do not",
    covers: () => true,
  },
  "key-policy": {
    // Source: KMS developer guide, "Resource" in key-policy-overview.
    reason: 'in a KMS key policy the resource "*" means the key that the policy is attached to',
    covers: (action) => action.startsWith("kms:"),
  },
} as const satisfies Readonly<Record<string, WildcardException>>;

export type WildcardResource = keyof typeof WILDCARD_RESOURCES;

/**
 * Actions to which AWS gives no resource level, each with what it opens.
 *
 * Source: Service Authorization Reference, column "Resource types" is empty.
 */
export const ACTIONS_WITHOUT_RESOURCE: Readonly<Record<string, string>> = {
  "cloudwatch:PutMetricData": "platform components report metrics; narrow it by cloudwatch:namespace",
  "ecr:GetAuthorizationToken": "pulling images needs a registry token; the token opens only what ecr actions allow",
  "kms:CreateKey": "SPIRE servers make their signing keys; narrow it by request tags, kms:KeySpec and kms:KeyUsage",
  "kms:ListAliases": "SPIRE servers look for their keys; an alias is a name, and opens no key",
  "tag:GetResources": "SPIRE servers look for their keys by tag; it shows ARNs and tags, and opens none of them",
  "xray:PutTelemetryRecords": "platform components report traces",
  "xray:PutTraceSegments": "platform components report traces",
};

/** Whether `action` may have the resource `"*"` in a document of `kind`; without a kind, in any document. */
export function mayUseWildcardResource(action: string, kind?: WildcardResource): boolean {
  if (Object.hasOwn(ACTIONS_WITHOUT_RESOURCE, action)) return true;
  if (kind === undefined) return false;
  const exception: WildcardException = WILDCARD_RESOURCES[kind];
  return exception.covers(action);
}

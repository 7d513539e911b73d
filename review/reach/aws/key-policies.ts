import { type Statement, valuesOf } from "../../../iam";
import type { SourcedStatement } from "../../../iam/access/access";
import type { Unknown } from "../../change";
import { type Estate, resourcesOf } from "../../read/resource";
import { mayBeOf } from "./statement-scope";
import type { PoliciesRead } from "./layer";
import type { PolicyTexts } from "./policy-texts";
import { type ResourcePolicy, keyArn } from "./resource-policies";
import { Glob } from "../../../iam/sets/glob";

/** A key with a policy of its own */
interface Key {
  /** Every name of the key in statements */
  readonly names: readonly string[];
  readonly allows: readonly SourcedStatement[];
  readonly unknown: readonly Unknown[];
}

const KINDS = ["aws_kms_key", "aws_kms_key_policy"];
/**
 * Requests to KMS itself, about no key: key policies do not apply to them.
 *
 * Source: KMS developer guide, kms-api-permissions-reference.
 */
const OF_NO_KEY = [
  "kms:ConnectCustomKeyStore",
  "kms:CreateCustomKeyStore",
  "kms:CreateKey",
  "kms:DeleteCustomKeyStore",
  "kms:DescribeCustomKeyStores",
  "kms:DisconnectCustomKeyStore",
  "kms:GenerateRandom",
  "kms:ListAliases",
  "kms:ListKeys",
  "kms:UpdateCustomKeyStore",
];
/** Most keys of one role that are evaluated; with more, its rights count as if every key policy allowed them. */
const MOST_KEYS = 200;

/**
 * Policies of KMS keys, which every right on a key needs. A key without a policy of its own has AWS's default, which
 * accepts all rights of its account.
 *
 * Source: KMS developer guide, key-policies and key-policy-default.
 */
export class KeyPolicies {
  private readonly keys: readonly Key[];
  /** By the end of their names */
  private readonly byEnd = new Map<string, Set<Key>>();
  /** For a role that many ways use */
  private readonly limits = new Map<readonly SourcedStatement[], PoliciesRead | undefined>();

  constructor(
    estate: Estate,
    policies: readonly ResourcePolicy[],
    private readonly texts: PolicyTexts,
  ) {
    const aliases = aliasesByKey(estate);
    const byName = new Map<string, Key>();
    for (const policy of policies) {
      const [name] = policy.named;
      if (!KINDS.includes(policy.type) || name === undefined) continue;
      const { names, allows, unknown } = byName.get(name) ?? { names: namesOf(name, aliases), allows: [], unknown: [] };
      const read = onKey(policy, names, texts);
      byName.set(name, { names, allows: [...allows, ...read.statements], unknown: [...unknown, ...read.unknown] });
    }
    this.keys = [...byName.values()];
    for (const key of this.keys) {
      for (const name of key.names) this.byEnd.set(endOf(name), (this.byEnd.get(endOf(name)) ?? new Set()).add(key));
    }
  }

  /** The key policies that must also allow `rights`; undefined if these cover no key with a known policy. */
  public limiting(rights: readonly SourcedStatement[]): PoliciesRead | undefined {
    if (this.keys.length === 0) return undefined;
    if (!this.limits.has(rights)) this.limits.set(rights, this.limitsOf(rights));
    return this.limits.get(rights);
  }

  private limitsOf(rights: readonly SourcedStatement[]): PoliciesRead | undefined {
    const patterns = rights.flatMap(({ statement }) => keyPatterns(statement));
    if (patterns.length === 0) return undefined;
    const keys = [...new Set(patterns.flatMap((pattern) => this.calledBy(pattern)))];
    if (keys.length === 0 || keys.length > MOST_KEYS) return undefined;
    const names = keys.flatMap((key) => key.names);
    const source = keys[0]?.allows[0]?.source ?? keys[0]?.unknown[0]?.source.address ?? "";
    const others: readonly Statement[] = [
      { Effect: "Allow", NotAction: "kms:*", Resource: "*" },
      { Effect: "Allow", Action: OF_NO_KEY, Resource: "*" },
      { Effect: "Allow", Action: "kms:*", NotResource: names },
    ];
    return {
      statements: [
        ...others.map((statement) => ({ statement: this.texts.one(statement), source })),
        ...keys.flatMap(({ allows }) => allows),
      ],
      unknown: keys.flatMap(({ unknown }) => unknown),
    };
  }

  private calledBy(pattern: string): readonly Key[] {
    const candidates = /[*?]/.test(pattern) ? this.keys : [...(this.byEnd.get(endOf(pattern)) ?? [])];
    return candidates.filter(({ names }) => names.some((name) => mayBeRightOn(pattern, name)));
  }
}

/** The key ID, if the name contains one */
function endOf(name: string): string {
  return name.slice(name.lastIndexOf(":key/") + 1);
}

/** Key patterns of a statement, if it grants anything on keys */
function keyPatterns(statement: Statement): readonly string[] {
  if (statement.Effect !== "Allow" || !mayBeOf(statement, "kms")) return [];
  return statement.Resource === undefined ? ["*"] : valuesOf(statement.Resource);
}

/** The Allows of a key's policy, for this key alone: a key policy applies to its own key, even if it names others. */
function onKey(
  { statements, unknown, address }: ResourcePolicy,
  names: readonly string[],
  texts: PolicyTexts,
): PoliciesRead {
  const [name = ""] = names;
  const allows: SourcedStatement[] = [];
  const open: Unknown[] = [...unknown];
  for (const { statement, source } of statements) {
    if (statement.Effect !== "Allow") continue;
    const { Resource: named, NotResource: excepted, ...rest } = statement;
    const about = valuesOf(named ?? excepted ?? []).map((pattern) => isOfKey(pattern, name));
    const isListed = about.includes(true) || (about.includes(undefined) ? undefined : false);
    if (isListed === undefined) {
      const why = 'it names keys, and whether this is one of them is not known: write "*"';
      open.push({ what: `a statement of the policy of ${address}`, why, source: { address } });
    } else if (isListed === (excepted === undefined)) {
      allows.push({ statement: texts.one({ ...rest, Resource: names }), source });
    }
  }
  return { statements: allows, unknown: open };
}

/** References to aliases, by the ARN of their key */
function aliasesByKey(estate: Estate): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const alias of resourcesOf(estate, "aws_kms_alias")) {
    const key = alias.values["target_key_id"];
    const name = estate.attribute(alias, "target_key_arn");
    if (typeof key !== "string" || typeof name !== "string") continue;
    found.set(keyArn(key), [...(found.get(keyArn(key)) ?? []), name]);
  }
  return found;
}

/** An ARN written around a reference to the key ID is the key too. */
function namesOf(name: string, aliases: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const symbol = /^\$\{(.*)\.arn\}$/.exec(name)?.[1];
  const written = symbol === undefined ? [] : ["key_id", "id"].map((id) => `arn:*:kms:*:*:key/\${${symbol}.${id}}`);
  return [name, ...written, ...(aliases.get(name) ?? [])];
}

/** Every name of an alias's key in statements, such as for `alias/ambit/prod/tokens`; empty if the configuration has no such alias. */
export function namesOfAlias(estate: Estate, alias: string): readonly string[] {
  const aliases = aliasesByKey(estate);
  return resourcesOf(estate, "aws_kms_alias")
    .filter(({ values }) => values["name"] === alias)
    .flatMap(({ values: { target_key_id: key } }) => (typeof key === "string" ? namesOf(keyArn(key), aliases) : []));
}

/** Whether a pattern of a statement matches the key with this name; undefined where that is not known. */
export function isOfKey(pattern: string, name: string): boolean | undefined {
  if (pattern === name || Glob.of(pattern, "arn").matches(name) || Glob.of(name, "arn").matches(pattern)) return true;
  const [start = "", , service = "*"] = pattern.split(":");
  const isOfKeys = service === "kms" || /[*?$]/.test(start) || (start === "arn" && /[*?$]/.test(service));
  return isOfKeys && /[*?]|\$\{/.test(pattern + name) ? undefined : false;
}

/** A pattern may match any key; a literal key ID is not the ID of a key that is yet to be created. */
export function mayBeRightOn(pattern: string, name: string): boolean {
  return isOfKey(pattern, name) ?? /[*?]/.test(pattern);
}

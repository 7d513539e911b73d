import type { Unknown } from "../../../change";
import { isObject, type Json } from "../../../read/json";
import { type Estate, type Resource, resourcesOf } from "../../../read/resource";
import type { IamIndex } from "../iam-index";
import type { PoliciesRead } from "../layer";
import type { PolicyTexts } from "../policy-texts";
import type { Admission, ServedRole } from "./admission";
import { unreadArguments, unreadNames } from "./unread-arguments";

/** A profile of IAM Roles Anywhere gives sessions of a role */
export interface ProfileRole extends ServedRole {
  readonly profile: string;
  readonly address: string;
  /** `true`, a reference, or nothing */
  readonly enabled: string;
  /** Session policies of each session; undefined if there are none */
  readonly session: PoliciesRead | undefined;
  /** Seconds as written */
  readonly seconds: string;
  /** Whether callers choose their session name, as written */
  readonly acceptsName: string;
  /** Whether requests must come from an instance, as written */
  readonly requiresInstance: string;
  /** Names of arguments that are not evaluated here */
  readonly unread: string;
}

/** A certificate authority that is trusted */
export interface TrustAnchor {
  readonly name: string;
  readonly address: string;
  /** `true`, a reference, or nothing */
  readonly enabled: string;
  /** Equal for the same certificate authority */
  readonly source: string;
  /** Names of arguments that are not evaluated here */
  readonly unread: string;
  /** Roles that admit it */
  readonly roles: () => readonly ServedRole[];
}

export interface RolesAnywhere {
  readonly profiles: readonly ProfileRole[];
  readonly anchors: readonly TrustAnchor[];
  readonly unknown: readonly Unknown[];
}

const SERVICE = "rolesanywhere.amazonaws.com";
/** Seconds. Source: API reference of Roles Anywhere, CreateProfile */
const SECONDS = 3_600;
const PROFILE = [
  "name",
  "role_arns",
  "enabled",
  "session_policy",
  "managed_policy_arns",
  "duration_seconds",
  "accept_role_session_name",
  "require_instance_properties",
  "arn",
];
const ANCHOR = ["name", "enabled", "source", "notification_settings", "arn"];

/** Source: IAM Roles Anywhere user guide, trust-model; API reference, CreateProfile and CreateTrustAnchor */
export function rolesAnywhere(
  estate: Estate,
  admission: Admission,
  index: IamIndex,
  texts: PolicyTexts,
): RolesAnywhere {
  const profiles = resourcesOf(estate, "aws_rolesanywhere_profile");
  const anchors = resourcesOf(estate, "aws_rolesanywhere_trust_anchor");
  const read = profiles.filter(isOn).map((profile) => ofProfile(profile, { estate, admission, index, texts }));
  return {
    profiles: read.flatMap(({ roles }) => roles),
    anchors: anchors.filter(isOn).map((anchor) => ofAnchor(anchor, estate, admission)),
    unknown: [
      ...read.flatMap(({ unknown }) => unknown),
      ...profiles.flatMap((profile) => unreadArguments(profile, PROFILE)),
      ...anchors.flatMap((anchor) => unreadArguments(anchor, ANCHOR)),
    ],
  };
}

/** Counts as on unless it says otherwise. */
function isOn({ values }: Resource): boolean {
  return values["enabled"] !== false && values["enabled"] !== "false";
}

interface Known {
  readonly estate: Estate;
  readonly admission: Admission;
  readonly index: IamIndex;
  readonly texts: PolicyTexts;
}

function ofProfile(
  profile: Resource,
  known: Known,
): { readonly roles: readonly ProfileRole[]; readonly unknown: readonly Unknown[] } {
  const { address, stack, values } = profile;
  const session = sessionOf(profile, known);
  const arns = values["role_arns"] ?? [];
  const listed = Array.isArray(arns) ? (arns as readonly Json[]) : [arns];
  const named = listed.filter((arn) => typeof arn === "string");
  const unnamed = named.length < listed.length || (typeof arns === "string" && arns.includes("${"));
  const of = {
    profile: typeof values["name"] === "string" ? values["name"] : address,
    address,
    enabled: String(values["enabled"] ?? ""),
    session,
    seconds: String(values["duration_seconds"] ?? SECONDS),
    acceptsName: String(values["accept_role_session_name"] ?? false),
    requiresInstance: String(values["require_instance_properties"] ?? false),
    unread: unreadNames(profile, PROFILE).join(),
  };
  const why = "role_arns must be a list of ARNs";
  return {
    roles: named.flatMap((arn) => {
      const served = known.admission.served(arn, stack, SERVICE);
      return served === undefined ? [] : [{ ...served, ...of }];
    }),
    unknown: [
      ...(session?.unknown ?? []),
      ...(unnamed ? [{ what: `the roles of the profile ${of.profile}`, why, source: { address } }] : []),
    ],
  };
}

/** All of its session policies together */
function sessionOf(profile: Resource, { estate, index, texts }: Known): PoliciesRead | undefined {
  const { stack, address, values } = profile;
  const parts: PoliciesRead[] = [];
  const text = values["session_policy"];
  if (text !== undefined && text !== null && text !== "") parts.push(texts.in(profile, "session_policy", estate));
  const arns = values["managed_policy_arns"] ?? [];
  for (const arn of Array.isArray(arns) ? (arns as readonly Json[]) : [arns]) {
    const policy = typeof arn === "string" ? index.policy(arn, stack) : undefined;
    const why = "it is not in the configuration: declare it there";
    const unknown = [{ what: `the session policy ${String(arn)}`, why, source: { address } }];
    parts.push(policy === undefined ? { statements: [], unknown } : texts.in(policy, "policy", estate));
  }
  if (parts.length === 0) return undefined;
  return { statements: parts.flatMap((part) => part.statements), unknown: parts.flatMap((part) => part.unknown) };
}

function ofAnchor(anchor: Resource, estate: Estate, admission: Admission): TrustAnchor {
  const { address, values } = anchor;
  const arn = estate.attribute(anchor, "arn");
  const source = single(values["source"]);
  const data = isObject(source) ? single(source["source_data"]) : undefined;
  return {
    name: typeof values["name"] === "string" ? values["name"] : address,
    address,
    enabled: String(values["enabled"] ?? ""),
    unread: unreadNames(anchor, ANCHOR).join(),
    source: JSON.stringify(
      isObject(source) && data !== undefined ? { ...source, source_data: data } : (source ?? null),
    ),
    roles: () =>
      admission.allServed(SERVICE, { StringEquals: { "aws:SourceArn": typeof arn === "string" ? arn : address } }),
  };
}

/** A block in any form of Terraform's JSON; several blocks stay several. */
function single(value: Json | undefined): Json | undefined {
  return Array.isArray(value) && value.length === 1 ? (value as readonly Json[])[0] : value;
}

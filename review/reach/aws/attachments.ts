import type { SourcedStatement } from "../../../iam/access/access";
import type { Unknown } from "../../change";
import { groupBy } from "../../group-by";
import { isObject, type Json, asList, member } from "../../read/json";
import { type Estate, type Resource, resourcesOf } from "../../read/resource";
import type { IamIndex } from "./iam-index";

/** Name of an argument, without index or member */
const ARGUMENT = /^\w+/;

/**
 * Whether AWS may hold another value of one of these arguments than the configuration: `ignore_changes` keeps the old one.
 *
 * Source: Terraform language, lifecycle meta-argument.
 */
export function isIgnored({ values }: Resource, ...attributes: readonly string[]): boolean {
  return asList(values["lifecycle"] ?? null).some((block) => {
    const ignored = isObject(block) ? asList(member(block, "ignore_changes") ?? null) : [];
    return ignored.some((one) => one === "all" || attributes.includes(argumentOf(one)));
  });
}

function argumentOf(one: Json): string {
  return typeof one === "string" ? (ARGUMENT.exec(one)?.[0] ?? "") : "";
}

/** Whether exactly one instance of a resource certainly exists */
export function isOne({ values }: Resource): boolean {
  const { count = null, for_each: each = null } = values;
  return each === null && (count === null || count === 1 || count === "1");
}

/** Resources that detach everything from a role that they do not list */
const EXCLUSIVE = [
  { type: "aws_iam_role_policies_exclusive", of: "aws_iam_role_policy" },
  { type: "aws_iam_role_policy_attachments_exclusive", of: "aws_iam_role_policy_attachment" },
  { type: "aws_iam_role_policy_attachments_exclusive", of: "aws_iam_policy_attachment" },
] as const;
/** Arguments of a role that detach everything that other resources attach to it */
const OWN: Readonly<Record<string, string>> = {
  aws_iam_role_policy: "inline_policy",
  aws_iam_role_policy_attachment: "managed_policy_arns",
  aws_iam_policy_attachment: "managed_policy_arns",
};

/**
 * Whether an attachment to a role certainly exists after apply.
 *
 * Source: Terraform AWS provider, aws_iam_role_policy, aws_iam_policy_attachment and aws_iam_role_policies_exclusive;
 * API reference of IAM, PutRolePolicy: a role has one inline policy of a name.
 */
export class Attachments {
  private readonly inline: ReadonlyMap<string, readonly Resource[]>;

  constructor(private readonly index: Pick<IamIndex, "estate" | "role">) {
    const of = ({ values, stack }: Resource): string => {
      const { role } = values;
      return (typeof role === "string" && index.role(role, stack)?.address) || "";
    };
    this.inline = groupBy(resourcesOf(index.estate, "aws_iam_role_policy"), of);
  }

  /** Undefined where it is certain */
  public doubtOf(place: Resource, role: Resource): string | undefined {
    const { estate } = this.index;
    if (!isOne(place)) return "there may be none of it, by its count or for_each";
    if (!isBeside(place, role, estate)) return "its provider may be of another account than that of its role";
    if (isIgnored(place, "role", "roles", "policy_arn")) return "changes of what it is attached to are ignored";
    if (this.isDouble(place, role)) return "another policy of the role may have the same name, and AWS keeps one";
    return this.isKeptOff(place, role) ? "something else says which policies the role has" : undefined;
  }

  private isDouble(place: Resource, role: Resource): boolean {
    const name = nameOf(place);
    if (place.type !== "aws_iam_role_policy" || name === undefined) return false;
    return (this.inline.get(role.address) ?? []).some((one) => {
      const other = nameOf(one);
      if (one === place || other === undefined) return false;
      return other === name || other.includes("${") || name.includes("${");
    });
  }

  private isKeptOff(place: Resource, role: Resource): boolean {
    if ((role.values[OWN[place.type] ?? ""] ?? null) !== null) return true;
    const { estate } = this.index;
    const isOfRole = ({ values, stack }: Resource): boolean => {
      const called = values["role_name"];
      const named = typeof called === "string" ? this.index.role(called, stack) : undefined;
      return named === undefined || named === role;
    };
    const others = EXCLUSIVE.filter(({ of }) => of === place.type).flatMap(({ type }) => resourcesOf(estate, type));
    return others.some(isOfRole) || this.isOfOthers(place);
  }

  /** `aws_iam_policy_attachment` detaches the policy from every role that it does not list. */
  private isOfOthers(place: Resource): boolean {
    const arn = place.values["policy_arn"];
    if (place.type === "aws_iam_role_policy") return false;
    const others = resourcesOf(this.index.estate, "aws_iam_policy_attachment");
    return others.some((one) => one !== place && one.values["policy_arn"] === arn);
  }
}

/** A policy without a name gets a generated one. */
function nameOf({ values: { name } }: Resource): string | undefined {
  return typeof name === "string" ? name : undefined;
}

/** Unknowns for Denies that may not be in force */
export function doubts({ address }: Resource, denies: readonly SourcedStatement[], why: string): readonly Unknown[] {
  const places = denies.map(({ source }) => source.replace(/\.(?:policy|inline_policy\.\d+\.policy)$/, ""));
  return [...new Set([address, ...places])].map((place) => ({
    what: `whether the Deny of ${address} holds`,
    why: `${why}, so it counts as if it were not there`,
    source: { address: place },
    mayDeny: true,
  }));
}

/** Whether two resources are certainly created in one account */
export function isBeside(one: Resource, other: Resource, { providers }: Estate): boolean {
  const [name, otherName] = [providerOf(one), providerOf(other)];
  if (name === otherName) return true;
  const account = accountIn(providers.get(name));
  return account !== undefined && account === accountIn(providers.get(otherName));
}

/** With its stack: each stack has its own providers. */
function providerOf({ stack, values }: Resource): string {
  const { provider = null } = values;
  const name = typeof provider === "string" ? provider.replace(/^\$\{|\}$/g, "") : "aws";
  return `${stack}/${name}`;
}

function accountIn(settings: Json | undefined): string | undefined {
  const [account, ...others] = isObject(settings) ? asList(member(settings, "allowed_account_ids") ?? null) : [];
  return typeof account === "string" && /^\d{12}$/.test(account) && others.length === 0 ? account : undefined;
}

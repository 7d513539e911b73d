import type { SourcedStatement } from "../../../iam/access/access";
import type { Unknown } from "../../change";
import { type Resource, resourcesOf } from "../../read/resource";
import type { IamIndex } from "./iam-index";
import { doubts, Attachments, isIgnored, isOne } from "./attachments";
import { managedStatements, isOfAws } from "./managed/managed-policies";
import type { PoliciesRead } from "./layer";
import type { PolicyTexts } from "./policy-texts";

/** Policies of each role: inline, attached, and the boundary */
export class RolePolicies {
  private readonly parts = new Map<Resource, PoliciesRead[]>();
  private readonly identities = new Map<Resource, PoliciesRead>();
  private readonly boundaries = new Map<Resource, PoliciesRead>();
  /** Policies attached to roles outside the configuration */
  private readonly attachedElsewhere: Unknown[] = [];
  private readonly used = new Set<Resource>();
  private readonly inForce: Attachments;
  /** By role, Denies that may not be in force */
  private readonly doubtful = new Map<Resource, Unknown[]>();

  constructor(
    private readonly index: IamIndex,
    private readonly texts: PolicyTexts,
  ) {
    const { estate } = index;
    this.inForce = new Attachments(index);
    for (const inline of resourcesOf(estate, "aws_iam_role_policy")) {
      this.attach(inline, inline.values["role"], () => texts.in(inline, "policy", estate));
    }
    for (const attachment of resourcesOf(estate, "aws_iam_role_policy_attachment")) {
      this.attach(attachment, attachment.values["role"], () =>
        this.managed(attachment, attachment.values["policy_arn"]),
      );
    }
    for (const attachment of resourcesOf(estate, "aws_iam_policy_attachment")) {
      for (const role of listed(attachment.values["roles"])) {
        this.attach(attachment, role, () => this.managed(attachment, attachment.values["policy_arn"]));
      }
    }
    for (const role of index.roles) {
      for (const arn of listed(role.values["managed_policy_arns"])) this.put(role, this.managed(role, arn));
      listed(role.values["inline_policy"]).forEach((block, position) => {
        if (isEmptyBlock(block)) return;
        this.put(role, texts.in(role, `inline_policy.${position}.policy`, estate));
      });
      const boundary = role.values["permissions_boundary"];
      if (boundary !== undefined && boundary !== null && boundary !== "") {
        this.boundaries.set(role, this.bounding(role, boundary));
      }
    }
  }

  /** Allowed by its own policies, without the boundary */
  public identityOf(role: Resource): PoliciesRead {
    const known = this.identities.get(role) ?? together(this.parts.get(role) ?? []);
    this.identities.set(role, known);
    return known;
  }

  /** Undefined if it has no boundary */
  public boundaryOf(role: Resource): PoliciesRead | undefined {
    return this.boundaries.get(role);
  }

  /** Denies that are left out because they may not be in force */
  public doubtsOf(role: Resource): readonly Unknown[] {
    return this.doubtful.get(role) ?? [];
  }

  /** Policies of roles outside the configuration, and policies that none of its roles has */
  public get strays(): readonly Unknown[] {
    const unused = resourcesOf(this.index.estate, "aws_iam_policy").filter((policy) => !this.used.has(policy));
    return [
      ...this.attachedElsewhere,
      ...unused.map(({ address }) => ({
        what: `the policy ${address}`,
        why: "no role of the configuration has it, so whose it is and what it opens is not known",
        source: { address },
      })),
    ];
  }

  private attach(place: Resource, called: unknown, read: () => PoliciesRead): void {
    const role = typeof called === "string" ? this.index.role(called, place.stack) : undefined;
    if (role !== undefined) return this.put(role, this.certain(place, role, read()));
    this.attachedElsewhere.push({
      what: `a policy of the role ${JSON.stringify(called)}`,
      why: "no role of that name is in the configuration: what it has besides is not known here",
      source: { address: place.address },
    });
    this.attachedElsewhere.push(...read().unknown);
  }

  /** A policy that may not be in force may allow, and denies nothing. */
  private certain(place: Resource, role: Resource, read: PoliciesRead): PoliciesRead {
    const denies = read.statements.filter(isDeny);
    const why = denies.length === 0 ? undefined : this.inForce.doubtOf(place, role);
    if (why === undefined) return read;
    this.doubtful.set(role, [...this.doubtsOf(role), ...doubts(place, denies, why)]);
    return { ...read, statements: read.statements.filter((one) => !isDeny(one)) };
  }

  /** A boundary that may be another policy counts as unread. */
  private bounding(role: Resource, arn: unknown): PoliciesRead {
    if (!isIgnored(role, "permissions_boundary")) return this.managed(role, arn);
    const why = "changes of it are ignored, so another may be there: do not ignore them";
    return unreadable(`the boundary ${String(arn)}`, why, role);
  }

  private managed(place: Resource, arn: unknown): PoliciesRead {
    if (typeof arn === "string" && isOfAws(arn)) return managedStatements(arn, place.address, this.texts);
    const policy = typeof arn === "string" ? this.index.policy(arn, place.stack) : undefined;
    if (policy !== undefined) {
      this.used.add(policy);
      if (!isOne(policy)) {
        const why = "there may be none of it, or several, by its count or for_each: write each out";
        return unreadable(`the policy ${policy.address}`, why, policy);
      }
      return this.texts.in(policy, "policy", this.index.estate);
    }
    const why = "it is not in the configuration: declare it there";
    return unreadable(`the policy ${String(arn)}`, why, place);
  }

  private put(role: Resource, read: PoliciesRead): void {
    const known = this.parts.get(role);
    if (known === undefined) this.parts.set(role, [read]);
    else known.push(read);
  }
}

function unreadable(what: string, why: string, { address }: Resource): PoliciesRead {
  return { statements: [], unknown: [{ what, why, source: { address }, mayDeny: true }] };
}

export function isDeny({ statement }: SourcedStatement): boolean {
  return statement.Effect === "Deny";
}

/** Whether it denies every action on every resource, without a condition */
export function deniesEverything(one: SourcedStatement): boolean {
  const { Action: actions, Resource: resources, Condition: condition } = one.statement;
  return isDeny(one) && condition === undefined && [actions, resources].every((all) => listed(all).includes("*"));
}

function together(parts: readonly PoliciesRead[]): PoliciesRead {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return { statements: parts.flatMap((part) => part.statements), unknown: parts.flatMap((part) => part.unknown) };
}

/** A set or a single value, as Terraform writes both */
function listed(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** `inline_policy {}` removes inline policies. */
function isEmptyBlock(block: unknown): boolean {
  return typeof block === "object" && block !== null && Object.keys(block).length === 0;
}

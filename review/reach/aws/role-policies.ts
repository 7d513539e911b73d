import type { Layer, SourcedStatement } from "../../../iam/access/access";
import type { Unknown } from "../../change";
import type { Resource } from "../../read/resource";
import type { IamIndex } from "./iam-index";
import { attachedOfAws, isOfAws } from "./managed/attached";
import type { PolicyTexts } from "./policy-texts";
import { present } from "./present";

/** Statements, and what could not be read of them */
export interface PoliciesRead {
  readonly statements: readonly SourcedStatement[];
  readonly unknown: readonly Unknown[];
}

/** By role, what its policies say: inline, attached, and the boundary */
export class RolePolicies {
  private readonly parts = new Map<Resource, PoliciesRead[]>();
  private readonly identities = new Map<Resource, PoliciesRead>();
  private readonly boundaries = new Map<Resource, PoliciesRead>();
  /** What is attached to a role that nobody knows */
  private readonly attachedElsewhere: Unknown[] = [];
  private readonly used = new Set<Resource>();

  constructor(
    private readonly index: IamIndex,
    private readonly texts: PolicyTexts,
  ) {
    const { estate } = index;
    for (const inline of present(estate, "aws_iam_role_policy")) {
      this.attach(inline, inline.values["role"], () => texts.in(inline, "policy", estate));
    }
    for (const attachment of present(estate, "aws_iam_role_policy_attachment")) {
      this.attach(attachment, attachment.values["role"], () =>
        this.managed(attachment, attachment.values["policy_arn"]),
      );
    }
    for (const attachment of present(estate, "aws_iam_policy_attachment")) {
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
        this.boundaries.set(role, this.managed(role, boundary));
      }
    }
  }

  /** What its own policies allow, before any boundary */
  public identityOf(role: Resource): PoliciesRead {
    const known = this.identities.get(role) ?? together(this.parts.get(role) ?? []);
    this.identities.set(role, known);
    return known;
  }

  /** Undefined where it has none */
  public boundaryOf(role: Resource): PoliciesRead | undefined {
    return this.boundaries.get(role);
  }

  /** Policies of roles that the configuration does not hold, and those that no role of it has */
  public get strays(): readonly Unknown[] {
    const unused = present(this.index.estate, "aws_iam_policy").filter((policy) => !this.used.has(policy));
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
    if (role !== undefined) return this.put(role, read());
    this.attachedElsewhere.push({
      what: `a policy of the role ${JSON.stringify(called)}`,
      why: "no role of that name is in the configuration: what it has besides is not known here",
      source: { address: place.address },
    });
    this.attachedElsewhere.push(...read().unknown);
  }

  private managed(place: Resource, arn: unknown): PoliciesRead {
    if (typeof arn === "string" && isOfAws(arn)) return attachedOfAws(arn, place.address, this.texts);
    const policy = typeof arn === "string" ? this.index.policy(arn, place.stack) : undefined;
    if (policy !== undefined) {
      this.used.add(policy);
      return this.texts.in(policy, "policy", this.index.estate);
    }
    const why = "it is not in the configuration: declare it there";
    return {
      statements: [],
      unknown: [{ what: `the policy ${String(arn)}`, why, source: { address: place.address }, mayDeny: true }],
    };
  }

  private put(role: Resource, read: PoliciesRead): void {
    const known = this.parts.get(role);
    if (known === undefined) this.parts.set(role, [read]);
    else known.push(read);
  }
}

function together(parts: readonly PoliciesRead[]): PoliciesRead {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return { statements: parts.flatMap((part) => part.statements), unknown: parts.flatMap((part) => part.unknown) };
}

export function layer(name: string, { statements }: PoliciesRead): Layer {
  return { name, statements };
}

/** Terraform's sets and single values alike */
function listed(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** `inline_policy {}` removes what is inline. */
function isEmptyBlock(block: unknown): boolean {
  return typeof block === "object" && block !== null && Object.keys(block).length === 0;
}

import { type Statement, valuesOf } from "../../../iam";
import type { SourcedStatement } from "../../../iam/access/access";
import { type Estate, type Resource, resourcesOf } from "../../read/resource";
import { mayBeOf } from "./statement-scope";
import { isWritten, arnOf } from "./caller";
import type { AwsLayer, LayeredPath } from "./layer";
import type { PolicyTexts } from "./policy-texts";

/** All that STS does with a role belongs to becoming it. Source: Service Authorization Reference, AWS STS */
const OF_ROLES = "sts:*";
/** Roles that one policy names and that are looked at; with more, its rights count as if all of them let it in. */
const MOST_NAMED = 200;

/** Whether sessions of a role may become another on one of these ways, or that cannot be decided */
export type MayBecome = (from: Resource, paths: readonly LayeredPath[], to: Resource) => boolean;

/**
 * Rights to become a role of this configuration, which count only where the role's trust policy lets the caller in.
 *
 * A role is left out where it certainly does not. What cannot be read or decided lets it in, and so does a role that is
 * not of this configuration.
 *
 * Source: IAM user guide, id_roles_update-role-trust-policy and reference_policies_evaluation-logic-cross-account.
 */
export class RoleLimits {
  private readonly byArn = new Map<string, Resource[]>();

  constructor(
    estate: Estate,
    private readonly texts: PolicyTexts,
    private readonly mayBecome: MayBecome,
  ) {
    for (const role of resourcesOf(estate, "aws_iam_role")) {
      const arn = arnOf(role, estate);
      this.byArn.set(arn, [...(this.byArn.get(arn) ?? []), role]);
    }
  }

  /** What else must allow what the first of `layers` allows; undefined where it names no role of this configuration. */
  public limiting(from: Resource, layers: readonly AwsLayer[]): AwsLayer | undefined {
    const named = new Set((layers[0]?.statements ?? []).flatMap((one) => this.namedIn(one)));
    if (named.size === 0 || named.size > MOST_NAMED) return undefined;
    const paths = [{ name: "trusts", layers }];
    const letsIn = (role: Resource): boolean => role.repeats !== undefined || this.mayBecome(from, paths, role);
    const open = [...named].flatMap((arn) => {
      const role = (this.byArn.get(arn) ?? []).find(letsIn);
      return role === undefined
        ? []
        : [this.allow({ Action: OF_ROLES, Resource: arn }, `${role.address}.assume_role_policy`)];
    });
    return {
      name: "trusts",
      statements: [
        this.allow({ NotAction: OF_ROLES, Resource: "*" }, from.address),
        this.allow({ Action: OF_ROLES, NotResource: [...named] }, from.address),
        ...open,
      ],
    };
  }

  private allow(rest: Omit<Statement, "Effect">, source: string): SourcedStatement {
    return { statement: this.texts.one({ Effect: "Allow", ...rest }), source };
  }

  /** A pattern may be of roles that are not here. */
  private namedIn({ statement }: SourcedStatement): readonly string[] {
    if (statement.Effect !== "Allow" || statement.Resource === undefined || !mayBeOf(statement, "sts")) return [];
    return valuesOf(statement.Resource).filter((one) => this.byArn.has(one) && isLiteral(one));
  }
}

/** A reference is the role that it refers to. */
function isLiteral(arn: string): boolean {
  return isWritten(arn) || /^\$\{[^{}]+\}$/.test(arn);
}

import { type Statement, valuesOf } from "../../../iam";
import type { SourcedStatement } from "../../../iam/access/access";
import { type Estate, type Resource, resourcesOf } from "../../read/resource";
import { mayBeOf } from "./statement-scope";
import { isWritten, arnOf } from "./caller";
import type { AwsLayer, LayeredPath } from "./layer";
import type { PolicyTexts } from "./policy-texts";

/** All STS actions on a role belong to assuming it. Source: Service Authorization Reference, AWS STS */
const OF_ROLES = "sts:*";
/** Most roles of one policy that are evaluated; with more, its rights count as if every role admitted it. */
const MOST_NAMED = 200;

/** Whether sessions of a role may assume another on one of these ways, or this is undecided */
export type MayBecome = (from: Resource, paths: readonly LayeredPath[], to: Resource) => boolean;

/**
 * Rights to assume a role of this configuration, which count only if the role's trust policy admits the caller.
 *
 * A role that certainly does not admit it is left out. An undecided one counts as admitting, and so does a role
 * outside this configuration.
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

  /** The trust policies that must also allow the first of `layers`; undefined if it names no role of this configuration. */
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

  /** A pattern may match roles outside the configuration. */
  private namedIn({ statement }: SourcedStatement): readonly string[] {
    if (statement.Effect !== "Allow" || statement.Resource === undefined || !mayBeOf(statement, "sts")) return [];
    return valuesOf(statement.Resource).filter((one) => this.byArn.has(one) && isLiteral(one));
  }
}

/** A reference is the role that it refers to. */
function isLiteral(arn: string): boolean {
  return isWritten(arn) || /^\$\{[^{}]+\}$/.test(arn);
}

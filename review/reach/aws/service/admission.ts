import type { Condition } from "../../../../iam";
import { difference } from "../../../../iam/access/difference";
import { literalPattern } from "../../../../iam/sets/literal-pattern";
import type { Estate, Resource } from "../../../read/resource";
import { type IamIndex, roleKey } from "../iam-index";
import type { PolicyTexts } from "../policy-texts";
import type { RoleAccess } from "../role-access";
import { arnOf } from "../caller";

/** A role that a service of AWS may become for somebody */
export interface ServedRole {
  /** Equal in two estates for the same role */
  readonly key: string;
  /** Undefined where the configuration does not hold it */
  readonly role: Resource | undefined;
  /** What it depends on whether its trust policy lets the service; undefined where it does */
  readonly unknown?: string;
}

/** Whether trust policies let services of AWS become roles */
export class Admission {
  constructor(
    private readonly estate: Estate,
    private readonly index: IamIndex,
    private readonly access: RoleAccess,
    private readonly texts: PolicyTexts,
  ) {}

  /**
   * Undefined where the role is known, and does not let it.
   *
   * @param called ARN, or reference
   * @param condition what is known of its requests
   */
  public served(called: string, stack: string, service: string, condition?: Condition): ServedRole | undefined {
    const role = this.index.role(called, stack);
    if (role === undefined) return { key: called, role, unknown: "the configuration does not hold the role" };
    const unknown = this.whether(role, service, condition);
    if (unknown === undefined) return undefined;
    return { key: roleKey(role, this.estate), role, ...(unknown !== true && { unknown }) };
  }

  /** A role that is named by somebody who may become it otherwise */
  public named(called: string, stack: string): ServedRole {
    const role = this.index.role(called, stack);
    return { key: role === undefined ? called : roleKey(role, this.estate), role };
  }

  /** Roles that let it, of all */
  public allServed(service: string, condition: Condition): readonly ServedRole[] {
    return this.index.roles.flatMap((role) => {
      const unknown = this.whether(role, service, condition);
      if (unknown === undefined) return [];
      return [{ key: roleKey(role, this.estate), role, ...(unknown !== true && { unknown }) }];
    });
  }

  /** True where it does, undefined where it does not; else what it depends on */
  private whether(role: Resource, service: string, condition: Condition | undefined): true | string | undefined {
    const { statements, unknown } = this.access.trustOf(role);
    if (unknown.length > 0) return "its trust policy cannot be read";
    const asks = this.texts.one({
      Effect: "Allow",
      Principal: { Service: service },
      Action: "sts:AssumeRole",
      Resource: literalPattern(arnOf(role, this.estate)),
      ...(condition !== undefined && { Condition: condition }),
    });
    const layers = [
      { name: "what is asked", statements: [{ statement: asks, source: role.address }] },
      { name: "trust", statements },
    ];
    const { gained, undecided } = difference({ paths: [] }, { paths: [{ name: "trust", layers }] });
    if (gained.some(({ certain }) => certain)) return true;
    return gained[0] === undefined ? undecided[0]?.why : `it depends on ${gained[0].unknown.join(" and ")}`;
  }
}

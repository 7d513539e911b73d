import type { Condition } from "../../../../iam";
import { difference } from "../../../../iam/access/difference";
import { literalPattern } from "../../../../iam/sets/literal-pattern";
import type { Estate, Resource } from "../../../read/resource";
import { type IamIndex, roleKey } from "../iam-index";
import type { PolicyTexts } from "../policy-texts";
import type { RoleAccess } from "../role-access";
import { arnOf } from "../caller";

/** A role that an AWS service may assume for a principal */
export interface ServedRole {
  /** Equal in two estates for the same role */
  readonly key: string;
  /** Undefined if the configuration does not hold it */
  readonly role: Resource | undefined;
  /** The condition that the trust policy depends on; undefined if it admits the service */
  readonly unknown?: string;
}

/** Whether trust policies let AWS services assume roles */
export class Admission {
  constructor(
    private readonly estate: Estate,
    private readonly index: IamIndex,
    private readonly access: RoleAccess,
    private readonly texts: PolicyTexts,
  ) {}

  /**
   * Undefined if the role is known and does not admit the service.
   *
   * @param called ARN, or reference
   * @param condition condition keys of the service's requests
   */
  public served(called: string, stack: string, service: string, condition?: Condition): ServedRole | undefined {
    const role = this.index.role(called, stack);
    if (role === undefined) return { key: called, role, unknown: "the configuration does not hold the role" };
    const unknown = this.whether(role, service, condition);
    if (unknown === undefined) return undefined;
    return { key: roleKey(role, this.estate), role, ...(unknown !== true && { unknown }) };
  }

  /** A role that a named caller assumes in another way */
  public named(called: string, stack: string): ServedRole {
    const role = this.index.role(called, stack);
    return { key: role === undefined ? called : roleKey(role, this.estate), role };
  }

  /** All roles that admit the service */
  public allServed(service: string, condition: Condition): readonly ServedRole[] {
    return this.index.roles.flatMap((role) => {
      const unknown = this.whether(role, service, condition);
      if (unknown === undefined) return [];
      return [{ key: roleKey(role, this.estate), role, ...(unknown !== true && { unknown }) }];
    });
  }

  /** True if it does, undefined if it does not; otherwise the condition that it depends on */
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

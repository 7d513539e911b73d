import type { WildcardResource } from "../data/wildcard-exceptions";
import { canonical } from "../private/canonical";
import { checkShape } from "../private/check-shape";
import type { Statement } from "../statement";
import { escapeForTerraform } from "../variables";
import { checkGrants } from "./check-grants";

/** The version with policy variables. Source: IAM user guide, reference_policies_elements_version. */
const VERSION = "2012-10-17";

export interface PolicyDocumentOptions {
  /**
   * Kind of document in which `"*"` may be the whole resource of an Allow; the reasons stand in
   * `wildcard-exceptions.ts`.
   *
   * @default - only for actions that AWS gives no resource level
   */
  readonly wildcardResource?: WildcardResource;
}

/**
 * A policy that names what it allows: no wildcard in an allowed action, none in a resource except at its end.
 *
 * Immutable. Statements keep their order; the sets inside them are sorted, so that equal policies are equal text.
 */
export class PolicyDocument {
  /**
   * @throws if there is no statement, a Sid is used twice, a statement is malformed, an Allow holds a wildcard that no
   * exception covers, or a Deny would fail open where a policy variable has no value
   */
  public static of(statements: readonly Statement[], options: PolicyDocumentOptions = {}): PolicyDocument {
    if (statements.length === 0)
      throw new Error("a policy needs at least one statement: grant something, or remove it");
    const sids = new Set<string>();
    statements.forEach((statement, index) => {
      const place = `Statement[${index}]`;
      checkShape(statement, place);
      checkGrants(statement, place, options.wildcardResource);
      if (statement.Sid === undefined) return;
      if (sids.has(statement.Sid)) throw new Error(`${place}.Sid must be unique, got ${statement.Sid} twice`);
      sids.add(statement.Sid);
    });
    return new PolicyDocument(Object.freeze(statements.map(canonical)));
  }

  private constructor(
    /** Frozen copies with sorted sets. */
    public readonly statements: readonly Statement[],
  ) {}

  /** The compact JSON that AWS receives. */
  public toJson(): string {
    return JSON.stringify({ Version: VERSION, Statement: this.statements });
  }

  /** The JSON for an attribute of a Terraform resource: policy variables escaped, references left alone. */
  public toTerraform(): string {
    return escapeForTerraform(this.toJson());
  }

  /**
   * Characters without white space, which IAM does not count against its quotas.
   *
   * STS counts the plain text of a session policy: `checkSize` does too.
   */
  public get size(): number {
    return this.toJson().replace(/\s/g, "").length;
  }
}

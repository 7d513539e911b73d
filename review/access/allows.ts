import type { AccessPath, AccessRequest, SourcedStatement } from "../../iam/access/access";
import { PreparedAccess } from "../../iam/access/decide";
import { WHO_ASKS } from "../reach/aws/role-access";
import { TRUSTS } from "../reach/aws/role-limits";
import type { StatementPlace } from "./access";

/** The statements of a path, each asked by itself */
export class Allows {
  private readonly layers: readonly { readonly name: string; readonly statements: readonly Asked[] }[];

  public constructor(path: AccessPath) {
    this.layers = path.layers
      .filter(({ name }) => name !== WHO_ASKS)
      .map(({ name, statements }) => ({
        name,
        statements: statements.filter((one) => isAllow(one) && !isBeside(name, one)).map(asked),
      }));
  }

  /** Every Allow that lets a request through, or may, by layer */
  public of(request: AccessRequest): readonly StatementPlace[] {
    return this.layers.flatMap(({ name, statements }) =>
      statements
        .filter(({ alone }) => alone.decide(request).verdict !== "denied")
        .map(({ sourced }) => placeOf(sourced, name)),
    );
  }
}

/** Policies of keys, and trust policies of roles, allow what they are not about, as if that were written there. */
const LIMITING: ReadonlyMap<string, string> = new Map([
  ["policies of keys", "kms:*"],
  [TRUSTS, "sts:*"],
]);

function isBeside(layer: string, { statement: { NotAction, NotResource } }: SourcedStatement): boolean {
  const about = LIMITING.get(layer);
  return about !== undefined && (NotAction === about || NotResource !== undefined);
}

function isAllow({ statement }: SourcedStatement): boolean {
  return statement.Effect === "Allow";
}

interface Asked {
  readonly sourced: SourcedStatement;
  readonly alone: PreparedAccess;
}

function asked(sourced: SourcedStatement): Asked {
  const path: AccessPath = { name: "alone", layers: [{ name: "alone", statements: [sourced] }] };
  return { sourced, alone: new PreparedAccess({ paths: [path] }) };
}

export function placeOf({ statement, source }: SourcedStatement, layer: string): StatementPlace {
  const { Sid: sid } = statement;
  return { layer, ...(sid !== undefined && { sid }), source: { address: source } };
}

import type { AccessPath, AccessRequest, SourcedStatement } from "../../iam/access/access";
import { PreparedAccess } from "../../iam/access/decide";
import { WHO_ASKS } from "../reach/aws/role-access";
import type { StatementPlace } from "./access";

/** The statements of a path, each asked by itself */
export class Allows {
  private readonly layers: readonly { readonly name: string; readonly statements: readonly Asked[] }[];

  public constructor(path: AccessPath) {
    this.layers = path.layers
      .filter(({ name }) => name !== WHO_ASKS)
      .map(({ name, statements }) => ({
        name,
        statements: statements.filter((one) => isAllow(one) && !(name === OF_KEYS && isOfNoKey(one))).map(asked),
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

/** The layer of policies of keys allows whatever they are not about, as if that were written there. */
const OF_KEYS = "policies of keys";

function isOfNoKey({ statement: { NotAction, NotResource } }: SourcedStatement): boolean {
  return NotAction === "kms:*" || NotResource !== undefined;
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

import type { AccessRequest, SourcedStatement } from "../../iam/access/access";
import { PreparedAccess } from "../../iam/access/decide";
import type { LayeredPath, LayerKind } from "../reach/aws/layer";
import { layerText } from "../reach/aws/words";
import type { StatementPlace } from "./principal-access";

/** The statements of a path, each tested by itself */
export class Allows {
  private readonly layers: readonly { readonly name: LayerKind; readonly statements: readonly Asked[] }[];

  public constructor(path: LayeredPath) {
    this.layers = path.layers
      .filter(({ name }) => name !== "asker")
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

/** Layers of key policies and trust policies only limit requests of these actions: statements that allow all others are added. */
const LIMITING: ReadonlyMap<LayerKind, string> = new Map([
  ["keys", "kms:*"],
  ["trusts", "sts:*"],
]);

function isBeside(layer: LayerKind, { statement: { NotAction, NotResource } }: SourcedStatement): boolean {
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
  const path = { name: "alone", layers: [{ name: "alone", statements: [sourced] }] };
  return { sourced, alone: new PreparedAccess({ paths: [path] }) };
}

/** @param layer undefined for a Deny of a resource, which holds on every path */
export function placeOf({ statement, source }: SourcedStatement, layer: LayerKind | undefined): StatementPlace {
  const { Sid: sid } = statement;
  return {
    layer: layer === undefined ? "a resource" : layerText(layer),
    ...(sid !== undefined && { sid }),
    source: { address: source },
  };
}

import type { Statement } from "../../../iam";
import type { SourcedStatement } from "../../../iam/access/access";
import { PreparedAccess } from "../../../iam/access/decide";
import type { Gained } from "../../../iam/access/difference";
import type { AwsPrincipal } from "../../reach/aws/aws-principal";
import type { AwsLayer } from "../../reach/aws/layer";
import type { AwsPath } from "../../reach/aws/way";
import { WaysBefore } from "./path-comparison";

type Statements = readonly SourcedStatement[];

// Both are memos on frozen values: the same statements always give the same answer.
const ASKED = new WeakMap<Statement, PreparedAccess>();
/** One boundary is shared by many principals: its statements are one list. */
const NEW_IN = new WeakMap<Statements, { readonly was: Statements; readonly found: Statements }>();

/** Other places that explain a gain: new statements in layers other than its own statement's */
export class OtherPlaces {
  private readonly known: WaysBefore;
  private readonly byName: ReadonlyMap<string, AwsPath>;
  private readonly trusts: ReadonlyMap<string, string>;

  constructor(before: AwsPrincipal | undefined, after: AwsPrincipal | undefined) {
    this.known = new WaysBefore(before?.paths, after?.paths);
    this.byName = new Map((after?.paths ?? []).map((path) => [path.name, path]));
    this.trusts = new Map(
      (after?.chained ?? []).flatMap(({ paths, role }) =>
        paths.map(({ name }) => [name, `${role.address}.assume_role_policy`] as const),
      ),
    );
  }

  /** Addresses, without the gain's own */
  public of({ path, witness, statement }: Gained): readonly string[] {
    const is = this.byName.get(path);
    if (is === undefined) return [];
    const was = this.known.of(is);
    const trust = this.trusts.get(path);
    const places =
      was === undefined
        ? trust === undefined
          ? []
          : [trust]
        : is.layers.slice(1).flatMap((layer) => newIn(layer, was.layers).filter((one) => allows(one, witness)));
    const addresses = places.map((one) => (typeof one === "string" ? one : one.source));
    return [...new Set(addresses)].filter((address) => address !== statement.source).sort();
  }
}

function newIn({ name, statements }: AwsLayer, before: readonly AwsLayer[]): Statements {
  const was = before.find((layer) => layer.name === name)?.statements ?? [];
  if (name === "asker" || was === statements) return [];
  const known = NEW_IN.get(statements);
  if (known?.was === was) return known.found;
  const written = new Set(was.map(({ statement }) => statement));
  const found = statements.filter(({ statement }) => statement.Effect === "Allow" && !written.has(statement));
  NEW_IN.set(statements, { was, found });
  return found;
}

function allows({ statement, source }: SourcedStatement, request: Gained["witness"]): boolean {
  const layers = [{ name: "alone", statements: [{ statement, source }] }];
  const alone = ASKED.get(statement) ?? new PreparedAccess({ paths: [{ name: "alone", layers }] });
  ASKED.set(statement, alone);
  return alone.decide(request).verdict !== "denied";
}

import type { AccessPath, AccessRequest, SourcedStatement } from "../../../../iam/access/access";
import { type Difference, difference, type Gained } from "../../../../iam/access/difference";
import { swapNames, type Shapes } from "./shapes";

/** One path of a principal in two states */
export interface PathPair {
  readonly name: string;
  readonly was: AccessPath | undefined;
  readonly is: AccessPath;
  readonly denied: readonly SourcedStatement[];
  readonly denies: readonly SourcedStatement[];
}

/** A gain of a principal, with the index of each statement in the first layer of its path */
interface Example {
  readonly name: string;
  readonly gained: readonly { readonly gain: Gained; readonly at: number }[];
}

/** Differences; those that are equal up to the principal's name are computed once. */
export class AlikeDifferences {
  private readonly examples = new Map<string, Example>();

  public constructor(private readonly shapes: Shapes) {}

  public of(compared: PathPair): Difference {
    const shape = this.shapeOf(compared);
    const known = shape === undefined ? undefined : this.examples.get(shape);
    if (known !== undefined) return { gained: renamed(known, compared), undecided: [] };
    const { was, is, denied, denies } = compared;
    const found = difference({ paths: was === undefined ? [] : [was], denies: denied }, { paths: [is], denies });
    if (shape !== undefined && isPlain(found)) this.examples.set(shape, exampleOf(found, compared));
    return found;
  }

  private shapeOf({ name, was, is, denied, denies }: PathPair): string | undefined {
    const parts = [
      was === undefined ? "" : this.shapes.ofPath(was, name),
      this.shapes.ofPath(is, name),
      this.shapes.of(denied, name),
      this.shapes.of(denies, name),
    ];
    return parts.includes(undefined) ? undefined : parts.join();
  }
}

/** True if it depends on no unknown value and every pattern is written as in the statement. */
function isPlain({ gained, undecided }: Difference): boolean {
  return undecided.length === 0 && gained.every(({ certain, kinds }) => certain && kinds.resource === "pattern");
}

function exampleOf({ gained }: Difference, { name, is }: PathPair): Example {
  const statements = is.layers[0]?.statements ?? [];
  return { name, gained: gained.map((gain) => ({ gain, at: statements.indexOf(gain.statement) })) };
}

function renamed({ name, gained }: Example, { name: other, is }: PathPair): readonly Gained[] {
  const statements = is.layers[0]?.statements ?? [];
  return gained.map(({ gain, at }) => new RenamedGain(gain, name, other, statements[at] as SourcedStatement, is.name));
}

/** The gain of one principal, renamed from another of the same shape. Its witness is built on demand: few are shown. */
class RenamedGain implements Gained {
  public readonly action: string;
  public readonly resource: string;
  public readonly kinds: Gained["kinds"];
  public readonly certain: boolean;
  public readonly unknown: readonly string[];

  public constructor(
    private readonly example: Gained,
    private readonly name: string,
    private readonly other: string,
    public readonly statement: SourcedStatement,
    public readonly path: string,
  ) {
    const { action, resource, kinds, certain, unknown } = example;
    this.action = action;
    this.resource = swapNames(resource, name, other);
    this.kinds = kinds;
    this.certain = certain;
    this.unknown = unknown;
  }

  public get witness(): AccessRequest {
    return renamedRequest(this.example.witness, this.name, this.other);
  }
}

/** Actions are compared without case, and hold no name. */
function renamedRequest({ action, resource, principal, keys }: AccessRequest, one: string, other: string) {
  const renamedKeys: [string, readonly string[]][] = [];
  for (const key in keys) renamedKeys.push([key, (keys[key] ?? []).map((value) => swapNames(value, one, other))]);
  return {
    action,
    resource: swapNames(resource, one, other),
    ...(principal !== undefined && { principal: swapNames(principal, one, other) }),
    keys: Object.fromEntries(renamedKeys),
  };
}

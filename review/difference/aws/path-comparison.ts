import type { Statement } from "../../../iam";
import type { Access, AccessPath, Layer, SourcedStatement } from "../../../iam/access/access";
import { type Difference, isWithin } from "../../../iam/access/difference";
import { Numbers } from "../../numbers";
import type { AwsPrincipal } from "../../reach/aws/aws-principal";
import { type AwsPath, surerPathKey } from "../../reach/aws/way";
import { AlikeDifferences } from "./alike/alike-differences";
import type { Shapes } from "./alike/shapes";
import { groupBy } from "../../group-by";

type Ways = Pick<AwsPrincipal, "paths" | "denies"> | undefined;

const NO_DIFFERENCE: Difference = { gained: [], undecided: [] };

/** What ways into AWS open in one state and not in the other. Ways are compared one by one: a task may have rights that another lacks. */
export class PathComparison {
  /** A boundary limits many paths: whether one state of it is within the other is computed once. */
  private readonly within = new Map<string, boolean>();
  private readonly numbers = new Numbers<Statement>();
  /** By statement list: a shared boundary is one list. */
  private readonly texts = new Map<Layer["statements"], string>();
  private readonly alike: AlikeDifferences;

  public constructor(shapes: Shapes) {
    this.alike = new AlikeDifferences(shapes);
  }

  /** Compares two states of the named principal; both are read from the same texts. */
  public gained(name: string, before: Ways, after: Ways): Difference {
    const known = new WaysBefore(before?.paths, after?.paths);
    const [denied, denies] = [before?.denies ?? [], after?.denies ?? []];
    const areSame = isSame(denied, denies);
    const parts = (after?.paths ?? []).map((is) => {
      const was = known.of(is, surerPathKey(is));
      if (was !== undefined && areSame && this.isNoWider(was, is)) return NO_DIFFERENCE;
      return this.alike.of({ name, was, is, denied, denies });
    });
    return { gained: parts.flatMap(({ gained }) => gained), undecided: parts.flatMap((part) => part.undecided) };
  }

  /** Sufficient and fast if a single layer differs: all layers must allow. */
  private isNoWider({ layers }: AccessPath, other: AccessPath): boolean {
    if (layers.length !== other.layers.length) return false;
    const changed = other.layers.filter((layer, at) => !isSame(layers[at]?.statements ?? [], layer.statements));
    const [layer] = changed;
    if (layer === undefined) return true;
    const was = layers[other.layers.indexOf(layer)];
    return changed.length === 1 && was?.name === layer.name && this.isLayerWithin(layer, was);
  }

  private isLayerWithin(layer: Layer, other: Layer): boolean {
    const question = `${this.textOf(layer)} in ${this.textOf(other)}`;
    const known = this.within.get(question) ?? isWithin(accessOf(layer), accessOf(other));
    this.within.set(question, known);
    return known;
  }

  /** Equal for the same statements */
  private textOf({ statements }: Layer): string {
    const known = this.texts.get(statements) ?? statements.map(({ statement }) => this.numbers.of(statement)).join();
    this.texts.set(statements, known);
    return known;
  }
}

function accessOf(layer: Layer): Access {
  return { paths: [{ name: layer.name, layers: [layer] }] };
}

/** Equal text is read as one statement. */
function isSame(some: readonly SourcedStatement[], others: readonly SourcedStatement[]): boolean {
  return (
    some === others ||
    (some.length === others.length && some.every(({ statement }, at) => statement === others[at]?.statement))
  );
}

/**
 * The paths of base, found by the keys of those of head.
 *
 * Roles in two unknown accounts may have one key, and so may their paths. Paths of one key are matched in order if both
 * states have as many; otherwise none is matched.
 */
export class WaysBefore {
  private readonly before: ReadonlyMap<string, readonly AwsPath[]>;
  private readonly now: ReadonlyMap<string, readonly AwsPath[]>;

  public constructor(before: readonly AwsPath[] = [], now: readonly AwsPath[] = []) {
    [this.before, this.now] = [groupBy(before, nameOf), groupBy(now, nameOf)];
  }

  /** @param surer key without its doubt, used if base had no path of that key: a certain path covers an uncertain one */
  public of(way: AwsPath, surer = way.name): AwsPath | undefined {
    const [was, is] = [this.before.get(way.name) ?? this.before.get(surer), this.now.get(way.name)];
    return was?.length === is?.length ? was?.[is?.indexOf(way) ?? 0] : undefined;
  }
}

function nameOf({ name }: AwsPath): string {
  return name;
}

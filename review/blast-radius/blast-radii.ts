import { byText } from "../../domain/by-text";
import { type ChangeSource, distinct } from "../change";
import { allCallers, type Caller } from "../reach/declared/agent-callers";
import type { Estate } from "../read/resource";
import { type SourceLines, sourcesOf } from "../read/source-lines";
import type { Takeover } from "./walk/identity-takeovers";
import { byHarm } from "./walk/harm";
import { NO_KILL_ENDS, otherLifetime } from "./lifetimes";
import { byCertainty, reachedUnion } from "./walk/reached-union";
import { type OwnReach, OwnReaches } from "./walk/own-reach";
import {
  type BlastRadius,
  type Certainty,
  isCertain,
  type ReachedThing,
  type ReachedIdentity,
  type Step,
  through,
} from "./blast-radius";
import { type Identity, World } from "./walk/world";

/** Blast radius of every identity in a synthesized folder: all that an attacker controlling its process can reach */
export class BlastRadii {
  private readonly world: World;
  private readonly own: OwnReaches;
  private readonly places: SourceLines;

  public constructor(estate: Estate) {
    this.world = new World(estate);
    this.own = new OwnReaches(this.world);
    this.places = sourcesOf(estate);
  }

  /** Agents by name, roles and accounts without an agent by address, sorted */
  public get names(): readonly string[] {
    return [...this.world.identities.keys()];
  }

  /** Names that are agents */
  public get agents(): readonly string[] {
    return this.names.filter((name) => this.world.identities.get(name)?.kind === "agent");
  }

  /** Undefined if no identity has that name */
  public of(name: string): BlastRadius | undefined {
    const root = this.world.identities.get(name);
    if (root === undefined) return undefined;
    const all = this.controlled(root);
    const reached = reachedUnion(all.flatMap((one) => this.reachedBy(one, root)));
    const unknown = [...this.world.unknown, ...all.flatMap(({ own }) => own.unknown)];
    return {
      of: { name, kind: root.kind, state: root.state, calledBy: this.calledBy(root) },
      reached: reached.map((one) => ({ ...one, source: this.located(one.by, one.source) })).sort(byHarm),
      identities: identitiesOf(all),
      unknown: distinct(unknown.map((one) => ({ ...one, source: this.located(name, one.source) }))),
    };
  }

  /** Empty for a stopped agent: the exchange starts no run of it. */
  private calledBy({ name, state }: Identity): readonly Caller[] {
    const { registry } = this.world;
    return registry === undefined || state !== "active" ? [] : allCallers(registry, name);
  }

  /**
   * All identities of the attacker, each by a shortest route. Certain ones are followed first, so that a detour makes
   * none of them uncertain.
   */
  private controlled(root: Identity): readonly Controlled[] {
    const found = new Map<string, Controlled>([[root.name, { identity: root, own: this.own.of(root), route: [] }]]);
    for (const among of [isCertain, () => true]) {
      let some: readonly Controlled[] = [...found.values()];
      for (let hop = 0; some.length > 0; hop++) {
        for (const from of some.filter(({ route }) => route.length === hop)) this.take(from, found, among);
        some = [...found.values()].filter(({ route }) => route.length > hop);
      }
    }
    return [...found.values()];
  }

  /** Adds the identities that this one takes over */
  private take(from: Controlled, found: Map<string, Controlled>, among: (taken: Takeover) => boolean): void {
    for (const taken of from.own.taken.filter(among)) {
      const { name, what } = taken;
      const identity = this.world.identities.get(name);
      if (identity === undefined || found.has(name)) continue;
      const step: Step = { how: "identity", to: name, what };
      const { unknown: doubt } = taken;
      const open = doubt === undefined ? {} : { unknown: `whether it becomes ${name} is not known: ${doubt}` };
      found.set(name, {
        identity,
        own: this.own.of(identity),
        route: [...from.route, step],
        taken: { address: taken.address },
        ...through(from.unknown, open),
      });
    }
  }

  private reachedBy(controlled: Controlled, root: Identity): readonly ReachedThing[] {
    const { identity, own, route, taken, unknown } = controlled;
    const theirs = own.reached.map((one) => {
      if (route.length === 0) return one;
      const lasting = otherLifetime(one.lasting);
      const behind = { hop: one.hop + route.length, route: [...route, ...one.route], lasting };
      return { ...one, ...behind, ...through(unknown, one) };
    });
    return taken === undefined
      ? theirs
      : [{ ...identityReached(identity, route, taken, root), ...through(unknown, {}) }, ...theirs];
  }

  private located(by: string, source: ChangeSource): ChangeSource {
    return { ...source, ...this.places.of(by, source.address) };
  }
}

/** Uncertain if a step on its route is */
interface Controlled extends Certainty {
  readonly identity: Identity;
  readonly own: OwnReach;
  readonly route: readonly Step[];
  /** The resource by which it is taken over; undefined for the root */
  readonly taken?: { readonly address: string };
}

function identityReached(
  { name, kind }: Identity,
  route: readonly Step[],
  source: { readonly address: string },
  root: Identity,
): ReachedThing {
  const last = route.at(-1) as Step;
  return {
    kind: "identity",
    target: name,
    does: "become it",
    by: route.at(-2)?.to ?? root.name,
    as: last.what,
    hop: route.length - 1,
    route: route.slice(0, -1),
    gate: "none",
    bounds: [`${kind}: ${last.what}`],
    isHigh: true,
    isOutward: false,
    writes: true,
    lasting: NO_KILL_ENDS.others,
    source,
  };
}

function identitiesOf(all: readonly Controlled[]): readonly ReachedIdentity[] {
  const found = new Map<string, ReachedIdentity>();
  const add = (one: ReachedIdentity): void => {
    const key = JSON.stringify([one.name, one.how]);
    const known = found.get(key);
    const isBetter = known !== undefined && (byCertainty(one, known) || one.hop - known.hop) < 0;
    if (known === undefined || isBetter) found.set(key, one);
  };
  for (const {
    identity: { name, kind },
    own,
    route,
    unknown,
  } of all) {
    const certainty = through(unknown, {});
    add({ name, kind, how: route.length === 0 ? "itself" : "becomes it", hop: route.length, route, ...certainty });
    for (const one of own.identities) {
      const behind = { hop: one.hop + route.length, route: [...route, ...one.route] };
      add({ ...one, ...behind, ...through(unknown, one) });
    }
  }
  return [...found.values()].sort(
    (one, other) => one.hop - other.hop || byText(`${one.name} ${one.how}`, `${other.name} ${other.how}`),
  );
}

import { type ChangeSource, distinct } from "../change";
import { type SourceLines, sourcesOf } from "../source-lines";
import type { Estate } from "../read/resource";
import { byHarm } from "./harm";
import { NO_KILL_ENDS } from "./lasting";
import { merged } from "./merged";
import { type OwnReach, OwnReaches } from "./own-reach";
import type { BlastRadius, Reached, ReachedIdentity, Step } from "./reached";
import { type Identity, World } from "./world";

/** What whoever controls somebody's process gets, of everybody in one folder */
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

  /** Those of them that are agents */
  public get agents(): readonly string[] {
    return this.names.filter((name) => this.world.identities.get(name)?.kind === "agent");
  }

  /** Undefined where nobody is called so */
  public of(name: string): BlastRadius | undefined {
    const root = this.world.identities.get(name);
    if (root === undefined) return undefined;
    const all = this.controlled(root);
    const reached = merged(all.flatMap((one) => this.reachedBy(one, root)));
    const unknown = [...this.world.unknown, ...all.flatMap(({ own }) => own.unknown)];
    return {
      of: { name, kind: root.kind, state: root.state },
      reached: reached.map((one) => ({ ...one, source: this.located(one.by, one.source) })).sort(byHarm),
      identities: identitiesOf(all),
      unknown: distinct(unknown.map((one) => ({ ...one, source: this.located(name, one.source) }))),
    };
  }

  /** Whoever the attacker is or becomes, nearest first, each by one of the shortest routes */
  private controlled(root: Identity): readonly Controlled[] {
    const found = new Map<string, Controlled>([[root.name, { identity: root, own: this.own.of(root), route: [] }]]);
    // A map that grows while it is walked is walked to its end.
    for (const { own, route } of found.values()) {
      for (const { name, what, address, unknown } of own.taken) {
        const identity = this.world.identities.get(name);
        if (identity === undefined || found.has(name)) continue;
        const step: Step = { how: "identity", to: name, what };
        found.set(name, {
          identity,
          own: this.own.of(identity),
          route: [...route, step],
          taken: { address, ...(unknown !== undefined && { unknown }) },
        });
      }
    }
    return [...found.values()];
  }

  private reachedBy({ identity, own, route, taken }: Controlled, root: Identity): readonly Reached[] {
    const theirs = own.reached.map((one) => {
      if (route.length === 0) return one;
      const lasting = NO_KILL_ENDS.others;
      return { ...one, hop: one.hop + route.length, route: [...route, ...one.route], lasting };
    });
    return taken === undefined ? theirs : [identityReached(identity, route, taken, root), ...theirs];
  }

  private located(by: string, source: ChangeSource): ChangeSource {
    return { ...source, ...this.places.of(by, source.address) };
  }
}

interface Controlled {
  readonly identity: Identity;
  readonly own: OwnReach;
  readonly route: readonly Step[];
  /** Of anybody but the root: where it stands that it is taken */
  readonly taken?: { readonly address: string; readonly unknown?: string };
}

function identityReached(
  { name, kind }: Identity,
  route: readonly Step[],
  { address, unknown }: { readonly address: string; readonly unknown?: string },
  root: Identity,
): Reached {
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
    ...(unknown !== undefined && { unknown }),
    source: { address },
  };
}

function identitiesOf(all: readonly Controlled[]): readonly ReachedIdentity[] {
  const found = new Map<string, ReachedIdentity>();
  const add = (one: ReachedIdentity): void => {
    const key = JSON.stringify([one.name, one.how]);
    const known = found.get(key);
    if (known === undefined || one.hop < known.hop) found.set(key, one);
  };
  for (const {
    identity: { name, kind },
    own,
    route,
  } of all) {
    add({ name, kind, how: route.length === 0 ? "itself" : "becomes it", hop: route.length, route });
    for (const one of own.identities) add({ ...one, hop: one.hop + route.length, route: [...route, ...one.route] });
  }
  return [...found.values()].sort(
    (one, other) => one.hop - other.hop || (`${one.name} ${one.how}` < `${other.name} ${other.how}` ? -1 : 1),
  );
}

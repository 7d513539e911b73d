import type { Changes, ChangesByPrincipal } from "../change";
import { Cluster } from "../reach/kubernetes/cluster";
import type { Principal } from "../reach/kubernetes/principal";
import { principalsOf } from "../reach/kubernetes/principals";
import { Rights } from "../reach/kubernetes/rights/rights";
import type { Estate } from "../read/resource";
import { type Gains, together } from "./kubernetes/changes";
import { NetworkDifference } from "./kubernetes/network";
import { rightGains } from "./kubernetes/rights";

/** What each agent, and everybody else in a cluster, can do in one state and not in the other */
export function kubernetesChanges(base: Estate, head: Estate): ChangesByPrincipal {
  const [before, after] = [new State(base), new State(head)];
  const forward = new StateGains(before, after);
  const backward = new StateGains(after, before);
  const changes = new Map<string, Changes>();
  for (const key of [...new Set([...after.principals.keys(), ...before.principals.keys()])].sort()) {
    const { gains, unknown } = forward.of(key);
    const { gains: losses } = backward.of(key);
    if (gains.length + losses.length + unknown.length === 0) continue;
    const { name } = (after.principals.get(key) ?? before.principals.get(key)) as Principal;
    const known = changes.get(name);
    changes.set(name, {
      gains: [...(known?.gains ?? []), ...gains],
      losses: [...(known?.losses ?? []), ...losses],
      unknown: [...(known?.unknown ?? []), ...unknown],
    });
  }
  return changes;
}

class State {
  public readonly cluster: Cluster;
  public readonly principals: ReadonlyMap<string, Principal>;
  public readonly rights: Rights;

  public constructor(estate: Estate) {
    this.cluster = new Cluster(estate);
    this.principals = principalsOf(this.cluster);
    this.rights = new Rights(this.cluster);
  }
}

/** What one state has more than another */
class StateGains {
  private readonly network: NetworkDifference;

  public constructor(
    private readonly base: State,
    private readonly head: State,
  ) {
    this.network = new NetworkDifference(base.cluster, head.cluster);
  }

  public of(key: string): Gains {
    const before = this.base.principals.get(key);
    const after = this.head.principals.get(key);
    if (after === undefined) return together([]);
    return together([
      rightGains(before === undefined ? [] : this.base.rights.of(before), this.head.rights.of(after)),
      this.network.gains(before, after),
    ]);
  }
}

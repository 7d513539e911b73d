import { byText } from "../../../domain/by-text";
import type { Shapes } from "../../difference/aws/alike/shapes";
import type { AwsPrincipal } from "../../reach/aws/aws-principal";
import type { Principal } from "../../reach/kubernetes/principal";
import type { Combination, StateCombination } from "../../review";
import type { FleetState } from "../../reach/fleet-state";
import { auditPowers } from "./audit-powers";
import { AwsCombinations } from "./aws-combinations";
import { clusterCombinations, readsClusterSecrets, sendsAnywhere } from "./cluster-combinations";
import { declaredCombinations } from "./declared-combinations";

/** One principal in one state */
export interface PrincipalState {
  /** Name of the agent; undefined for other principals */
  readonly agent?: string;
  readonly aws?: AwsPrincipal | undefined;
  readonly inCluster?: Principal | undefined;
}

/** The combinations of one state */
export class Combinations {
  private readonly inAws: AwsCombinations;

  public constructor(
    private readonly state: FleetState,
    shapes: Shapes,
  ) {
    this.inAws = new AwsCombinations(auditPowers(state.estate), shapes);
  }

  public of({ agent, aws, inCluster }: PrincipalState): readonly StateCombination[] {
    const { registry, kubernetes } = this.state;
    const rights = inCluster === undefined ? [] : kubernetes.rights.of(inCluster);
    const found = [
      ...(agent === undefined || registry === undefined ? [] : declaredCombinations(registry, agent)),
      ...(aws === undefined ? [] : this.inAws.of(aws)),
      ...clusterCombinations(rights),
      ...(inCluster === undefined ? [] : this.leaks(inCluster, aws)),
    ];
    return found.sort((one, other) => byText(keyOf(one), keyOf(other)));
  }

  private leaks(inCluster: Principal, aws: AwsPrincipal | undefined): readonly StateCombination[] {
    const secrets =
      (aws && this.inAws.secretsOf(aws)) ?? readsClusterSecrets(this.state.kubernetes.rights.of(inCluster));
    if (secrets === undefined) return [];
    const egress = sendsAnywhere(inCluster, this.state.kubernetes);
    if (egress === undefined) return [];
    const what = "it reads secrets, and its pods may send to any public address";
    return [{ code: "secrets-and-network", what, parts: [secrets, egress] }];
  }
}

/** The combinations in head, each marked new if base did not have it */
export function combinationsOf(
  before: readonly StateCombination[],
  now: readonly StateCombination[],
): readonly Combination[] {
  const known = new Set(before.map(keyOf));
  return now.map((held) => ({ ...held, isNew: !known.has(keyOf(held)) }));
}

function keyOf({ code, what }: StateCombination): string {
  return JSON.stringify([code, what]);
}

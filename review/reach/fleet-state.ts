import type { JsonObject } from "../read/json";
import type { Estate } from "../read/resource";
import { type SourceLines, sourcesOf } from "../read/source-lines";
import { type AwsReach, awsReach } from "./aws/aws-reach";
import { PolicyTexts } from "./aws/policy-texts";
import { readRegistries, type RegistriesRead } from "./declared/read-registries";
import type { Registry } from "./declared/registry";
import { type ClusterState, clusterStates, type ClusterReading, readCluster } from "./kubernetes/cluster-state";
import { agreedRegistry, type PartialSuspensions, partialSuspensions } from "./suspension";

/** Everything read of one state of a fleet */
export interface FleetState {
  readonly estate: Estate;
  /** Undefined if it cannot be read: then everything that follows from it is unknown */
  readonly registry: Registry | undefined;
  readonly aws: AwsReach;
  readonly kubernetes: ClusterState;
  /** Agents that the registry and the stacks disagree about: suspended in one, active in the other */
  readonly half: PartialSuspensions;
  readonly places: SourceLines;
}

/** Base and head of a comparison. Shared readings are made once and passed down. */
export interface FleetStates {
  readonly base: FleetState;
  readonly head: FleetState;
  /** Declarations of head, with partly suspended agents set to active */
  readonly agreed: JsonObject | undefined;
  /** The registry of base, and `agreed` */
  readonly registries: RegistriesRead;
  /** The registries of base and head as written */
  readonly written: RegistriesRead;
}

/** Everything read of a base, shared by all heads that are compared with it */
export class BaseReach {
  public readonly texts = new PolicyTexts();
  public readonly aws: AwsReach;
  public readonly cluster: ClusterReading;

  public constructor(base: Estate) {
    this.aws = awsReach(base, this.texts);
    this.cluster = readCluster(base);
  }
}

export function fleetStates(base: Estate, head: Estate, read = new BaseReach(base)): FleetStates {
  const [before, after] = clusterStates(base, head, read.cluster);
  const aws = { base: read.aws, head: awsReach(head, read.texts) };
  const half = {
    base: partialSuspensions({ kubernetes: before, aws: aws.base }),
    head: partialSuspensions({ kubernetes: after, aws: aws.head }),
  };
  const agreed = agreedRegistry(before.cluster, head.registry, half.head);
  const registries = readRegistries(base.registry, agreed);
  const stateOf = (which: "base" | "head", estate: Estate, kubernetes: ClusterState): FleetState => ({
    estate,
    registry: registries[which].registry,
    aws: aws[which],
    kubernetes,
    half: half[which],
    places: sourcesOf(estate),
  });
  return {
    base: stateOf("base", base, before),
    head: stateOf("head", head, after),
    agreed,
    registries,
    written: agreed === head.registry ? registries : readRegistries(base.registry, head.registry),
  };
}

import { App, type AppConfig } from "cdktf";
import { type AgentClass, type Fleet, Platform, type PlatformProps, type VpcNetworkProps } from "../../../constructs";
import type { AmbitStack } from "../../../constructs/platform/ambit-stack";
import { fleet as example } from "../../../fleet";
import { exchange } from "../../../fleet/exchange";
import { facts } from "../../../fleet/platform";
import { spire } from "../../../fleet/spire";
import type { TokenExchangeProps } from "../../../constructs/exchange";
import type { SpireProps } from "../../../constructs/spire";
import { packed } from "../../../images/packed";
import { monitoringOf } from "../../support/example-monitoring";
import {
  AgentsStack,
  ControlStack,
  type ControlStackProps,
  FoundationStack,
  SpireStack,
  StartersStack,
  TrustStack,
} from "../../../stacks";

/** In deploy order, as main.ts has them */
export const STACKS = ["foundation", "spire", "trust", "control", "agents", "starters"] as const;

export interface RehearsedApp {
  /** Must exist in the account: made there before */
  readonly network: VpcNetworkProps;
  /**
   * Facts of the example platform to change, beside its network.
   *
   * @default - only that nothing refuses to be destroyed
   */
  readonly changes?: Partial<PlatformProps>;
  /**
   * Facts of its AWS account to change.
   *
   * @default - none
   */
  readonly aws?: Partial<PlatformProps["aws"]>;
  /**
   * Choices about SPIRE to change.
   *
   * @default - those of the example
   */
  readonly spire?: Partial<SpireProps>;
  /**
   * Choices about the exchange in the cluster to change.
   *
   * @default - those of the example
   */
  readonly exchange?: Partial<TokenExchangeProps>;
  /**
   * Choices about the exchange in Lambda, beside the one in the cluster.
   *
   * @default - it is not in Lambda
   */
  readonly exchangeFunction?: NonNullable<ControlStackProps["exchangeFunction"]>;
  /**
   * @default - the example fleet
   */
  readonly fleet?: Fleet<AgentClass>;
}

export function rehearsedPlatform({ network, changes, aws }: RehearsedApp): Platform {
  return new Platform({ ...facts, aws: { ...facts.aws, ...aws, network }, protectData: false, ...changes });
}

/** The database stands in the subnets that the account has. */
function rehearsedSpire({ network, spire: changes }: RehearsedApp): SpireProps {
  const { database, ...rest } = spire;
  if (database === "embedded") throw new Error("the example must name a database");
  const subnets = network.endpointSubnets.map(({ id }) => id);
  return { ...rest, database: { ...database, vpc: network.vpc, subnets }, ...changes };
}

/** The stacks of main.ts on a platform that can be thrown away. */
export function rehearsedApp(props: RehearsedApp, config: AppConfig = {}): { app: App; stacks: readonly AmbitStack[] } {
  const app = new App(config);
  const both = { platform: rehearsedPlatform(props), fleet: props.fleet ?? (example as Fleet<AgentClass>) };
  const { exchangeFunction } = props;
  const inLambda = exchangeFunction === undefined ? {} : { exchangeFunction };
  const runsIn = exchangeFunction === undefined ? {} : { exchangeRunsIn: ["cluster", "lambda"] as const };
  const stacks = [
    new FoundationStack(app, "foundation", { ...both, ...runsIn, dataTrail: true }),
    new SpireStack(app, "spire", { ...both, spire: rehearsedSpire(props) }),
    new TrustStack(app, "trust", both),
    new ControlStack(app, "control", {
      ...both,
      exchange: { ...exchange, ...props.exchange },
      gateway: {},
      ...inLambda,
      ...monitoringOf(both.fleet),
    }),
    new AgentsStack(app, "agents", both),
    new StartersStack(app, "starters", { ...both, code: starterCode() }),
  ];
  return { app, stacks };
}

let code: string | undefined;

/** Made once for all that a suite synthesizes */
function starterCode(): string {
  return (code ??= packed("starter"));
}

/** Synthesize into a folder, and say where. */
export function synthesize(outdir: string, props: RehearsedApp): string {
  rehearsedApp(props, { outdir }).app.synth();
  return outdir;
}

import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { OpaDeployment, type OpaDeploymentProps } from "../constructs/decision/opa-deployment";
import { OpaSidecar } from "../constructs/decision/opa-sidecar";
import { TokenExchange, type TokenExchangeProps } from "../constructs/exchange/token-exchange";
import { TokenExchangeFunction, type TokenExchangeFunctionProps } from "../constructs/exchange/token-exchange-function";
import { ToolGateway, type ToolGatewayProps } from "../constructs/gateway/tool-gateway";
import { AgentMonitoring, type AgentMonitoringProps } from "../constructs/oversight/agent-monitoring";
import { KillList } from "../constructs/oversight/kill-list";
import { TelemetryCollector, type TelemetryCollectorProps } from "../constructs/oversight/telemetry-collector";
import { KillSwitch, type KillSwitchProps } from "../constructs/oversight/kill-switch";
import { AmbitStack, type AmbitStackProps } from "../constructs/platform/ambit-stack";
import { withoutCreationStacks } from "../constructs/platform/creation-stacks";
import { RestrictedNamespace } from "../constructs/platform/namespace";
import { refuse } from "../domain";
import type { OpaRunsIn } from "./foundation";

export interface ControlStackProps extends AmbitStackProps {
  /**
   * Choices about OPA.
   *
   * @default - two pods of its own, with the signed bundle of the platform's bucket
   */
  readonly opa?: Omit<OpaDeploymentProps, "after" | "fleet">;
  /**
   * `"gateway"`: OPA decides in each pod of the gateway in place of Cedar; the foundation's `opaRunsIn` must say so too.
   *
   * @default "pods"
   */
  readonly opaRunsIn?: OpaRunsIn;
  /**
   * Choices about the exchange in the cluster; it must be told where the keys of issuers are.
   *
   * @default - it is not in the cluster, and `exchangeFunction` must be there
   */
  readonly exchange?: Omit<TokenExchangeProps, "after">;
  /**
   * Choices about the exchange in Lambda; `exchangeRunsIn` of the foundation must name it.
   *
   * @default - it is not in Lambda
   */
  readonly exchangeFunction?: Omit<TokenExchangeFunctionProps, "after">;
  /**
   * Choices about the kill switch, where the platform has one.
   *
   * @default - none
   */
  readonly killSwitch?: Omit<KillSwitchProps, "list">;
  /**
   * Choices about the collector, where the platform's `cluster.collector` is `"deployed"`.
   *
   * @default - two pods or more
   */
  readonly collector?: Omit<TelemetryCollectorProps, "after">;
  /**
   * Choices about dashboards and alarms; the platform's `cluster.collector` says where metrics go.
   *
   * @default - there are none
   */
  readonly monitoring?: Omit<AgentMonitoringProps, "after" | "fleet" | "killSwitch">;
  /**
   * Choices about the gateway, which asks the exchange in the cluster.
   *
   * @default - there is none, and no agent calls a tool
   */
  readonly gateway?: Omit<ToolGatewayProps, "after" | "exchange" | "fleet" | "formerRegistryKeys" | "opa">;
}

/** What decides at each request: the exchange, the gateway and the policy engine, in the namespace of the control plane. */
export class ControlStack extends AmbitStack {
  constructor(scope: Construct, id: string, props: ControlStackProps) {
    super(scope, id, props);
    withoutCreationStacks(() => {
      // For the public halves of keys, and for alarms.
      this.useAws();
      this.useKubernetes();
      const { ready } = new RestrictedNamespace(this, "Namespace", {
        name: this.platform.controlNamespace,
        purpose: "platform",
      });
      const list = new KillList(this, "KillList", { after: ready });
      const killSwitch = this.makeKillSwitch(props, list);
      this.makeCollector(props, ready);
      this.makeMonitoring(props, killSwitch, ready);
      if (props.exchange === undefined && props.exchangeFunction === undefined) {
        refuse(
          "exchange.malformed",
          `[${this.node.path}]`,
          "exchange or exchangeFunction must be there, got neither: write exchange",
        );
      }
      const exchange = props.exchange && new TokenExchange(this, "Exchange", { ...props.exchange, after: ready });
      if (props.exchangeFunction !== undefined) new TokenExchangeFunction(this, "Function", props.exchangeFunction);
      const isSidecar = props.opaRunsIn === "gateway";
      if (isSidecar && props.gateway === undefined) {
        refuse(
          "gateway.malformed",
          `[${this.node.path}]`,
          'opaRunsIn "gateway" needs a gateway, got none: write gateway',
        );
      }
      const sidecar = isSidecar ? new OpaSidecar(this, "Opa", this.opaProps(props, ready)) : undefined;
      if (sidecar === undefined) new OpaDeployment(this, "Opa", this.opaProps(props, ready));
      if (props.gateway === undefined) return;
      this.makeGateway({ ...props.gateway, ...(sidecar && { opa: sidecar }) }, exchange, props, ready);
    });
  }

  private opaProps({ opa }: ControlStackProps, after: readonly ITerraformDependable[]): OpaDeploymentProps {
    return { ...opa, fleet: this.fleet, after };
  }

  private makeKillSwitch(props: ControlStackProps, list: KillList): KillSwitch | undefined {
    const { hasKillSwitch } = this.platform;
    const { killSwitch: choices } = props;
    if (hasKillSwitch) {
      refuseUnreached(props, `[${this.node.path}]`);
      return new KillSwitch(this, "KillSwitch", { ...choices, list });
    }
    if (choices !== undefined) {
      const what = "killSwitch needs a platform with one, whose key the registry names, got one without";
      refuse("kill-switch.malformed", `[${this.node.path}]`, `${what}: write killSwitch: true into the platform`);
    }
    return undefined;
  }

  private makeCollector({ collector }: ControlStackProps, after: readonly ITerraformDependable[]): void {
    if (this.platform.cluster.collector === "deployed") {
      new TelemetryCollector(this, "Collector", { ...collector, after });
    } else if (collector !== undefined) {
      const what = 'collector needs a platform whose cluster.collector is "deployed", got another';
      refuse("monitoring.malformed", `[${this.node.path}]`, `${what}: write it so, or leave collector out`);
    }
  }

  private makeMonitoring(
    { monitoring }: ControlStackProps,
    killSwitch: KillSwitch | undefined,
    after: readonly ITerraformDependable[],
  ): void {
    if (monitoring === undefined) return;
    if (this.platform.cluster.collector === undefined) {
      const what = "monitoring needs cluster.collector of the platform, without which nothing is measured, got none";
      refuse(
        "monitoring.malformed",
        `[${this.node.path}]`,
        `${what}: write "deployed", or where the pods of yours are`,
      );
    }
    new AgentMonitoring(this, "Monitoring", {
      ...monitoring,
      fleet: this.fleet,
      after,
      ...(killSwitch !== undefined && { killSwitch }),
    });
  }

  private makeGateway(
    gateway: Pick<ToolGatewayProps, "opa"> & NonNullable<ControlStackProps["gateway"]>,
    exchange: TokenExchange | undefined,
    props: ControlStackProps,
    after: readonly ITerraformDependable[],
  ): void {
    if (exchange === undefined) {
      const what =
        "gateway needs the exchange in the cluster, which it knows by its SPIFFE ID, got exchangeFunction alone";
      return refuse("gateway.malformed", `[${this.node.path}]`, `${what}: write exchange too`);
    }
    const { formerRegistryKeys } = props.exchange ?? {};
    new ToolGateway(this, "Gateway", {
      ...gateway,
      ...(formerRegistryKeys === undefined ? {} : { formerRegistryKeys }),
      fleet: this.fleet,
      exchange,
      after: [...after, ...exchange.ready],
    });
  }
}

/** The kill switch is outside the VPC and shows no certificate: an exchange that it cannot reach would stop nothing. */
function refuseUnreached({ exchange, exchangeFunction, killSwitch = {} }: ControlStackProps, where: string): void {
  const { exchangeAddress: address } = killSwitch;
  if (exchange !== undefined && exchangeFunction === undefined && address === undefined) {
    const what = "killSwitch.exchangeAddress must be where the exchange in the cluster answers outside the VPC";
    const fix = "write the https address of a load balancer or private link that leads to its pods";
    refuse("kill-switch.malformed", where, `${what}, got none: ${fix}`);
  }
  if (exchangeFunction?.mutualTls !== undefined && (exchange === undefined || address === undefined)) {
    const what = "the kill switch has no certificate to show, got exchangeFunction.mutualTls, which asks for one";
    const fix = "leave mutualTls out, or run the exchange in the cluster too and write killSwitch.exchangeAddress";
    refuse("kill-switch.malformed", where, `${what}: ${fix}`);
  }
}

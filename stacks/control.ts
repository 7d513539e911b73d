import type { Construct } from "constructs";
import { OpaPolicyEngine, type OpaPolicyEngineProps } from "../constructs/decision/opa-policy-engine";
import { TokenExchange, type TokenExchangeProps } from "../constructs/exchange/token-exchange";
import { KillList } from "../constructs/oversight/kill-list";
import { AmbitStack, type AmbitStackProps } from "../constructs/platform/ambit-stack";
import { RestrictedNamespace } from "../constructs/platform/namespace";

export interface ControlStackProps extends AmbitStackProps {
  /**
   * Choices about OPA.
   *
   * @default - two pods of its own, with the signed bundle of the platform's bucket
   */
  readonly opa?: Omit<OpaPolicyEngineProps, "after" | "fleet" | "placement">;
  /** Choices about the exchange; it must be told where the keys of issuers are. */
  readonly exchange: Omit<TokenExchangeProps, "after">;
}

/** What decides at each request: the exchange and the policy engine, in the namespace of the control plane. */
export class ControlStack extends AmbitStack {
  constructor(scope: Construct, id: string, props: ControlStackProps) {
    super(scope, id, props);
    // For the public halves of keys: nothing here is a resource of AWS.
    this.useAws();
    this.useKubernetes();
    const { ready } = new RestrictedNamespace(this, "Namespace", {
      name: this.platform.controlNamespace,
      purpose: "platform",
    });
    new KillList(this, "KillList", { after: ready });
    new TokenExchange(this, "Exchange", { ...props.exchange, after: ready });
    new OpaPolicyEngine(this, "Opa", { ...props.opa, fleet: this.fleet, placement: "deployment", after: ready });
  }
}

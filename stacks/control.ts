import type { Construct } from "constructs";
import { KillList } from "../constructs/oversight/kill-list";
import { AmbitStack, type AmbitStackProps } from "../constructs/platform/ambit-stack";
import { RestrictedNamespace } from "../constructs/platform/namespace";

/** What decides at each request: the namespace of exchange and gateway. */
export class ControlStack extends AmbitStack {
  constructor(scope: Construct, id: string, props: AmbitStackProps) {
    super(scope, id, props);
    this.useKubernetes();
    const { ready } = new RestrictedNamespace(this, "Namespace", {
      name: this.platform.controlNamespace,
      purpose: "platform",
    });
    new KillList(this, "KillList", { after: ready });
  }
}

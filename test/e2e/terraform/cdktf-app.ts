import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { TerraformOutput, TerraformProvider, TerraformResource, type TerraformStack } from "cdktf";
import type { VpcNetworkProps } from "../../../constructs";
import { rehearsedApp } from "./app";
import { isKubernetes, MOTO_PLACE, NOT_IN_MOTO, valueFor } from "./rehearsal";

/** What the rehearsal hands over in `AMBIT_REHEARSAL` */
export interface HandedOver {
  readonly network: VpcNetworkProps;
  readonly awsVersion: string;
}

/** The app that the cdktf command runs: the copy's changes are made in the construct tree instead of the JSON. */
const { network, awsVersion } = JSON.parse(process.env.AMBIT_REHEARSAL ?? "{}") as HandedOver;
const { app, stacks } = rehearsedApp({ network, changes: { providerVersions: { aws: awsVersion } } });
for (const stack of stacks) atMoto(stack);
app.synth();

function atMoto(stack: TerraformStack): void {
  for (const construct of stack.node.findAll()) {
    // The address of a load balancer, which is a resource of Kubernetes
    if (TerraformOutput.isTerraformOutput(construct) && construct.node.id === "issuer_address") {
      stack.node.tryRemoveChild(construct.node.id);
    }
    if (TerraformResource.isTerraformResource(construct)) {
      const type = construct.terraformResourceType;
      if (isKubernetes(type)) construct.node.scope?.node.tryRemoveChild(construct.node.id);
      for (const attribute of Object.keys(NOT_IN_MOTO.attributes[type] ?? {}))
        construct.addOverride(attribute, undefined);
      if (construct instanceof KmsKey) {
        const spec = valueFor(awsVersion, construct.customerMasterKeySpecInput);
        if (spec !== undefined) construct.addOverride("customer_master_key_spec", spec);
      }
      const ignored = Object.keys(NOT_IN_MOTO.ignored[type] ?? {});
      if (ignored.length > 0) construct.addOverride("lifecycle.ignore_changes", ignored);
    }
    if (TerraformProvider.isTerraformProvider(construct)) {
      if (construct.terraformResourceType === "kubernetes") stack.node.tryRemoveChild(construct.node.id);
      if (construct.terraformResourceType !== "aws") continue;
      for (const [setting, value] of Object.entries(MOTO_PLACE)) construct.addOverride(setting, value);
      // With its host, because OpenTofu would otherwise ask its own registry.
      stack.addOverride("terraform.required_providers.aws.source", "registry.terraform.io/hashicorp/aws");
    }
  }
}

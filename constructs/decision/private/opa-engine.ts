import { DataAwsKmsPublicKey } from "@cdktf/provider-aws/lib/data-aws-kms-public-key";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import type {
  DeploymentV1SpecTemplateSpecContainer,
  DeploymentV1SpecTemplateSpecVolume,
} from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { Fn, type ITerraformDependable, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { digestOf } from "../../platform/digest";
import { writeBeside } from "../../platform/documents";
import { CONTROL_NAMESPACE } from "../../platform/names";
import type { Platform } from "../../platform/platform";
import { platformOf } from "../../platform/scope";
import { opaImage } from "../images";
import type { ConfigMapDelivery } from "../opa-delivery";
import type { OpaSidecarProps } from "../opa-sidecar";
import { deliveryOf, fitsConfigMap, signedBundle } from "./opa-delivery";
import { type Files, FleetBundle, opaFiles, PUBLIC_KEY, withPublicKey } from "./opa-files";
import { CONFIG, FILE, FOLDER, MOUNTED_BUNDLE, opaContainer, type OpaPodProps, opaVolumes } from "./opa-pod";
import { opaSize } from "./opa-size";
import { checkRules } from "./rego-rules";

/** OPA as it goes into a pod, and what the pod needs before it starts */
export interface OpaEngine {
  readonly container: DeploymentV1SpecTemplateSpecContainer;
  readonly volumes: readonly DeploymentV1SpecTemplateSpecVolume[];
  /** On the pod's template, so that new files start new pods */
  readonly annotations: Readonly<Record<string, string>>;
  /** Whether it fetches its bundle from AWS */
  readonly fetches: boolean;
  readonly ready: readonly ITerraformDependable[];
}

/**
 * Writes the fleet's bundle, and adds OPA's configuration to the scope.
 *
 * @throws DeclarationError `policy.malformed`, `policy.too-large`, `policy.version`
 */
export function opaEngine(scope: Construct, placement: OpaPodProps["placement"], props: OpaSidecarProps): OpaEngine {
  const where = `[${scope.node.path}]`;
  const platform = platformOf(scope);
  const { fleet, rules, after = [] } = props;
  const delivery = deliveryOf(props.delivery, platform, where);
  if (rules !== undefined) checkRules(rules, where);
  const bundle = new FleetBundle(platform, fleet, rules, where);
  writeBeside(TerraformStack.of(scope), () => ({ [FILE.bundle]: bundle.archive }));

  const pod: OpaPodProps = {
    image: opaImage("opa", platform, where),
    placement,
    resources: props.resources ?? opaSize(bundle.policyBytes),
    ...("signed" in delivery ? { role: { arn: platform.opaRoleArn, region: platform.region } } : {}),
  };
  const source = "signed" in delivery ? signedBundle(platform, PUBLIC_KEY, delivery.signed) : MOUNTED;
  const config = { platform: platform.name, bundle: source, persistence: FOLDER.persistence };
  const files = opaFiles(config, placement, platform);
  const key = "signed" in delivery ? publicKey(scope, platform) : undefined;
  return {
    container: opaContainer(pod),
    volumes: opaVolumes(pod),
    annotations: {
      "ambit.internal/config": digestOf(...Object.values(files)),
      ...(key === undefined
        ? { "ambit.internal/policy-digest": bundle.digest }
        : { "ambit.internal/policy-key": Fn.sha256(key) }),
    },
    fetches: pod.role !== undefined,
    ready: [
      configMap(scope, key === undefined ? files : withPublicKey(files, Fn.jsonencode(key)), after),
      ...("signed" in delivery ? [] : [mountedBundle(scope, bundle.archive, delivery.configMap, after)]),
    ],
  };
}

/** OPA's bundle, mounted */
const MOUNTED = { file: `${FOLDER.bundle}/${FILE.bundle}` };

function configMap(scope: Construct, data: Files, after: readonly ITerraformDependable[]): ITerraformDependable {
  const metadata = { name: CONFIG, namespace: CONTROL_NAMESPACE };
  return new ConfigMapV1(scope, "Config", { metadata, data: { ...data }, dependsOn: [...after] });
}

/** Known to AWS alone, and read when the stack is planned. */
function publicKey(scope: Construct, platform: Platform): string {
  return new DataAwsKmsPublicKey(scope, "PublicKey", { keyId: platform.keyAlias("policy") }).publicKeyPem;
}

function mountedBundle(
  scope: Construct,
  bundle: Uint8Array,
  { reason }: ConfigMapDelivery,
  after: readonly ITerraformDependable[],
): ITerraformDependable {
  const base64 = Buffer.from(fitsConfigMap(bundle, `[${scope.node.path}]`)).toString("base64");
  return new ConfigMapV1(scope, "Bundle", {
    metadata: {
      name: MOUNTED_BUNDLE,
      namespace: CONTROL_NAMESPACE,
      annotations: { "ambit.internal/unsigned": reason },
    },
    binaryData: { [FILE.bundle]: base64 },
    dependsOn: [...after],
  });
}

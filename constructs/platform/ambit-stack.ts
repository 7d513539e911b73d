import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { LocalBackend, S3Backend, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { atDeclarations, type Fleet, refuse, shown } from "../../domain";
import type { DeclaredRoles } from "../guardrails/declared-roles";
import { declaredRoles } from "./declared-roles";
import { awaitStacks, judgedJson, judgeWhenRendered, refuseHcl } from "./judged-stack";
import { PLATFORM_TAG } from "./names";
import type { Platform } from "./platform";
import { providePlatform } from "./scope";

export interface AmbitStackProps {
  readonly platform: Platform;
  readonly fleet: Fleet;
}

/** Apps whose other stacks are judged in this synth: looking for them takes a walk over all constructs. */
const PREPARED = new WeakSet<IConstruct>();

/** A stack that knows its platform and fleet, keeps its state where the platform says, and has the providers it names. */
export abstract class AmbitStack extends TerraformStack {
  public readonly platform: Platform;
  public readonly fleet: Fleet;

  constructor(scope: Construct, id: string, props: AmbitStackProps) {
    super(scope, id);
    this.platform = props.platform;
    this.fleet = props.fleet;
    ownTrustDomain(this);
    providePlatform(this, props.platform);
    const { state } = props.platform.props;
    if (state === undefined) {
      // Terraform runs in cdktf.out/stacks/<id>; cdktf's own default is the absolute path of this machine.
      new LocalBackend(this, { path: `../../../terraform.${id}.tfstate` });
    } else {
      new S3Backend(this, {
        bucket: state.bucket,
        key: `${state.key}/${id}.tfstate`,
        region: props.platform.region,
        encrypt: true,
        ...(state.kmsKey === undefined ? {} : { kmsKeyId: state.kmsKey }),
      });
      // Not in the bindings of cdktf 0.21; Terraform has it since 1.10.
      this.addOverride("terraform.backend.s3.use_lockfile", true);
    }
  }

  /**
   * Before the first stack of the app is rendered: all others are judged too, of any class, as they are deployed by the same
   * credentials.
   */
  public override prepareStack(): void {
    super.prepareStack();
    const { root } = this.node;
    if (PREPARED.has(root)) return;
    PREPARED.add(root);
    const stacks = root.node.findAll().filter((each) => TerraformStack.isStack(each));
    awaitStacks(root, stacks);
    for (const stack of stacks)
      if (!(stack instanceof AmbitStack)) judgeWhenRendered(stack, this.platform, this.agents);
  }

  /**
   * What Terraform reads, after the guardrails have judged it: what they see is what is deployed, overrides and resources beside Ambit's
   * constructs included.
   *
   * @throws DeclarationError `image.unpinned` when any stack of the app asked for an image that the platform lacks,
   * `guardrail.violated` with all findings that are not acknowledged
   */
  public override toTerraform(): ReturnType<TerraformStack["toTerraform"]> {
    const { platform } = this;
    PREPARED.delete(this.node.root);
    atDeclarations([platform], () => platform.missingImages.refuseAny(platform.where, Object.keys(platform.images)));
    return judgedJson(this, super.toTerraform(), platform, this.agents);
  }

  /**
   * Refuses: guardrails judge JSON alone.
   *
   * @throws DeclarationError `guardrail.violated`
   */
  public override toHclTerraform(): never {
    return refuseHcl(this);
  }

  /** What guardrails ask of the fleet, where a stack has a policy of an agent's role */
  private readonly agents = (): DeclaredRoles => (this.roles ??= declaredRoles(this.fleet, this.platform));
  private roles: DeclaredRoles | undefined;

  protected useAws(): void {
    const { platform } = this;
    // Capitals, so that no agent has the name.
    new AwsProvider(this, "Aws", {
      region: platform.region,
      allowedAccountIds: [platform.account],
      defaultTags: [{ tags: { [PLATFORM_TAG]: platform.name, "ambit:stack": this.node.id } }],
    });
    this.pin("aws", platform.props.providerVersions?.aws);
  }

  protected useKubernetes(): void {
    const { cluster, region, props } = this.platform;
    new KubernetesProvider(this, "Kubernetes", {
      host: cluster.endpoint,
      clusterCaCertificate: Buffer.from(cluster.certificateAuthority, "base64").toString("utf8"),
      exec: [
        {
          apiVersion: "client.authentication.k8s.io/v1",
          command: "aws",
          args: ["eks", "get-token", "--cluster-name", cluster.name, "--region", region],
        },
      ],
    });
    this.pin("kubernetes", props.providerVersions?.kubernetes);
  }

  private pin(provider: string, version: string | undefined): void {
    if (version !== undefined) this.addOverride(`terraform.required_providers.${provider}.version`, version);
  }
}

/** Two environments in one trust domain could be each other's agents. */
function ownTrustDomain(stack: AmbitStack): void {
  const { platform } = stack;
  const other = stack.node.root.node
    .findAll()
    .find(
      (found): found is AmbitStack =>
        found instanceof AmbitStack &&
        found !== stack &&
        found.platform.trustDomain.name === platform.trustDomain.name &&
        (found.platform.name !== platform.name || found.platform.cluster.endpoint !== platform.cluster.endpoint),
    );
  if (other === undefined) return;
  const sentence = `trustDomain ${shown(platform.trustDomain.name)} is also that of platform ${shown(other.platform.name)}`;
  refuse("trust-domain.shared", `platform ${shown(platform.name)}`, `${sentence}: give each environment its own`);
}

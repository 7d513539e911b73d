import type { Block } from "../block";
import { nameOf, objectsIn } from "../kubernetes-object";
import type { StackJson } from "../stack";
import { type BlockBody, isObject, isReference, listOf } from "../value";
import { stacksBeside } from "./beside";
import { isOfInstance, isRepeated } from "./instances";
import { oncePer } from "./once-per";
import { placeOf } from "./places";
import { standsFor } from "./stands-for";
import { valuesAt } from "./values-at";

/** Where each kind of workload names the role that it becomes */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  aws_amplify_app: ["compute_role_arn"],
  aws_apprunner_service: ["instance_configuration.instance_role_arn"],
  aws_appstream_fleet: ["iam_role_arn"],
  aws_bedrockagent_agent: ["agent_resource_role_arn"],
  aws_bedrockagentcore_agent_runtime: ["role_arn"],
  aws_bedrockagentcore_browser: ["execution_role_arn"],
  aws_bedrockagentcore_code_interpreter: ["execution_role_arn"],
  aws_codebuild_project: ["service_role"],
  aws_ecs_task_definition: ["task_role_arn"],
  aws_eks_pod_identity_association: ["role_arn", "target_role_arn"],
  aws_gamelift_fleet: ["instance_role_arn"],
  aws_glue_dev_endpoint: ["role_arn"],
  aws_glue_job: ["role_arn"],
  aws_iam_instance_profile: ["role"],
  aws_kinesisanalyticsv2_application: ["service_execution_role"],
  aws_lambda_function: ["role"],
  aws_mwaa_environment: ["execution_role_arn"],
  aws_sagemaker_model: ["execution_role_arn"],
  aws_sagemaker_notebook_instance: ["role_arn"],
  aws_sagemaker_pipeline: ["role_arn"],
  aws_sfn_state_machine: ["role_arn"],
  aws_synthetics_canary: ["execution_role_arn"],
};

/** Where machines name their instance profile. Several of one block are copies of one workload. */
const PROFILES: Readonly<Record<string, readonly string[]>> = {
  aws_instance: ["iam_instance_profile"],
  aws_launch_configuration: ["iam_instance_profile"],
  aws_launch_template: ["iam_instance_profile.arn", "iam_instance_profile.name"],
  aws_spot_instance_request: ["iam_instance_profile"],
};

/** Jobs of Batch write it into a text of JSON. */
const IN_TEXTS: Readonly<Record<string, readonly string[]>> = {
  aws_batch_job_definition: ["container_properties", "node_properties", "ecs_properties"],
};
const IN_TEXT = /\b(?:jobRoleArn|taskRoleArn)"?\s*[:=]\s*"?((?:\$\{[^}]*\}|[^"\s,}])+)/gi;

/** Annotations by which a service account of Kubernetes gets an identity of a cloud */
const ANNOTATIONS = [
  "eks.amazonaws.com/role-arn",
  "iam.gke.io/gcp-service-account",
  "azure.workload.identity/client-id",
];

export const IDENTITY_USERS = [...new Set([ROLES, PROFILES, IN_TEXTS].flatMap(Object.keys))];

/** A workload that gets an identity of a cloud */
export interface IdentityUse {
  /** Name of the role, or what else the identity is called */
  readonly identity: string;
  /** Path of the attribute that names it */
  readonly at: string;
  /** `<stack>/<address>` */
  readonly by: string;
  /** Whether the block makes several workloads, all with this identity */
  readonly isForSeveral: boolean;
  /** `<stack>/<address>` of the resource that makes the identity */
  readonly made: string | undefined;
  readonly place: string;
  /** `<namespace>/<name>` of a service account */
  readonly account?: string;
}

/** The identities that a block gives to workloads. What is known at apply only is none. */
export function identityUsesOf(block: Block, stack: StackJson): readonly IdentityUse[] {
  return usesIn(stack).get(block) ?? [];
}

/** All of a stack. Each workload asks. */
export const usesIn = oncePer((stack: StackJson): ReadonlyMap<Block, readonly IdentityUse[]> => {
  const uses = new Map<Block, readonly IdentityUse[]>();
  for (const block of IDENTITY_USERS.flatMap((type) => stack.of(type))) uses.set(block, ofAws(block, stack));
  for (const { block, body } of objectsIn(stack, "ServiceAccount")) {
    const found = ofAccount(block, body, stack);
    if (found.length > 0) uses.set(block, found);
  }
  return uses;
});

function ofAws(block: Block, stack: StackJson): readonly IdentityUse[] {
  const { type, body } = block;
  const isMachine = Object.hasOwn(PROFILES, type);
  const paths = ROLES[type] ?? PROFILES[type] ?? [];
  const named = paths.flatMap((at) => valuesAt(body, at).map((value) => [at, value] as const));
  const within = (IN_TEXTS[type] ?? []).flatMap((at) =>
    [...String(body[at] ?? "").matchAll(IN_TEXT)].map(([, value = ""]) => [at, referenceOf(value)] as const),
  );
  const account = type === ASSOCIATION ? `${String(body["namespace"])}/${String(body["service_account"])}` : undefined;
  return [...named, ...within].flatMap(([at, value]) => {
    const use = useOf(value, at, block, stack);
    if (use === undefined) return [];
    return [{ ...use, ...(account && { account }), isForSeveral: use.isForSeveral && !isMachine }];
  });
}

export const ASSOCIATION = "aws_eks_pod_identity_association";

/** In `jsonencode`, an expression stands bare. */
function referenceOf(value: string): string {
  return /^(?:aws_iam_role|data|local|var)\./.test(value) ? `\${${value}}` : value;
}

function ofAccount(block: Block, body: BlockBody, stack: StackJson): readonly IdentityUse[] {
  const metadata = listOf(body["metadata"]).filter(isObject);
  const annotations = metadata.flatMap((each) => listOf(each["annotations"])).filter(isObject);
  if (annotations.length === 0) return [];
  const { name, namespace = "default" } = nameOf(body, stack);
  const account = name === undefined ? {} : { account: `${namespace}/${name}` };
  return annotations.flatMap((each) =>
    ANNOTATIONS.flatMap((annotation) => {
      const use = useOf(each[annotation], `metadata.annotations.${annotation}`, block, stack);
      return use === undefined ? [] : [{ ...use, ...account }];
    }),
  );
}

function useOf(value: unknown, at: string, block: Block, stack: StackJson): IdentityUse | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const [stood] = standsFor(value, stack);
  const named = identityNamed(typeof stood === "string" ? stood : value, block, stack);
  const by = `${stack.name}/${block.address}`;
  return { ...named, at, by, isForSeveral: isRepeated(block) && !isOfInstance(value) };
}

type Named = Pick<IdentityUse, "identity" | "made" | "place">;

function identityNamed(text: string, block: Block, stack: StackJson): Named {
  const found = referredBeside(text, stack);
  if (found !== undefined) {
    const { address, body, mode } = found.block;
    const name = body["name"] ?? body["role_name"];
    const place = placeOf(found.block, found.stack);
    const instance = isRepeated(found.block) ? (/\[[^[\]]*\]/.exec(found.text)?.[0] ?? "") : "";
    const made = mode === "resource" ? `${found.stack.name}/${address}${instance}` : undefined;
    return { identity: typeof name === "string" ? name : address, made, place };
  }
  const [, account, name] = /^arn:[^:]*:iam::([^:]*):(?:role|instance-profile)\/(?:.*\/)?([^/]+)$/.exec(text) ?? [];
  if (name !== undefined)
    return {
      identity: name,
      made: undefined,
      place: /^\d+$/.test(account ?? "") ? String(account) : placeOf(block, stack),
    };
  // What an expression stands for is another thing in another stack.
  return {
    identity: text,
    made: isReference(text) ? `${stack.name}/${text}` : undefined,
    place: placeOf(block, stack),
  };
}

interface Referred {
  readonly text: string;
  readonly block: Block;
  readonly stack: StackJson;
}

/** How cdktf writes a reference to a resource of another stack of the app */
const OF_OTHER = /^\$\{data\.terraform_remote_state\.cross-stack-reference-input-([\w-]+)\.outputs\.([\w-]+)\}$/;

function referredBeside(text: string, stack: StackJson): Referred | undefined {
  const own = stack.referred(text)?.block;
  if (own !== undefined && own.type !== "terraform_remote_state") return { text, block: own, stack };
  const [, name, output] = OF_OTHER.exec(text) ?? [];
  const other = name === undefined ? undefined : stacksBeside(stack).find((each) => each.name === name);
  const value = other?.at(`output.${output ?? ""}`)?.body["value"];
  const block = other?.referred(value)?.block;
  return other === undefined || block === undefined ? undefined : { text: String(value), block, stack: other };
}

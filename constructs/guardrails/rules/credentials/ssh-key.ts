import type { Json } from "../../../../domain";
import { valuesAt } from "../../private/values-at";
import { standsFor } from "../../private/stands-for";
import type { BlockRule, Violation } from "../../rule";
import type { StackJson } from "../../stack";
import { type BlockBody, blocksOf, isReference, UndecidedValue } from "../../value";

/** By type, where it names the key of those who log in, or the one whose key it is */
const OPENED: Readonly<Record<string, readonly string[]>> = {
  aws_batch_compute_environment: ["compute_resources.ec2_key_pair"],
  aws_eks_node_group: ["remote_access.ec2_ssh_key"],
  aws_emr_cluster: ["ec2_attributes.key_name"],
  aws_glue_dev_endpoint: ["public_key", "public_keys"],
  aws_iam_user_ssh_key: ["username"],
  aws_imagebuilder_infrastructure_configuration: ["key_pair"],
  aws_instance: ["key_name"],
  aws_key_pair: ["public_key"],
  aws_lightsail_instance: ["key_pair_name"],
  aws_launch_configuration: ["key_name"],
  aws_launch_template: ["key_name"],
  aws_opsworks_stack: ["default_ssh_key_name"],
  aws_spot_fleet_request: ["launch_specification.key_name"],
  aws_spot_instance_request: ["key_name"],
  aws_transfer_ssh_key: ["user_name"],
};

const BEANSTALK: ReadonlySet<string> = new Set([
  "aws_elastic_beanstalk_configuration_template",
  "aws_elastic_beanstalk_environment",
]);

/** Resources that are a key by themselves, to the one that they name */
const KEYS = new Set(["aws_iam_user_ssh_key", "aws_key_pair", "aws_transfer_ssh_key"]);

/** A machine that has a key pair of the stack is told at the key pair. */
export const sshKey: BlockRule = {
  id: "AMBIT-CREDENTIALS-SSH-KEY",
  severity: "high",
  what: "no machine, user or file transfer may be opened by an SSH key",
  why: "the key has no end, and AWS neither sees its copies nor records who logs in with it",
  fix: "leave the key out: Session Manager opens machines, a role opens repositories, and an identity provider file transfers",
  standards: ["owasp-nhi/NHI7", "owasp-asi/ASI03", "sp800-53/IA-2", "sp800-53/IA-5"],
  looksAt: [...Object.keys(OPENED), ...BEANSTALK],
  *check({ type, body }, stack) {
    if (BEANSTALK.has(type)) yield* ofBeanstalk(body, stack);
    for (const at of OPENED[type] ?? []) {
      for (const value of valuesAt(body, at)) {
        if (value instanceof UndecidedValue) yield value;
        else if (KEYS.has(type) || isWritten(value)) yield { what: at, at, evidence: value };
        else if (
          value !== "" &&
          !isLeftOut(value, stack) &&
          stack.referred(value)?.block.address.startsWith("aws_key_pair.") !== true
        )
          yield new UndecidedValue(at, value, `${at} is known at apply only`);
      }
    }
  },
};

/** Settings of Elastic Beanstalk name the key pair of its machines. */
function* ofBeanstalk(body: BlockBody, stack: StackJson): Generator<Violation | UndecidedValue> {
  for (const { name, value = null } of blocksOf(body, "setting")) {
    if (typeof name !== "string" || name.toLowerCase() !== "ec2keyname") continue;
    if (isWritten(value)) yield { what: "EC2KeyName", at: "setting", evidence: value };
    else if (value !== null && value !== "" && !isLeftOut(value, stack))
      yield new UndecidedValue("setting", value, "EC2KeyName is known at apply only");
  }
}

/** A variable, or a local value, that is null or empty unless someone sets it */
function isLeftOut(value: Json, stack: StackJson): boolean {
  const written = typeof value === "string" && isReference(value) ? standsFor(value, stack) : [];
  return written.length > 0 && written.every((each) => each === null || each === "");
}

function isWritten(value: Json): boolean {
  return typeof value === "string" && value !== "" && !isReference(value);
}

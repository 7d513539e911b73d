import { isLookedAt } from "../rule";
import type { Json } from "../../../domain";
import type { Block } from "../block";
import { digestOf } from "../finding";
import { type BlockBody, isObject } from "../value";
import { IMAGE_TYPES } from "./images";
import { normal, type Reading } from "./normal";

/**
 * What of a block decides how dangerous it is. Left out is what changes often and no danger: tags and descriptions that no policy and no
 * model reads, the release of its code and images, the order in which Terraform works, and the order of sets.
 */
export function essenceOf(block: Block): Json {
  const { mode, type, body } = block;
  const idle = idleIn(block);
  const kept = Object.entries(body).flatMap(([name, value]) => {
    if (value === undefined || idle.has(name)) return [];
    return [[name, normal(partOf(block, name, value), name, readingOf(block))] as const];
  });
  return [mode, type, Object.fromEntries(kept)];
}

/** The evidence of a rule that refuses a block whole, which may hold a secret */
export function essenceDigest(block: Block): string {
  return digestOf(essenceOf(block));
}

/** Of both providers of AWS */
const PRINCIPALS = /^aws(?:cc)?_iam_(?:role|user)$/;
const MODELS = /^aws(?:cc)?_bedrock/;

/** Attributes that change nothing of the danger */
function idleIn({ mode, type }: Block): ReadonlySet<string> {
  const idle = ["depends_on"];
  if (mode === "variable" || mode === "output") idle.push("description");
  if (mode === "resource" && /^aws(?:cc)?_/.test(type)) {
    // Whether a principal may do something can depend on its tags (aws:PrincipalTag).
    idle.push("tags_all", ...(PRINCIPALS.test(type) ? [] : ["tags"]));
    // Models read the descriptions of agents and their tools.
    if (!MODELS.test(type)) idle.push("description");
    if (type === "aws_lambda_function") idle.push("source_code_hash", "code_sha256", "s3_object_version");
  }
  return new Set(idle);
}

function partOf({ type, body }: Block, name: string, value: Json): Json {
  if (name === "tags" && PRINCIPALS.test(type)) return without(value, "Name", "ambit:owner");
  if (name === "filename" && type === "aws_lambda_function") return withoutDigests(value);
  if (name === "metadata" && CONTROLLER.test(type)) return unlabelled(value);
  const manifest = body["manifest"];
  if (name === "manifest" && isObject(manifest) && CONTROLLERS.has(manifest["kind"] ?? "")) {
    return { ...manifest, metadata: unlabelled(manifest["metadata"] ?? null) };
  }
  return value;
}

/** Network policies, services and admission select pods by the labels of their template; labels of its controller select nothing. */
const CONTROLLER =
  /^kubernetes_(?:deployment|stateful_set|daemon_set|job|replica_set|replication_controller|cron_job)(?:_v\d\w*)?$/;
const CONTROLLERS = new Set<Json>([
  ...["CronJob", "DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet"],
]);

function unlabelled(metadata: Json): Json {
  if (Array.isArray(metadata)) return (metadata as readonly Json[]).map(unlabelled);
  return without(metadata, "labels", "annotations");
}

function without(value: Json, ...names: readonly string[]): Json {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value as BlockBody).filter(([name]) => !names.includes(name)));
}

/** cdktf names the folder of an asset by the digest of what it holds. */
function withoutDigests(value: Json): Json {
  return typeof value === "string" ? value.replace(/(?<=\/)[0-9A-Fa-f]{32,64}(?=\/)/g, "") : value;
}

function readingOf({ mode, type, body }: Block): Reading {
  const runs = isLookedAt(IMAGE_TYPES, type);
  const manifest = body["manifest"];
  const kind = isObject(manifest) ? (manifest["kind"] ?? "") : "Pod";
  return {
    hasImages: mode === "resource" && runs && (kind === "Pod" || CONTROLLERS.has(kind)),
    isKubernetes: type.startsWith("kubernetes_"),
    isText: false,
  };
}

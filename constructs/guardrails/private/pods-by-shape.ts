import type { Json } from "../../../domain";
import type { PodTemplate } from "../pods";
import { isWholeReference } from "../config-texts";
import { type BlockBody, isObject, listOf, UndecidedValue } from "../value";
import { CONTAINER_LISTS, containersOf } from "./pod-containers";

/** Attributes that pods alone have */
const OF_PODS = ["automount_service_account_token", "host_ipc", "host_network", "host_pid"];

/** What holds a pod, or the part of one that a controller merges into its own */
const HOLDS_POD = /^(?:pod|pod_spec|pod_template|pod_template_spec|template)$/;

/** What such a part may say, where no container stands in it */
const IN_POD = ["security_context", "service_account", "service_account_name", "volume"];

/** What a container has beside its image */
const IN_CONTAINER = ["args", "command", "env", "env_from", "lifecycle", "script", "security_context", "volume_mount"];

/** What the security context of a container has, and that of a pod has not */
const OF_CONTAINERS = ["allow_privilege_escalation", "capabilities", "privileged", "proc_mount"];

/**
 * The pods in an object of a kind that no rule knows, such as a Sandbox, a Rollout or a Task, wherever they stand in it: what has a list of
 * containers with images is a pod; what has some attributes of pods, or is one container, is a part of one.
 *
 * @param body with the keys of the Terraform provider
 * @throws UndecidedValue for a pod that is known at apply only
 */
export function podsByShape(body: BlockBody, at: string): readonly PodTemplate[] {
  return [...podsIn(body, at, { key: "", metadata: {} })];
}

/** The key of an object, and the metadata beside it */
interface Place {
  readonly key: string;
  readonly metadata: BlockBody;
}

function* podsIn(body: BlockBody, at: string, { key, metadata }: Place): Generator<PodTemplate> {
  const isWhole = listOf(body["container"]).some((each) => Array.isArray(body["container"]) && hasImage(each));
  if (isWhole) return yield { at, spec: body, metadata, containers: containersOf(body, at) };
  if (isContainer(body)) yield part(key, body, at);
  if (isPart(body, key)) yield { at, spec: body, metadata, containers: containersOf(body, at), isPart: true };
  const beside = isObject(body["metadata"]) ? body["metadata"] : {};
  for (const [name, value] of Object.entries(body)) {
    if (isKnownAtApply(name, value)) throw unknownAt(`${at}.${name}`, value as Json);
    if (PATTERNS.has(name) || CONTAINER_LISTS.some((each) => each === name)) continue;
    const isList = Array.isArray(value);
    for (const [index, each] of (isList ? (value as readonly Json[]) : [value]).entries()) {
      // The spec in a template is as much a pod as the template.
      const held = name === "spec" && HOLDS_POD.test(key) ? key : name;
      const place = isList ? `${at}.${name}[${index}]` : `${at}.${name}`;
      if (isObject(each)) yield* podsIn(each, place, { key: held, metadata: beside });
    }
  }
}

/** What Kyverno compares pods with */
const PATTERNS = new Set(["any_pattern", "pattern"]);

function isKnownAtApply(name: string, value: unknown): boolean {
  const holds = HOLDS_POD.test(name) || name === "spec" || CONTAINER_LISTS.some((each) => each === name);
  return holds && typeof value === "string" && isWholeReference(value);
}

function unknownAt(at: string, value: Json): UndecidedValue {
  return new UndecidedValue(at, value, `${at} is known at apply only`);
}

function isPart(body: BlockBody, key: string): boolean {
  const names = HOLDS_POD.test(key) ? [...OF_PODS, ...IN_POD] : OF_PODS;
  return (
    names.some((name) => (body[name] ?? null) !== null) ||
    CONTAINER_LISTS.some((name) => listOf(body[name]).some(isObject)) ||
    listOf(body["volume"]).some(
      (each) => isObject(each) && (isObject(each["host_path"]) || isObject(each["projected"])),
    )
  );
}

function hasImage(value: Json): boolean {
  return isObject(value) && typeof value["image"] === "string";
}

function isContainer(body: BlockBody): boolean {
  const context = isObject(body["security_context"]) ? body["security_context"] : {};
  return (
    (hasImage(body as Json) && IN_CONTAINER.some((name) => (body[name] ?? null) !== null)) ||
    OF_CONTAINERS.some((name) => (context[name] ?? null) !== null)
  );
}

/** A container without a pod around it, such as a step of Tekton */
function part(key: string, body: BlockBody, at: string): PodTemplate {
  const name = typeof body["name"] === "string" ? body["name"] : key;
  return { at, spec: {}, metadata: {}, containers: [{ at, name, spec: body }], isPart: true };
}

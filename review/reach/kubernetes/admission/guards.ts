import { type JsonObject, member } from "../../../read/json";
import type { Cluster } from "../cluster";
import type { KubernetesObject } from "../objects/object";
import { block, blocks, canonical, optionalBlock, text, texts, without } from "../objects/values";
import type { Content } from "../pods/content";
import { type Selector, selectorOf } from "../sets/selector";
import { RECORD } from "../spiffe/records";

/** A bound policy or a webhook, which refuses or modifies requests to the cluster */
export interface Guard {
  readonly title: string;
  /** Where it applies; equal for guards that cover the same requests */
  readonly context: string;
  /** Its refusals: a guard with all of another's refuses at least as much. */
  readonly refusals: ReadonlySet<string>;
  readonly namespaces: Selector;
  readonly object: KubernetesObject;
  /** It modifies requests, with an unknown result. */
  readonly changes: boolean;
}

const BINDINGS = [
  ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", false],
  ["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", true],
] as const;
const WEBHOOKS = [
  ["ValidatingWebhookConfiguration", false],
  ["MutatingWebhookConfiguration", true],
] as const;

export const guardedKinds: readonly string[] = [
  ...BINDINGS.flatMap(([policy, binding]) => [policy, binding]),
  ...WEBHOOKS.map(([kind]) => kind),
];

export function guardsIn(cluster: Cluster, content: Content): readonly Guard[] {
  return [
    ...BINDINGS.flatMap(([policyKind, bindingKind, changes]) => {
      const policies = new Map(cluster.of(policyKind).map((policy) => [policy.name, policy]));
      return cluster.of(bindingKind).map((binding) => {
        const name = text(block(binding.body, "spec"), "policyName") ?? "";
        return boundPolicy(policies.get(name), binding, name, content, changes);
      });
    }),
    ...WEBHOOKS.flatMap(([kind, changes]) =>
      cluster
        .of(kind)
        .flatMap((object) => blocks(object.body, "webhooks").map((hook) => webhook(object, hook, changes))),
    ),
  ];
}

/** Source: Kubernetes API, ValidatingAdmissionPolicy. Messages decide nothing. */
function boundPolicy(
  policy: KubernetesObject | undefined,
  binding: KubernetesObject,
  name: string,
  content: Content,
  changes: boolean,
): Guard {
  const spec = policy === undefined ? { missing: name } : block(policy.body, "spec");
  const bound = block(binding.body, "spec");
  const constraints = block(spec, "matchConstraints");
  const parameters = optionalBlock(bound, "paramRef");
  const isRefusedWithout = parameters !== undefined && text(parameters, "parameterNotFoundAction") === "Deny";
  return {
    title: `admission policy ${name}`,
    context: canonical([
      binding.kind,
      without(spec, ["failurePolicy", "matchConstraints", "validations", "variables", "auditAnnotations"]),
      without(constraints, ["resourceRules"]),
      without(bound, ["policyName", "validationActions", "paramRef"]),
      parameters === undefined ? null : without(parameters, ["parameterNotFoundAction"]),
      parameterText(parameters, content),
    ]),
    refusals: new Set([
      ...expressions(spec, "validations").map((expression) => `refuses unless ${expression}`),
      ...blocks(spec, "variables").map((variable) => `variable ${canonical(variable)}`),
      ...matched(blocks(constraints, "resourceRules")),
      ...texts(bound, "validationActions").map((action) => `action ${action}`),
      ...(text(spec, "failurePolicy") === "Ignore" ? [] : ["fails closed"]),
      ...(isRefusedWithout ? ["refuses without parameters"] : []),
    ]),
    namespaces: selectorOf(block(constraints, "namespaceSelector")),
    object: policy ?? binding,
    changes,
  };
}

/** Records of agents are compared agent by agent. */
function parameterText(parameters: JsonObject | undefined, content: Content): string {
  const name = parameters === undefined ? undefined : text(parameters, "name");
  if (parameters === undefined || name === undefined || name === RECORD) return "";
  return content.written(text(parameters, "namespace"), name);
}

/** Source: Kubernetes API, ValidatingWebhook */
function webhook(object: KubernetesObject, hook: JsonObject, changes: boolean): Guard {
  const read = ["name", "rules", "failurePolicy", "timeoutSeconds", "admissionReviewVersions", "sideEffects"];
  return {
    title: `webhook ${text(hook, "name") ?? ""}`,
    context: canonical([object.kind, without(hook, read)]),
    refusals: new Set([
      ...matched(blocks(hook, "rules")),
      ...(text(hook, "failurePolicy") === "Ignore" ? [] : ["fails closed"]),
    ]),
    namespaces: selectorOf(block(hook, "namespaceSelector")),
    object,
    changes,
  };
}

/** Config maps that a binding takes its parameters from */
export function parametersIn(cluster: Cluster): (object: KubernetesObject) => boolean {
  const names = new Set(
    BINDINGS.flatMap(([, kind]) => cluster.of(kind)).map(({ body }) => {
      const reference = block(block(body, "spec"), "paramRef");
      return `${String(member(reference, "namespace") ?? "")}/${text(reference, "name") ?? ""}`;
    }),
  );
  return ({ kind, namespace, name }) =>
    kind === "ConfigMap" && (names.has(`${namespace}/${name}`) || names.has(`/${name}`));
}

/** Requests that admission rules match, one text for each: more texts cover more. */
function matched(rules: readonly JsonObject[]): readonly string[] {
  return rules.flatMap((rule) => {
    const parts = ["operations", "apiGroups", "apiVersions", "resources", "resourceNames"].map((key) =>
      texts(rule, key),
    );
    const [operations, groups, versions, resources, names] = parts as [Texts, Texts, Texts, Texts, Texts];
    const scope = text(rule, "scope") ?? "*";
    if (parts.reduce((product, part) => product * Math.max(part.length, 1), 1) > MOST) return [canonical(rule)];
    return operations.flatMap((operation) =>
      groups.flatMap((group) =>
        versions.flatMap((version) =>
          resources.map((resource) => `matches ${JSON.stringify([operation, group, version, resource, scope, names])}`),
        ),
      ),
    );
  });
}

type Texts = readonly string[];

/** Beyond it, a rule is compared as written. */
const MOST = 10_000;

function expressions(body: JsonObject, key: string): readonly string[] {
  return blocks(body, key).map((one) => text(one, "expression") ?? "");
}

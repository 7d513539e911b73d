const API_VERSION = "admissionregistration.k8s.io/v1";

export type Operation = "CREATE" | "UPDATE" | "DELETE" | "CONNECT";

/** Requests that a policy looks at */
export interface ResourceRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly operations: readonly Operation[];
}

export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: "In" | "NotIn" | "Exists";
    readonly values?: readonly string[];
  }[];
}

/** What must hold. In an expression, `variables.NAME` are the policy's, which may use those before them. */
export interface Validation {
  readonly expression: string;
  /** What is refused, and what to do instead */
  readonly message: string;
  /** The same with the names of the request, in CEL */
  readonly messageExpression?: string;
}

/** One rule of the cluster */
export interface Policy {
  readonly name: string;
  /** @default - every namespace, and cluster-scoped objects */
  readonly namespaces?: Selector;
  /** @default - every object */
  readonly objects?: Selector;
  readonly rules: readonly ResourceRule[];
  /**
   * ConfigMap whose data the expressions read as `params.data`. Without a namespace it is looked up in the request's.
   * If it does not exist, the request is refused.
   *
   * @default - none
   */
  readonly parameters?: { readonly name: string; readonly namespace?: string };
  /**
   * CEL conditions: a request for which one of them is false passes without the validations.
   *
   * @default - none
   */
  readonly conditions?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly variables?: Readonly<Record<string, string>>;
  readonly validations: readonly Validation[];
}

/** A Kubernetes object */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The ValidatingAdmissionPolicy. What the server would fill in is written out, so that a plan shows no difference. */
export function policyManifest(policy: Policy): Manifest {
  const { name, rules, parameters, conditions = {}, variables = {}, validations } = policy;
  const named = (expressions: Readonly<Record<string, string>>) =>
    Object.entries(expressions).map(([key, expression]) => ({ name: key, expression }));
  return {
    apiVersion: API_VERSION,
    kind: "ValidatingAdmissionPolicy",
    metadata: { name },
    spec: {
      failurePolicy: "Fail",
      ...(parameters === undefined ? {} : { paramKind: { apiVersion: "v1", kind: "ConfigMap" } }),
      matchConstraints: {
        matchPolicy: "Equivalent",
        namespaceSelector: policy.namespaces ?? {},
        objectSelector: policy.objects ?? {},
        resourceRules: rules.map((rule) => ({ ...rule, apiVersions: ["*"], scope: "*" })),
      },
      ...(named(conditions).length === 0 ? {} : { matchConditions: named(conditions) }),
      ...(named(variables).length === 0 ? {} : { variables: named(variables) }),
      validations: validations.map((validation) => ({ ...validation, reason: "Forbidden" })),
    },
  };
}

/** The ValidatingAdmissionPolicyBinding, which makes it hold. */
export function bindingManifest({ name, parameters }: Policy): Manifest {
  return {
    apiVersion: API_VERSION,
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name },
    spec: {
      policyName: name,
      validationActions: ["Deny"],
      ...(parameters === undefined ? {} : { paramRef: { ...parameters, parameterNotFoundAction: "Deny" } }),
    },
  };
}

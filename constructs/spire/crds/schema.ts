/** Pieces of OpenAPI v3 schemas, in the structural form that custom resources take. */

export type Schema = Readonly<Record<string, unknown>>;

export const boolean: Schema = { type: "boolean" };
export const integer: Schema = { type: "integer", format: "int32" };

export function text(limits: Schema = {}): Schema {
  return { type: "string", ...limits };
}

export function list(items: Schema, limits: Schema = {}): Schema {
  return { type: "array", items, ...limits };
}

export function object(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return {
    type: "object",
    // The API server drops an empty list of properties, and Terraform would miss it after the apply.
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
    ...(required.length === 0 ? {} : { required }),
  };
}

/** Go durations, such as `1h` and `1m30s` */
export const duration = text({ pattern: "^([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h))+$" });

/** SPIFFE-ID section 2: at most 2,048 bytes */
export const spiffeId = text({ pattern: "^spiffe://[a-z0-9._-]{1,255}(/[a-zA-Z0-9._-]+)*$", maxLength: 2048 });

export const trustDomain = text({ pattern: "^[a-z0-9._-]{1,255}$" });

const requirement = object(
  { key: text(), operator: text({ enum: ["In", "NotIn", "Exists", "DoesNotExist"] }), values: list(text()) },
  ["key", "operator"],
);

/** A label selector of Kubernetes */
export const labelSelector = object({
  matchLabels: { type: "object", additionalProperties: { type: "string" } },
  matchExpressions: list(requirement),
});

export interface ResourceNames {
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
}

export const GROUP = "spire.spiffe.io";

/**
 * A cluster-wide custom resource, with the API server's defaults written out, so that none of them shows as a change.
 */
export function definition({ kind, plural, singular }: ResourceNames, spec: Schema, status: Schema) {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      names: { kind, listKind: `${kind}List`, plural, singular },
      scope: "Cluster",
      conversion: { strategy: "None" },
      versions: [
        {
          name: "v1alpha1",
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: object({ apiVersion: text(), kind: text(), metadata: { type: "object" }, spec, status }, [
              "metadata",
              "spec",
            ]),
          },
          subresources: { status: {} },
        },
      ],
    },
  };
}

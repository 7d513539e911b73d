import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { SpireCrds } from "../../../constructs/spire";
import { refusal } from "../../support/domain";
import { newStack, Template } from "../../support/synth";

const NAMES = [
  "clusterfederatedtrustdomains.spire.spiffe.io",
  "clusterspiffeids.spire.spiffe.io",
  "clusterstaticentries.spire.spiffe.io",
];

interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

interface Schema {
  readonly type?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly pattern?: string;
}

function made(props = {}) {
  const stack = newStack();
  new SpireCrds(stack, "Crds", props);
  return Template.of(stack).all(Manifest) as readonly { manifest: Definition; wait: unknown }[];
}

const schemaOf = (name: string): Schema =>
  made().find(({ manifest }) => manifest.metadata.name === name)?.manifest.spec.versions[0]?.schema
    .openAPIV3Schema as Schema;
const fieldOf = (name: string, field: string): Schema => schemaOf(name).properties?.spec?.properties?.[field] as Schema;

test("SpireCrds defines three kinds, and waits until the cluster knows them", () => {
  const resources = made();
  expect(resources.map(({ manifest }) => manifest.metadata.name)).toEqual(NAMES);
  for (const { manifest, wait } of resources) {
    expect(manifest).toMatchObject({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      spec: {
        group: "spire.spiffe.io",
        scope: "Cluster",
        versions: [{ name: "v1alpha1", subresources: { status: {} } }],
      },
    });
    expect(wait).toEqual({ condition: [{ type: "Established", status: "True" }] });
  }
});

test("their schemas are structural: every value has a type, and every object says what it holds", () => {
  const check = (schema: Schema, path: string): void => {
    expect([path, schema.type]).toEqual([path, expect.stringMatching(/^(array|boolean|integer|object|string)$/)]);
    if (schema.items !== undefined) check(schema.items, `${path}[]`);
    for (const [key, inner] of Object.entries(schema.properties ?? {})) check(inner, `${path}.${key}`);
  };
  for (const name of NAMES) {
    const schema = schemaOf(name);
    check(schema, name);
    expect(schema.required).toEqual(["metadata", "spec"]);
  }
});

test.each([
  ["clusterspiffeids.spire.spiffe.io", ["spiffeIDTemplate"]],
  ["clusterfederatedtrustdomains.spire.spiffe.io", ["bundleEndpointProfile", "bundleEndpointURL", "trustDomain"]],
  ["clusterstaticentries.spire.spiffe.io", ["parentID", "selectors", "spiffeID"]],
])("%s must say %j", (name, required) => {
  expect(schemaOf(name).properties?.spec?.required).toEqual(required);
});

const SPIFFE_ID = ["clusterstaticentries.spire.spiffe.io", "spiffeID"] as const;
const TTL = ["clusterspiffeids.spire.spiffe.io", "ttl"] as const;
const URL_FIELD = ["clusterfederatedtrustdomains.spire.spiffe.io", "bundleEndpointURL"] as const;
const TRUST_DOMAIN = ["clusterfederatedtrustdomains.spire.spiffe.io", "trustDomain"] as const;

test.each([
  [SPIFFE_ID, "spiffe://prod.acme.example/ns/apps/sa/reader", true],
  [SPIFFE_ID, "spiffe://Prod.acme.example/ns", false],
  [SPIFFE_ID, "spiffe://prod.acme.example:8081/ns", false],
  [SPIFFE_ID, "spiffe://prod.acme.example//ns", false],
  [SPIFFE_ID, "spiffe://prod.acme.example/ns/", false],
  [SPIFFE_ID, "https://prod.acme.example/ns", false],
  [TTL, "1h", true],
  [TTL, "1m30s", true],
  [TTL, "1.5h", true],
  [TTL, "-1h", false],
  [TTL, "1", false],
  [TTL, "1d", false],
  [URL_FIELD, "https://partner.example", true],
  [URL_FIELD, "http://partner.example", false],
  [TRUST_DOMAIN, "partner_1.example", true],
  [TRUST_DOMAIN, "Partner.example", false],
  [TRUST_DOMAIN, "spiffe://partner.example", false],
] as const)("in %j, %s is taken: %s", ([name, field], value, taken) => {
  expect(new RegExp(fieldOf(name, field).pattern as string).test(value)).toBe(taken);
});

describe("from a file", () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "ambit-crds-"))));
  afterAll(() => rmSync(folder, { recursive: true }));

  const definition = (name: string, changes: object = {}) => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name, creationTimestamp: null, annotations: { "controller-gen.kubebuilder.io/version": "v0.16.1" } },
    spec: { group: "spire.spiffe.io", scope: "Cluster" },
    status: { conditions: [], storedVersions: [] },
    ...changes,
  });
  const ALL = NAMES.map((name) => definition(name));
  const written = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const yaml = (...documents: readonly unknown[]): string => documents.map((each) => stringify(each)).join("---\n");
  const refused = (file: string) => refusal(() => new SpireCrds(newStack(), "Crds", { file }));

  test("upstream's definitions are taken, without what controller-gen leaves in them", () => {
    const file = written("all.yaml", `---\n${yaml(...ALL)}---\n`);
    const resources = made({ file });
    expect(resources.map(({ manifest }) => manifest.metadata.name)).toEqual(NAMES);
    for (const { manifest, wait } of resources) {
      expect(manifest).toEqual({
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: {
          name: manifest.metadata.name,
          annotations: { "controller-gen.kubebuilder.io/version": "v0.16.1" },
        },
        // What the API server would add, and a plan would show as a change
        spec: { group: "spire.spiffe.io", scope: "Cluster", conversion: { strategy: "None" } },
      });
      expect(wait).toEqual({ condition: [{ type: "Established", status: "True" }] });
    }
  });

  test("a kind that upstream adds is taken too", () => {
    const more = "clusterspiffeidsets.spire.spiffe.io";
    expect(
      new SpireCrds(newStack(), "Crds", { file: written("more.yaml", yaml(...ALL, definition(more))) }).names,
    ).toEqual([...NAMES, more]);
  });

  const only = "must hold definitions of spire.spiffe.io and nothing else";
  test.each<[string, unknown, string]>([
    [
      "a kind of another group",
      definition("x.acme.example", { spec: { group: "acme.example" } }),
      'got "CustomResourceDefinition" "x.acme.example"',
    ],
    ["a role", { kind: "ClusterRole", metadata: { name: "spire" }, rules: [] }, 'got "ClusterRole" "spire"'],
    ["a definition without a name", definition("", { metadata: {} }), 'got "CustomResourceDefinition" nothing'],
    [
      "a definition without metadata",
      definition("", { metadata: undefined }),
      'got "CustomResourceDefinition" nothing',
    ],
    ["a text", "definitions", "got nothing nothing"],
  ])("fails when it holds %s", (_, foreign, got) => {
    const file = written("foreign.yaml", yaml(...ALL, foreign));
    expect(refused(file)).toEqual({ code: "spire.malformed", message: `[test/Crds]: file "${file}" ${only}, ${got}` });
  });

  test.each(NAMES)("fails when %s is missing", (name) => {
    const file = written("some.yaml", yaml(...ALL.filter(({ metadata }) => metadata.name !== name)));
    expect(refused(file)).toEqual({
      code: "spire.malformed",
      message: `[test/Crds]: file "${file}" lacks the definition ${name}`,
    });
  });

  test("fails when it is empty", () => {
    const file = written("empty.yaml", "");
    expect(refused(file)).toEqual({
      code: "spire.malformed",
      message: `[test/Crds]: file "${file}" must hold definitions of spire.spiffe.io, got nothing`,
    });
  });

  test("fails when it cannot be read", () => {
    const file = join(folder, "none.yaml");
    expect(refused(file)).toEqual({
      code: "spire.malformed",
      message: `[test/Crds]: file "${file}" cannot be read: name a YAML file`,
    });
  });

  test("fails when it is no YAML", () => {
    const file = written("broken.yaml", "kind: [CustomResourceDefinition\nmetadata: {");
    expect(refused(file)).toEqual({
      code: "spire.malformed",
      message: `[test/Crds]: file "${file}" must be YAML: flow sequence in block collection must be sufficiently indented and end with a ] at line 2, column 1`,
    });
  });
});

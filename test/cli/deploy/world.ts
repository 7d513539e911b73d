import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deployCommand, type Parts } from "../../../cli/deploy";
import type { PublishAll } from "../../../cli/deploy/publish-all";
import { digestOf, filesOf } from "../../../review/read/digest";
import { called, scratch } from "../../support/cli";
import { fakeTerraform } from "./fake-terraform";

export const DRIVER = "csi.spiffe.io";
const csi = { template: { spec: { volume: [{ name: "spiffe", csi: { driver: DRIVER, read_only: true } }] } } };
export const metadata = (namespace: string, name: string) => ({ namespace, name });
export const ISSUER = "https://oidc.prod.acme.example";

/** Small stacks with what a deploy looks at; written out of order, so that the manifest alone gives it */
export const STACKS: Readonly<Record<string, { readonly after: readonly string[]; readonly json: object }>> = {
  agents: { after: ["control"], json: {} },
  control: { after: ["trust"], json: {} },
  foundation: {
    after: [],
    json: {
      provider: { aws: [{ region: "eu-central-1" }] },
      resource: {
        aws_s3_bucket: { policy: { bucket: "ambit-prod-policy" } },
        aws_dynamodb_table: { registry: { name: "ambit-prod-registry" } },
        aws_kms_alias: {
          policy: { name: "alias/ambit/prod/policy" },
          registry: { name: "alias/ambit/prod/registry" },
        },
      },
      output: {
        policy_bucket: { value: "ambit-prod-policy" },
        policy_key: { value: "alias/ambit/prod/policy" },
        registry_table: { value: "ambit-prod-registry" },
        registry_key: { value: "alias/ambit/prod/registry" },
        region: { value: "eu-central-1" },
      },
    },
  },
  spire: {
    after: ["foundation"],
    json: {
      output: { issuer: { value: ISSUER }, issuer_address: { value: '${try(x, "")}' } },
      resource: {
        kubernetes_manifest: { driver: { manifest: { kind: "CSIDriver", metadata: { name: DRIVER } } } },
        kubernetes_daemon_set_v1: { driver: { metadata: metadata("spire-system", "spiffe-csi-driver") } },
        kubernetes_deployment_v1: {
          oidc: { metadata: metadata("spire-server", "oidc"), spec: csi },
          other: { metadata: metadata("spire-server", "other") },
        },
      },
    },
  },
  trust: { after: ["spire"], json: { resource: { aws_iam_openid_connect_provider: { oidc: { url: ISSUER } } } } },
};
export const ORDER = ["foundation", "spire", "trust", "control", "agents"];

export const place = scratch("deploy");
export const folder = join(place.path, "cdktf.out");
export const review = join(place.path, "review.json");

export function write(file: string, value: object | string): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
}

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  const entries = Object.entries(STACKS).map(([name, { after, json }]) => {
    write(`stacks/${name}/cdk.tf.json`, json);
    return [name, { name, dependencies: after, synthesizedStackPath: `stacks/${name}/cdk.tf.json` }];
  });
  write("manifest.json", { stacks: Object.fromEntries(entries) });
  write("ambit/registry.json", {});
  write("ambit/bundle.tar.gz", "bundle");
});

export const READY = { metadata: { generation: 1 }, status: { observedGeneration: 1 } };
export const ready = (nodes: number) => ({
  ...READY,
  status: {
    ...READY.status,
    desiredNumberScheduled: 2,
    updatedNumberScheduled: 2,
    numberReady: nodes,
    numberAvailable: nodes,
  },
});
export const pod = (name: string, phase = "Running") => ({
  metadata: metadata("support", name),
  spec: { volumes: [{ csi: { driver: DRIVER } }] },
  status: { phase },
});

export interface World extends Partial<Parts> {
  /** What the API server says, one answer after the other; the last stays */
  readonly cluster?: Readonly<Record<string, readonly unknown[]>>;
  readonly answers?: readonly string[];
}

/** A deploy with a fake Terraform, a fake cluster and a fake issuer; everything that happened in one list */
export function world({ cluster = {}, answers, ...changes }: World = {}) {
  const terraform = fakeTerraform();
  const happened: string[] = [];
  const asked: string[] = [];
  const looks = new Map<string, number>();
  const answerOf = (path: string): unknown => {
    const defaults = { daemonsets: [ready(2)], pods: [{ items: [] }] };
    const found = [...Object.entries(cluster), ...Object.entries(defaults)].find(([part]) => path.includes(part));
    const at = looks.get(path) ?? 0;
    looks.set(path, at + 1);
    const given = (found as [string, readonly unknown[]])[1];
    return given[Math.min(at, given.length - 1)];
  };
  const parts: Parts = {
    isTerminal: () => answers !== undefined,
    ask: async (question) => {
      asked.push(question.trim());
      return answers?.[asked.length - 1] ?? "";
    },
    sleep: async () => void happened.push("slept"),
    publish: async ({ places }: PublishAll) => {
      happened.push(`published to ${places.policy_bucket} and ${places.registry_table}`);
      const one = { result: "published", from: 3, revision: 4, keyId: "k", signed: { digest: "d", bytes: 1 } } as const;
      return [
        { what: "registry", target: "table", ...one },
        { what: "bundle", target: "bucket", ...one },
      ];
    },
    fetchJson: async (url) => (url.endsWith("/keys") ? { keys: [{}] } : { issuer: ISSUER, jwks_uri: `${ISSUER}/keys` }),
    clusterOf: async () => ({
      get: async (path: string) => {
        happened.push(`asked for ${path.split("?")[0]}`);
        return answerOf(path);
      },
    }),
    ...changes,
  };
  const deploy = (...args: readonly string[]) =>
    called([(io) => deployCommand(io, parts)], "deploy", folder, "--binary", terraform.binary, ...args);
  return { terraform, happened, asked, deploy };
}

export const done = (act: string) => ORDER.flatMap((stack) => [`plan -out in ${stack}`, `${act} plan in ${stack}`]);
export const digest = () => digestOf(filesOf(folder));

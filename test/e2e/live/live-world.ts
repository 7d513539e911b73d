import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { Comparison } from "../../../governance/inventory/live/comparison";
import { RegistryWorld } from "../exchange/registry-world";
import { REGION } from "../exchange/state-table";
import { type Finished, run, succeed } from "../harness/process";
import type { Suite } from "../harness/suite";
import { type Cluster, CLUSTER_ISSUER } from "../spire/cluster";
import type { KubeObject } from "../spire/kube-client";
import { translate } from "../spire/translate";
import type { Moto } from "../terraform/moto";
import { AwsFront } from "./aws-front";
import { eventOf } from "./calls";
import { DeclaredApp } from "./declared-app";
import { DeliveredTrail, SELECTORS, TRAIL, TRAIL_BUCKET } from "./delivered-trail";

const ROOT = resolve(__dirname, "../../..");
export const TABLE = "ambit-prod-registry";
export const NAMESPACE = "office";
const SETUP = { accessKeyId: "test", secretAccessKey: "test" };
const AUDITOR = "auditor";
export const TAG = "ambit.internal/agent";

interface Policy {
  readonly Statement: readonly { readonly Action: string | readonly string[]; readonly [key: string]: unknown }[];
}

export interface Programs {
  /** The Python that holds the AWS command line */
  readonly aws: string;
  readonly kubectl: string;
}

export interface LiveRun extends Finished {
  /** What it printed as JSON; undefined for text */
  readonly comparison: Comparison | undefined;
}

/** A small fleet, deployed to moto and to a real API server, and the command as an operator runs it there */
export class LiveWorld {
  private keys = SETUP;

  private constructor(
    public readonly folder: string,
    public readonly app: DeclaredApp,
    public readonly front: AwsFront,
    public readonly cluster: Cluster,
    public readonly registry: RegistryWorld,
    private readonly moto: Moto,
  ) {}

  public static async start(
    suite: Pick<Suite, "afterwards">,
    moto: Moto,
    cluster: Cluster,
    programs: Programs,
  ): Promise<LiveWorld> {
    const folder = mkdtempSync(join(tmpdir(), "ambit-live-"));
    suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
    const front = await AwsFront.before(moto.url);
    suite.afterwards(() => front.stop());
    writePrograms(join(folder, "bin"), programs);
    const registry = await RegistryWorld.start(suite, moto.url, TABLE);
    writeFileSync(join(folder, "registry.pub.pem"), registry.publicKey);
    const app = new DeclaredApp(join(folder, "app"));
    await app.synthesize();
    return new LiveWorld(folder, app, front, cluster, registry, moto);
  }

  public get iam(): IAMClient {
    return new IAMClient({ endpoint: this.moto.url, region: REGION, credentials: SETUP });
  }

  /** What the stack says, made as Terraform would, and the registry, signed as a deploy signs it */
  public async deploy(): Promise<void> {
    const stack = JSON.parse(readFileSync(join(this.app.output, "stacks/agents/cdk.tf.json"), "utf8")) as Stack;
    const { aws_iam_role: roles, aws_iam_role_policy: policies, ...rest } = stack.resource;
    for (const role of Object.values(roles ?? {})) await this.makeRole(role as unknown as RoleBlock);
    for (const [id, { name, policy }] of Object.entries(policies ?? {})) {
      const [role = ""] = Object.keys(roles ?? {}).filter((one) => one.split("_")[0] === id.split("_")[0]);
      const RoleName = String(roles?.[role]?.["name"]);
      const PolicyDocument = String(policy).replaceAll("$${", "${");
      await this.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: String(name), PolicyDocument }));
      const services = new Set(
        [...PolicyDocument.matchAll(/"(s3|dynamodb|secretsmanager):/g)].map(([, one]) => one ?? ""),
      );
      this.front.services.set(arnOf(RoleName), [...services].sort());
    }
    await this.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
    await this.makePersons();
    for (const account of Object.values(rest["kubernetes_service_account_v1"] ?? {})) {
      await this.apply(translate("kubernetes_service_account_v1", account));
    }
    for (const agent of ["clerk", "scribe"]) await this.pod(`${agent}-1`, agent, agent);
    const { code, tail } = await this.registry.deploy(this.app.output);
    if (code !== 0) throw new Error(`the registry was not signed: ${tail}`);
  }

  public async makeRole({ name, path, assume_role_policy, tags }: RoleBlock): Promise<void> {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const AssumeRolePolicyDocument = assume_role_policy.replaceAll("$${", "${");
    await this.iam.send(new CreateRoleCommand({ RoleName: name, Path: path, AssumeRolePolicyDocument, Tags }));
  }

  public async removeRole(RoleName: string): Promise<void> {
    await this.iam.send(new DeleteRoleCommand({ RoleName }));
  }

  public apply(object: KubeObject): Promise<KubeObject> {
    return this.cluster.users.administrator.apply(object);
  }

  public async pod(name: string, agent: string | undefined, serviceAccountName: string): Promise<void> {
    const spec = { serviceAccountName, containers: [{ name: "agent", image: "registry.acme.example/agent:1" }] };
    const labels = agent === undefined ? {} : { labels: { [TAG]: agent } };
    await this.apply({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: NAMESPACE, ...labels }, spec });
  }

  /** A session of the role, as the exchange begins one, reads one secret so many times, and an object once. */
  public async work(role: string, reads: number): Promise<void> {
    const at = { endpoint: this.moto.url, region: REGION, credentials: SETUP };
    await new SecretsManagerClient(at).send(new CreateSecretCommand({ Name: "finance/erp", SecretString: "x" }));
    const s3 = new S3Client({ ...at, forcePathStyle: true });
    await s3.send(
      new CreateBucketCommand({ Bucket: "acme-letters", CreateBucketConfiguration: { LocationConstraint: REGION } }),
    );
    await s3.send(new PutObjectCommand({ Bucket: "acme-letters", Key: "in/1", Body: "x" }));
    const before = { ...at, endpoint: this.front.url };
    const session = { RoleArn: arnOf(role), RoleSessionName: "5f0c6a52-1", SourceIdentity: "clerk" };
    const { Credentials } = await new STSClient(before).send(new AssumeRoleCommand(session));
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    const secrets = new SecretsManagerClient({ ...before, credentials });
    for (let read = 0; read < reads; read++) await secrets.send(new GetSecretValueCommand({ SecretId: "finance/erp" }));
    const own = new S3Client({ ...before, credentials, forcePathStyle: true });
    await own.send(new GetObjectCommand({ Bucket: "acme-letters", Key: "in/1" }));
  }

  /** From now on everything is asked by a user who has the page's policy, without these actions. */
  public async asAuditor(...without: readonly string[]): Promise<void> {
    await this.reset("inf");
    if (this.keys === SETUP) {
      await this.iam.send(new CreateUserCommand({ UserName: AUDITOR }));
      const { AccessKey } = await this.iam.send(new CreateAccessKeyCommand({ UserName: AUDITOR }));
      this.keys = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
    }
    const policy = pagePolicy();
    const Statement = policy.Statement.map((one) => ({
      ...one,
      // moto asks about "*" for every table and trail.
      ...(["Registry", "SettingsOfTrail"].includes(String(one["Sid"])) && { Resource: "*" }),
      ...(one["Sid"] === "RegionsOfBuckets" && { Resource: "arn:aws:s3:::acme-letters" }),
      Action: [one.Action].flat().filter((action) => !without.includes(action)),
    })).filter(({ Action }) => Action.length > 0);
    const PolicyDocument = JSON.stringify({ ...policy, Statement });
    await this.iam.send(new PutUserPolicyCommand({ UserName: AUDITOR, PolicyName: "live", PolicyDocument }));
    this.front.denied = without;
    await this.reset("0");
  }

  /** Run `ambit inventory --live` as a process. */
  public async live(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<LiveRun> {
    const command = ["-r", "@swc-node/register", join(ROOT, "cli/ambit.ts"), "inventory", "--live"];
    const registry = args.includes("registry") ? [] : ["--registry-table", TABLE, "--region", REGION];
    const key =
      registry.length === 0 || args.includes("--public-key")
        ? []
        : ["--public-key", join(this.folder, "registry.pub.pem")];
    const ended = await run(process.execPath, [...command, "--dir", this.app.output, ...registry, ...key, ...args], {
      cwd: ROOT,
      env: { ...this.environment(), ...env },
    });
    const isJson = args.includes("--json") && ended.stdout !== "";
    return { ...ended, comparison: isJson ? (JSON.parse(ended.stdout) as Comparison) : undefined };
  }

  /** What the sessions did, as a trail with data events delivers it to a bucket, and `aws s3 sync` to a folder */
  public trail(): string {
    const folder = join(this.folder, "trail");
    mkdirSync(folder, { recursive: true });
    const Records = this.front.calls.map(
      (call, at) => JSON.parse(String(eventOf(call, at)["CloudTrailEvent"])) as unknown,
    );
    writeFileSync(join(folder, "events.json.gz"), gzipSync(JSON.stringify({ Records })));
    return folder;
  }

  /**
   * A trail of all objects and items, with the digests of a day, in a bucket of the account: a session of the clerk read another bucket.
   *
   * @param aws the Python that holds the AWS command line
   */
  public async deliverTrail(aws: string): Promise<DeliveredTrail> {
    const s3 = new S3Client({ endpoint: this.moto.url, region: REGION, credentials: SETUP, forcePathStyle: true });
    const [read] = this.front.calls.filter(({ service }) => service === "s3");
    if (read === undefined) throw new Error("the clerk has read no object");
    const other = { ...read, parameters: { bucketName: "acme-archive", key: "old/1" } };
    const event = (at: number): Readonly<Record<string, unknown>> =>
      JSON.parse(String(eventOf({ ...other, at: at * 1_000 }, 1)["CloudTrailEvent"])) as Record<string, unknown>;
    const trail = new DeliveredTrail(s3, Math.floor(Date.now() / 1_000), event);
    await trail.deliver();
    const ask = async (...args: readonly string[]): Promise<void> => {
      const credentials = { AWS_ACCESS_KEY_ID: SETUP.accessKeyId, AWS_SECRET_ACCESS_KEY: SETUP.secretAccessKey };
      const env = { ...this.environment(), ...credentials, AWS_ENDPOINT_URL: this.moto.url };
      await succeed(aws, ["-m", "awscli", "cloudtrail", ...args], { env });
    };
    await ask("create-trail", `--name=${TRAIL}`, `--s3-bucket-name=${TRAIL_BUCKET}`, "--enable-log-file-validation");
    await ask("put-event-selectors", `--trail-name=${TRAIL}`, "--advanced-event-selectors", JSON.stringify(SELECTORS));
    await ask("start-logging", `--name=${TRAIL}`);
    this.front.publicKeys = trail.keys;
    return trail;
  }

  /** Nothing is checked until an auditor asks. */
  public unguarded(): Promise<void> {
    return this.reset("inf");
  }

  public async makeAccount(name: string, agent?: string): Promise<void> {
    const labels = agent === undefined ? {} : { labels: { [TAG]: agent } };
    await this.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace: NAMESPACE, ...labels } });
  }

  public async removeAccount(name: string): Promise<void> {
    await this.cluster.users.administrator.delete({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name, namespace: NAMESPACE },
    });
  }

  /** PEM file of a key that has signed nothing */
  public otherKey(): string {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const file = join(this.folder, "other.pub.pem");
    writeFileSync(file, publicKey.export({ type: "spki", format: "pem" }));
    return file;
  }

  public kubeconfigOf(person: "auditor" | "mallory"): string {
    return join(this.folder, `${person}.kubeconfig`);
  }

  /** Two service accounts, of which one has the rights of the page */
  private async makePersons(): Promise<void> {
    const group = "rbac.authorization.k8s.io";
    const rules = [{ apiGroups: [""], resources: ["pods", "serviceaccounts"], verbs: ["list"] }];
    const name = "inventory";
    await this.apply({ apiVersion: `${group}/v1`, kind: "ClusterRole", metadata: { name }, rules });
    await this.apply({
      apiVersion: `${group}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: group, kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name: "auditor", namespace: NAMESPACE }],
    });
    for (const person of ["auditor", "mallory"] as const) {
      await this.makeAccount(person);
      const audiences = [CLUSTER_ISSUER];
      const token = await this.cluster.users.administrator.tokenOf(NAMESPACE, person, { audiences });
      this.cluster.writeKubeconfig(this.kubeconfigOf(person), token);
    }
  }

  private environment(): Readonly<Record<string, string | undefined>> {
    return {
      PATH: `${join(this.folder, "bin")}:${process.env["PATH"] ?? ""}`,
      AWS_ENDPOINT_URL: this.front.url,
      AWS_ACCESS_KEY_ID: this.keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.keys.secretAccessKey,
      AWS_SESSION_TOKEN: undefined,
      AWS_PROFILE: undefined,
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      NO_PROXY: "127.0.0.1",
      KUBECONFIG: this.kubeconfigOf("auditor"),
    };
  }

  /** After so many requests moto checks signatures and rights. */
  private async reset(requests: string): Promise<void> {
    const answer = await fetch(`${this.moto.url}/moto-api/reset-auth`, { method: "POST", body: requests });
    if (!answer.ok) throw new Error(`moto's rights: ${answer.status}`);
  }
}

interface RoleBlock {
  readonly name: string;
  readonly path: string;
  readonly assume_role_policy: string;
  readonly tags: Readonly<Record<string, string>>;
}

interface Stack {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

export function arnOf(role: string): string {
  return `arn:aws:iam::111122223333:role/ambit/agents/prod/${role}`;
}

function pagePolicy(): Policy {
  const page = readFileSync(join(ROOT, "docs/inventory.md"), "utf8");
  return JSON.parse(/```json\n(\{\n {2}"Version"[^`]+)```/.exec(page)?.[1] ?? "") as Policy;
}

function writePrograms(folder: string, { aws, kubectl }: Programs): void {
  mkdirSync(folder);
  const command = join(folder, "aws");
  writeFileSync(command, `#!/bin/sh\nexec '${aws}' -m awscli "$@"\n`);
  chmodSync(command, 0o755);
  symlinkSync(kubectl, join(folder, "kubectl"));
}

import { createPublicKey } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CreateAliasCommand, CreateKeyCommand, GetPublicKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Published } from "../../../../cli/deploy/publish-all";
import { outbound } from "../../../../fleet/outbound";
import { resourcesOf, synthesize, type Synthesized } from "../../../support/example-app";
import { createTable, REGION, SERIAL_MOTO } from "../../exchange/state-table";
import { succeed } from "../../harness/process";
import { MetricLog } from "../../monitoring/metric-log";
import { type Moto, motoPython, startMoto } from "../../terraform/moto";

const ROOT = resolve(__dirname, "../../../..");
export const ACCOUNT = "111122223333";
const BUCKET = `ambit-prod-policy-${ACCOUNT}`;
/** Of the audit log */
export const AUDIT_BUCKET = `ambit-audit-prod-${ACCOUNT}`;
const REGISTRY_TABLE = "ambit-prod-registry";
/** State and audit records of the exchange */
export const STATE_TABLE = "ambit-prod-state";
/** Keys by what they sign */
export const KEYS = {
  policy: "alias/ambit/prod/policy",
  registry: "alias/ambit/prod/registry",
  tokens: "alias/ambit/prod/tokens",
  auditLog: "alias/ambit/prod/audit-log",
} as const;
/** Of the services that tools are called as. moto finds a secret by the end of its ARN where that is its name. */
const SECRETS = Object.values(outbound.services ?? {}).flatMap((service) =>
  "secret" in service ? (service.secret.split(":").at(-1) ?? []) : [],
);
/** Of them all */
export const API_KEY = "key-of-a-service";
/** It encrypts, and nothing here asks for it. */
const DATA_KEY = "alias/ambit/prod/data";

/** The example's account in moto, with what pods ask for, under its rendered names */
export class AwsAccount {
  private readonly kms: KMSClient;
  private readonly s3: S3Client;

  /** @param moto with keys, tables and the bucket of the policy */
  constructor(private readonly moto: Moto) {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = { endpoint: moto.url, region: REGION, credentials };
    this.kms = new KMSClient(client);
    this.s3 = new S3Client({ ...client, forcePathStyle: true });
  }

  /** http address on this machine's loopback */
  public get url(): string {
    return this.moto.url;
  }

  /** Stop its process, which keeps its state and answers nothing, or let it go on. */
  public signal(signal: "SIGCONT" | "SIGSTOP"): void {
    process.kill(this.moto.pid, signal);
  }

  /** The quick way: what pods ask for is made by hand, as Terraform would name it. */
  public static async start(): Promise<AwsAccount> {
    const moto = await startMoto(await motoPython(), ACCOUNT, [SERIAL_MOTO]);
    try {
      return await AwsAccount.filled(moto);
    } catch (error) {
      await moto.stop();
      throw error;
    }
  }

  /** The same in an account that is empty yet */
  public static async filled(moto: Moto): Promise<AwsAccount> {
    const { foundation, control } = synthesize().stacks;
    const { aws_kms_alias: aliases, aws_dynamodb_table: tables } = resourcesOf(foundation);
    const account = new AwsAccount(moto);
    for (const { name } of Object.values(aliases ?? {})) if (name !== DATA_KEY) await account.makeKey(name as string);
    for (const { name } of Object.values(tables ?? {})) await createTable(moto.url, name as string);
    for (const { name } of Object.values(resourcesOf(control)["aws_cloudwatch_log_group"] ?? {}))
      await new MetricLog(moto.url, REGION, name as string).make();
    await account.makeBucket(BUCKET);
    await account.makeBucket(AUDIT_BUCKET);
    await account.makeSecrets();
    return account;
  }

  public async makeBucket(name: string): Promise<void> {
    const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
    await this.s3.send(new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration }));
  }

  /** What no stack makes: the keys by which services are known at tools */
  public async makeSecrets(): Promise<void> {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = new SecretsManagerClient({ endpoint: this.url, region: REGION, credentials });
    for (const name of SECRETS) await client.send(new CreateSecretCommand({ Name: name, SecretString: API_KEY }));
    client.destroy();
  }

  public async put(bucket: string, key: string, text: string): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text }));
  }

  public async object(bucket: string, key: string): Promise<string> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToString()) as string;
  }

  /** PEM, as the stacks look it up */
  public async publicKey(alias: string): Promise<string> {
    const { PublicKey = new Uint8Array() } = await this.kms.send(new GetPublicKeyCommand({ KeyId: alias }));
    const key = createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" });
    return key.export({ format: "pem", type: "spki" }).toString();
  }

  /** Sign and publish what synth leaves, as `ambit deploy` does behind the foundation. */
  public async publish(
    folder: string,
    { registry, policy, bundle }: Synthesized = synthesize(),
  ): Promise<readonly Published[]> {
    mkdirSync(join(folder, "ambit"), { recursive: true });
    for (const [name, content] of Object.entries({
      "registry.json": registry,
      "policy.json": policy,
      "bundle.tar.gz": bundle,
    }))
      writeFileSync(join(folder, "ambit", name), content);
    const places = {
      region: REGION,
      registry_key: KEYS.registry,
      registry_table: REGISTRY_TABLE,
      policy_key: KEYS.policy,
      policy_bucket: BUCKET,
    };
    const script = `
      const { publishAll } = require(${JSON.stringify(join(ROOT, "cli/deploy/publish-all.ts"))});
      const io = { out: () => undefined, err: (text) => process.stderr.write(text) };
      const request = { ...${JSON.stringify({ folder, places, after: {} })}, has: () => true };
      publishAll(request, io).then((all) => process.stdout.write(JSON.stringify(all)));
    `;
    const env = {
      AWS_ENDPOINT_URL: this.url,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: undefined,
      AWS_PROFILE: undefined,
    };
    const said = await succeed(process.execPath, ["-r", "@swc-node/register", "-e", script], { cwd: ROOT, env });
    return JSON.parse(said.stdout) as readonly Published[];
  }

  public stop(): Promise<void> {
    this.kms.destroy();
    this.s3.destroy();
    return this.moto.stop();
  }

  private async makeKey(alias: string): Promise<void> {
    // moto_digest.py knows the key of the audit log by it.
    const Description = `Ambit: signs ${alias.split("/").at(-1)}`;
    const kind = { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" } as const;
    const key = await this.kms.send(new CreateKeyCommand({ ...kind, Description }));
    await this.kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: key.KeyMetadata?.KeyId }));
  }
}

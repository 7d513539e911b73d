import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type Files, tarGz } from "../../../policies/bundle";
import { type Finished, run } from "../harness/process";
import type { Suite } from "../harness/suite";
import { startMoto } from "../terraform/moto";

const ROOT = resolve(__dirname, "../../..");
const ACCOUNT = "111122223333";
const REGION = "eu-central-1";
const OBJECT = "policy/bundle.tar.gz";
export const BUCKET = "ambit-prod-policy-111122223333";
export const ALIAS = "alias/ambit/prod/policy";

/** An account with the bucket and the key of a deploy, and the command as a process. */
export class SignWorld {
  public readonly kms: KMSClient;
  private readonly s3: S3Client;

  private constructor(
    /** Address of the stand-in for AWS */
    public readonly url: string,
    private readonly folder: string,
  ) {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    this.kms = new KMSClient({ endpoint: url, region: REGION, credentials });
    this.s3 = new S3Client({ endpoint: url, region: REGION, credentials, forcePathStyle: true });
  }

  public static async start(suite: Suite, python: string, folder: string): Promise<SignWorld> {
    mkdirSync(folder, { recursive: true });
    const moto = await startMoto(python, ACCOUNT, [join(__dirname, "moto_digest.py")]);
    suite.afterwards(() => moto.stop());
    const world = new SignWorld(moto.url, folder);
    await world.s3.send(
      new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: REGION } }),
    );
    const key = await world.kms.send(new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }));
    await world.kms.send(new CreateAliasCommand({ AliasName: ALIAS, TargetKeyId: key.KeyMetadata?.KeyId }));
    return world;
  }

  /** A folder as synth leaves it */
  public synthesized(name: string, files: Files): string {
    const folder = join(this.folder, name);
    mkdirSync(join(folder, "ambit"), { recursive: true });
    writeFileSync(join(folder, "ambit", "bundle.tar.gz"), tarGz(files));
    return folder;
  }

  /** A file in the folder of the check */
  public file(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** Run the command as a pipeline does, at another address of S3 where one stands before it. */
  public ambit(args: readonly string[], s3 = this.url): Promise<Finished> {
    const command = ["-r", "@swc-node/register", join(ROOT, "cli/ambit.ts"), ...args];
    return run(process.execPath, command, { cwd: ROOT, env: this.environment(s3) });
  }

  private environment(s3 = this.url) {
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_ENDPOINT_URL_S3: s3,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: undefined,
      AWS_PROFILE: undefined,
    };
  }

  /** Sign what lies in the folder as a deploy does: with the key in KMS, into the bucket. */
  public deploy(folder: string, more: readonly string[] = [], s3?: string): Promise<Finished> {
    const where = ["--kms-key", ALIAS, "--region", REGION, "--bucket", BUCKET];
    return this.ambit(["bundle", "sign", folder, ...where, ...more], s3);
  }

  /** Publish as `ambit deploy` does behind the foundation, and print what was published. */
  public publishAll(folder: string): Promise<Finished> {
    const places = { region: REGION, policy_key: ALIAS, policy_bucket: BUCKET };
    const request = JSON.stringify({ folder, places, after: {} });
    const script = `
      const { publishAll } = require(${JSON.stringify(join(ROOT, "cli/deploy/publish-all.ts"))});
      const has = (file) => file === "ambit/bundle.tar.gz";
      const io = { out: () => undefined, err: (text) => process.stderr.write(text) };
      publishAll({ ...${request}, has }, io).then((all) => process.stdout.write(JSON.stringify(all)));
    `;
    return run(process.execPath, ["-r", "@swc-node/register", "-e", script], { cwd: ROOT, env: this.environment() });
  }

  public async deployed(): Promise<Buffer> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: OBJECT }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  /** Write without the command, as a principal with rights to the bucket can. */
  public async overwrite(bytes: Uint8Array): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: OBJECT, Body: bytes }));
  }
}

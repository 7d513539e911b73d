import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import type { FleetDocument } from "../../../runtime/registry/fleet-view";
import { RegistryTable } from "../../../runtime/registry/registry-table";
import { type RegistryEvent, RegistryWatcher } from "../../../runtime/registry/registry-watcher";
import { KmsSigner } from "../../../runtime/signer/kms-signer";
import { SCOPE, TRUST_DOMAIN } from "../../support/exchange/signed-example";
import { type Finished, run } from "../harness/process";
import type { Suite } from "../harness/suite";
import { createTable, dynamoDbAt, REGION } from "./state-table";

const ROOT = resolve(__dirname, "../../..");
const ALIAS = "alias/ambit/prod/registry";

/** An account with the table and the key of a deploy, and the command as a process. */
export class RegistryWorld {
  private constructor(
    public readonly url: string,
    public readonly table: string,
    public readonly folder: string,
    public readonly signer: KmsSigner,
    public readonly publicKey: string,
    private readonly alias: string,
  ) {}

  public static async start(
    suite: Pick<Suite, "afterwards">,
    url: string,
    table: string,
    alias = ALIAS,
  ): Promise<RegistryWorld> {
    await createTable(url, table);
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const kms = new KMSClient({ endpoint: url, region: REGION, credentials });
    const key = await kms.send(new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }));
    await kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: key.KeyMetadata?.KeyId }));
    const signer = await KmsSigner.of({ client: kms, key: alias });
    const folder = mkdtempSync(join(tmpdir(), "ambit-registry-"));
    suite.afterwards(() => rmSync(folder, { recursive: true }));
    return new RegistryWorld(url, table, folder, signer, await signer.publicKeyPem(), alias);
  }

  /** A folder as synth leaves it */
  public synthesized(name: string, { registry, policy }: FleetDocument): string {
    const folder = join(this.folder, name);
    mkdirSync(join(folder, "ambit"), { recursive: true });
    this.file(join(name, "ambit", "registry.json"), JSON.stringify(registry));
    this.file(join(name, "ambit", "policy.json"), JSON.stringify(policy));
    return folder;
  }

  public file(name: string, content: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** Sign what synth left in the folder as a deploy does. */
  public deploy(folder: string, more: readonly string[] = []): Promise<Finished> {
    return this.ambit("sign", folder, "--kms-key", this.alias, "--region", REGION, "--table", this.table, ...more);
  }

  public ambit(...args: readonly string[]): Promise<Finished> {
    const command = ["-r", "@swc-node/register", join(ROOT, "cli/ambit.ts"), "registry", ...args];
    const env = {
      AWS_ENDPOINT_URL: this.url,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: undefined,
      AWS_PROFILE: undefined,
    };
    return run(process.execPath, command, { cwd: ROOT, env });
  }

  /** As the exchange watches, and what it tells */
  public watcher(publicKeys = [this.publicKey]): {
    readonly watcher: RegistryWatcher;
    readonly events: RegistryEvent[];
  } {
    const events: RegistryEvent[] = [];
    const source = new RegistryTable(dynamoDbAt(this.url), this.table);
    const onEvent = (event: RegistryEvent): void => void events.push(event);
    const trust = { publicKeys, scope: SCOPE, trustDomain: TRUST_DOMAIN };
    return { watcher: new RegistryWatcher({ source, ...trust, onEvent }), events };
  }
}

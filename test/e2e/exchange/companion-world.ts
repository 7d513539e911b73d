import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DevelopmentAuthority } from "../../../cli/dev/development-authority";
import { DevelopmentFiles } from "../../../cli/dev/development-files";
import { DevelopmentIssuers } from "../../../cli/dev/development-issuers";
import { SCOPE, signedFile } from "../../../cli/dev/development-registry";
import { freePort } from "../../../cli/dev/free-port";
import { facts } from "../../../fleet/platform";
import { checkConfig } from "../../../runtime/exchange/config";
import { type RunningExchange, startExchange } from "../../../runtime/exchange/server";
import { KeyFileSigner } from "../../../runtime/signer/key-file-signer";
import { serve, type Server } from "../harness/server";
import { COURIER, courierDocument } from "./companion-fleet";
import { addressOfNetwork } from "./network-address";
import { REGION } from "./state-table";
import { StsProxy } from "./sts-proxy";

const ROOT = resolve(__dirname, "../../..");
const MAIN = join(ROOT, "runtime/companion/main.ts");
const EXCHANGE = `spiffe://${facts.trustDomain}/ns/ambit-system/sa/ambit-exchange`;
const LISTENING = /"event":"companion\.listening","url":"(http:[^"]+)"/;

/** The exchange at an address of the network, the companion beside an agent, and AWS behind the exchange */
export class CompanionWorld {
  private constructor(
    public readonly url: string,
    public readonly host: string,
    public readonly exchange: RunningExchange,
    public readonly sts: StsProxy,
    public readonly companion: Server,
    /** What the exchange logged */
    public readonly logged: readonly string[],
    private readonly issuers: DevelopmentIssuers,
    private readonly endings: readonly (() => unknown)[],
  ) {}

  public static async start(aws: string): Promise<CompanionWorld> {
    const endings: (() => unknown)[] = [];
    try {
      const folder = mkdtempSync(join(tmpdir(), "ambit-companion-"));
      endings.push(() => rmSync(folder, { recursive: true, force: true }));
      const host = addressOfNetwork();
      const port = await freePort();
      const issuer = `https://${host}:${port}`;
      const authority = new DevelopmentAuthority(facts.trustDomain);
      const files = new DevelopmentFiles(folder, authority, [
        { name: "exchange", spiffeId: EXCHANGE },
        { name: "courier", spiffeId: COURIER },
      ]);
      files.start();
      endings.push(() => files.stop());
      const issuers = new DevelopmentIssuers({ authority, audience: issuer, spiffeIdOf: () => COURIER });
      await issuers.listen();
      endings.push(() => issuers.close());
      const sts = await StsProxy.before(aws);
      endings.push(() => sts.stop());
      endings.push(ownCredentials());
      const logged: string[] = [];
      const exchange = await exchangeOf({ issuer, host, port, files, issuers, sts, logged });
      endings.push(() => exchange.close());
      const companion = await companionOf(files, issuer);
      endings.push(() => companion.stop());
      const url = LISTENING.exec(companion.said())?.[1] as string;
      return new CompanionWorld(url, host, exchange, sts, companion, logged, issuers, endings);
    } catch (error) {
      await ended(endings);
      throw error;
    }
  }

  /** How often a role was assumed so far */
  public get assumed(): number {
    return this.sts.asked.filter((form) => form.get("Action") === "AssumeRole").length;
  }

  /** Begin a run of the task, of which AWS credentials are wanted. */
  public async begin(task: string, start: "schedule" | "user", user = "alice"): Promise<string> {
    const evidence =
      start === "schedule"
        ? this.issuers.startToken(COURIER, task, start)
        : this.issuers.userToken({ agentId: COURIER, task: `courier.${task}`, user });
    const response = await fetch(`${this.url}/v1/runs`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ task, start, evidence, audience: "aws" }),
    });
    const answer = (await response.json()) as { run?: string };
    if (response.status !== 201 || answer.run === undefined) throw new Error(JSON.stringify(answer));
    return answer.run;
  }

  public async end(run: string): Promise<void> {
    await fetch(`${this.url}/v1/runs/${run}`, { method: "DELETE" });
  }

  public close(): Promise<void> {
    return ended(this.endings);
  }
}

/** Of the exchange itself, which in a cluster come from its service account */
function ownCredentials(): () => void {
  const given = { AWS_ACCESS_KEY_ID: "exchange", AWS_SECRET_ACCESS_KEY: "exchange" };
  const before = Object.keys(given).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, given);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

interface ExchangeFacts {
  readonly issuer: string;
  readonly host: string;
  readonly port: number;
  readonly files: DevelopmentFiles;
  readonly issuers: DevelopmentIssuers;
  readonly sts: StsProxy;
  readonly logged: string[];
}

async function exchangeOf({
  issuer,
  host,
  port,
  files,
  issuers,
  sts,
  logged,
}: ExchangeFacts): Promise<RunningExchange> {
  const key = new KeyFileSigner(files.privateKey("registry-key"));
  const document = courierDocument(issuers.userIssuer, issuers.starterIssuer);
  const config = checkConfig({
    issuer,
    trustDomain: facts.trustDomain,
    listen: { host, port },
    tls: { files: { certificate: files.certificate("exchange"), key: files.key("exchange"), bundle: files.bundle } },
    jwtSvid: { jwksUri: issuers.svidKeys, ca: files.bundle },
    store: { memory: {} },
    registry: {
      from: { file: files.write("registry.signed", await signedFile(document, key)) },
      publicKeys: [files.write("registry-key.pub.pem", await key.publicKeyPem())],
      scope: SCOPE,
    },
    signingKeys: [{ file: files.privateKey("signing-key") }],
    services: { introspect: [], state: [] },
    aws: { region: REGION, stsEndpoint: sts.url },
    userKeys: { ca: files.bundle },
  });
  return startExchange(config, { log: (event, facts) => logged.push(JSON.stringify({ event, ...facts })) });
}

/** As in a pod: a process of its own, with the agent's SVID in files */
function companionOf(files: DevelopmentFiles, exchange: string): Promise<Server> {
  const folder = files.path("companion");
  mkdirSync(folder);
  symlinkSync(files.certificate("courier"), join(folder, "svid.pem"));
  symlinkSync(files.key("courier"), join(folder, "svid_key.pem"));
  symlinkSync(files.bundle, join(folder, "svid_bundle.pem"));
  return serve({
    name: "the companion",
    command: process.execPath,
    args: ["-r", "@swc-node/register", MAIN],
    cwd: ROOT,
    env: {
      AMBIT_LISTEN: "http://127.0.0.1:0",
      AMBIT_EXCHANGE_URL: exchange,
      AMBIT_SVID_FOLDER: folder,
      AMBIT_DRAIN_SECONDS: "0",
    },
    ready: (said) => LISTENING.test(said),
  });
}

async function ended(endings: readonly (() => unknown)[]): Promise<void> {
  for (const end of [...endings].reverse()) await end();
}

import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { chmodSync, copyFileSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import { starterKeyUse } from "../../../domain/registry/starters";
import { platform } from "../../../fleet/platform";
import { KmsSigner } from "../../../runtime/signer/kms-signer";
import { OpenIdServer } from "../../support/approver-page/openid-server";
import { certificate } from "../../support/certificate";
import { pathOf } from "../gateway/gateway-identities";
import { GatewayWorld } from "../gateway/gateway-world";
import { type Finished, run } from "../harness/process";
import { serve } from "../harness/server";
import type { Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { SpirePrograms } from "../spire/programs";
import { podAddress, servingCompanion } from "../ways-in/pod";
import { USERS_DOMAIN } from "../ways-in/ways-in-world";
import { REGION } from "./aws-of-function";
import { busyFleet, STARTER } from "./busy-fleet";
import type { KillWorld } from "./world";

const ROOT = resolve(__dirname, "../../..");
const AMBIT = ["-r", "@swc-node/register", join(ROOT, "cli/ambit.ts")];
const CLIENT = "ambit-approvals";
const OPERATORS = "on-call";
const FUNCTION = "ambit-prod-kill-switch";
const PART_MILLISECONDS = 200;
const VISITED = /open in a browser: ([^\s,]+)/;
const START_SECONDS = 120;

/** An agent between users, tools and another agent, and all that can stop it: operator, exchange, function, AWS and cluster */
export class BusyWorld {
  private constructor(
    public readonly kill: KillWorld,
    public readonly gateway: GatewayWorld,
    public readonly people: OpenIdServer,
    /** PEM of the authority that vouches for the listener for users */
    public readonly authority: string,
  ) {}

  public static async start(
    suite: Suite,
    kill: KillWorld,
    { spire, envoy }: { readonly spire: SpirePrograms; readonly envoy: string },
  ): Promise<BusyWorld> {
    const people = new OpenIdServer();
    await people.start();
    suite.afterwards(() => people.close());
    const authority = certificate({ commonName: "users' authority" });
    const issuer = { commonName: "users' authority", key: authority.key };
    const kms = await keyOfStarter(kill.moto.url);
    const gateway = await GatewayWorld.start(suite, spire, envoy, {
      fleet: busyFleet,
      users: {
        domain: USERS_DOMAIN,
        certificate: certificate({ commonName: "agents", dnsNames: [`*.${USERS_DOMAIN}`], issuer }),
        origins: [],
      },
      starterKeys: (alias) => KmsSigner.of({ client: kms, key: alias, keyId: alias }),
      people: {
        props: {
          issuer: people.issuer,
          jwksUri: `${people.issuer}/keys`,
          clientId: CLIENT,
          operators: [OPERATORS],
        },
        ca: people.authority.bundle,
      },
      killSwitch: kill.aws.killSwitch,
      aws: { region: REGION, stsEndpoint: kill.moto.url },
    });
    const world = new BusyWorld(kill, gateway, people, authority.cert);
    writeFileSync(world.authorityFile, authority.cert);
    world.writeCommands();
    await Promise.all([world.pod(suite, "clerk", ["http", "events"]), world.pod(suite, "payer", ["http"])]);
    return world;
  }

  public get authorityFile(): string {
    return this.gateway.path("users-authority.pem");
  }

  /** Of moto, which has the key of the starter */
  public get kms(): { readonly url: string } {
    return this.kill.moto;
  }

  /** A person of the operators logs in by `ambit login`, in a browser that the provider leads back. */
  public async logsIn(): Promise<void> {
    Object.assign(this.people.faults, {
      claims: { sub: "olga", email: "olga@acme.example", email_verified: true, groups: [OPERATORS] },
    });
    const args = ["login", "--issuer", this.people.issuer, "--client-id", CLIENT, "--exchange", this.exchange];
    const login = await serve({
      name: "ambit login",
      command: process.execPath,
      args: [...AMBIT, ...args, "--ca", this.gateway.path("people.pem")],
      cwd: ROOT,
      env: this.environment,
      ready: (said) => VISITED.test(said),
      startSeconds: START_SECONDS,
    });
    const asked = VISITED.exec(login.said())?.[1] ?? "";
    const back = new URL(asked).searchParams.get("redirect_uri");
    await fetch(`${back}${this.people.loggedIn(asked)}`, { headers: { connection: "close" } });
    await until(
      () => !login.running(),
      START_SECONDS,
      () => `ambit login has not ended: ${login.said()}`,
    );
    if (!login.said().includes("logged in as olga@acme.example")) throw new Error(login.said());
  }

  /** `ambit revoke agent clerk`, as the operator types it */
  public revokes(reason: string): Promise<Finished> {
    const exchange = ["--exchange", this.exchange, "--ca", this.gateway.path("bundle.pem")];
    const proof = ["--spiffe-id", this.gateway.idOf("exchange")];
    const args = ["revoke", "agent", "clerk", "--reason", reason, ...exchange, ...proof, "--function", FUNCTION];
    return run(process.execPath, [...AMBIT, ...args, "--json"], { cwd: ROOT, env: this.environment });
  }

  /** Of a person of this group */
  public idToken(group: string): string {
    const claims = { sub: "lena", email: "lena@acme.example", email_verified: true, groups: [group] };
    return this.people.idToken(CLIENT, claims);
  }

  private get exchange(): string {
    const { host, port } = this.gateway.exchange.at;
    return `https://${host}:${port}`;
  }

  private get environment(): Readonly<Record<string, string>> {
    return {
      XDG_STATE_HOME: this.gateway.path("operator"),
      PATH: `${this.gateway.path("bin")}:${process.env.PATH ?? ""}`,
    };
  }

  /** The command line of AWS, of which Lambda is here: it runs the function as it is bundled. */
  private writeCommands(): void {
    const { gateway, kill } = this;
    writeFileSync(gateway.path("people.pem"), this.people.authority.bundle);
    writeFileSync(gateway.path("bundle.pem"), gateway.as("clerk").bundle);
    const lambda = kill.environment({
      issuer: gateway.issuer,
      address: this.exchange,
      ca: gateway.as("clerk").bundle,
      spiffeId: gateway.idOf("exchange"),
    });
    mkdirSync(gateway.path("bin"));
    const program = gateway.path("bin", "aws");
    writeFileSync(
      program,
      `#!${process.execPath}
Object.assign(process.env, ${JSON.stringify(lambda)});
// The function's log is no answer.
const answered = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);
const args = process.argv.slice(2);
const event = JSON.parse(args[args.indexOf("--payload") + 1]);
require(${JSON.stringify(join(kill.folder, "app", "main.js"))})
  .handler(event)
  .then((answer) => require("node:fs").writeFileSync(args.at(-1), JSON.stringify(answer)))
  .then(() => answered('{"StatusCode":200}'));
`,
    );
    chmodSync(program, 0o755);
  }

  /** Its own code answers some paths without an end, behind the companion that ships. */
  private async pod(suite: Suite, agent: "clerk" | "payer", ways: readonly string[]): Promise<void> {
    const { gateway } = this;
    const companion = gateway.path(agent === "clerk" ? "companion" : `companion-${agent}`);
    if (agent !== "clerk") {
      copyFileSync(realpathSync(process.execPath), companion);
      await gateway.spire.register(realpathSync(companion), pathOf(agent));
    }
    const port = await freePort();
    const code = createServer((incoming, answer) => {
      if (!/^\/(streams|looks)\//.test(incoming.url ?? "")) return void answer.end("{}");
      answer.writeHead(200, { "content-type": "text/event-stream" });
      const timer = setInterval(() => answer.write("data: on\n\n"), PART_MILLISECONDS);
      answer.once("close", () => clearInterval(timer));
    });
    await new Promise<void>((done) => code.listen(port, "127.0.0.1", done));
    suite.afterwards(() => {
      code.closeAllConnections();
      code.close();
    });
    const address = podAddress();
    const named = Object.fromEntries(ways.map((way) => [way, undefined]));
    const ports = { agent: port, own: await freePort() };
    await servingCompanion(suite, gateway, { address, companion, ways: named }, ports);
    gateway.names.addresses.set(`ambit-${agent}.office.svc.cluster.local`, [address]);
  }
}

/** As the foundation makes it */
async function keyOfStarter(endpoint: string): Promise<KMSClient> {
  const client = new KMSClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const { KeyMetadata } = await client.send(
    new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }),
  );
  const AliasName = platform.keyAlias(starterKeyUse(STARTER, "1"));
  await client.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyMetadata?.KeyId }));
  return client;
}

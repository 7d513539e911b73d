import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import { succeed } from "../../e2e/harness/process";
import { serve, type Server } from "../../e2e/harness/server";
import { ACCESS_TOKEN, TOKEN_EXCHANGE } from "../../support/exchange/served-exchange";
import { tlsFetch } from "../../support/exchange/tls-fetch";
import { CALLERS } from "./callers";
import type { Java } from "./java";
import type { Distribution } from "../../e2e/oversight/keycloak-distribution";
import type { ClientTls, Requests } from "./load";
import type { Processors } from "./processors";
import { AGENT, LOGIN, PASSWORD, REALM, realm, TOOL } from "./realm";
import { checkToken } from "./sample";

const BUILD_SECONDS = 300;
const START_SECONDS = 300;
const BUILD = ["--db=dev-mem", "--cache=local", "--https-client-auth=request"];
const FORM = { "content-type": "application/x-www-form-urlencoded" };
/** Of the development authority's certificates */
const SUBJECT = "CN=development";

export interface KeycloakProps {
  readonly distribution: Distribution;
  readonly java: Java;
  /** For a copy of its own, as it builds itself for its Java and its database */
  readonly folder: string;
  /** Paths of PEM of the server, and the trust bundle for its clients */
  readonly identity: { readonly certificate: string; readonly key: string; readonly bundle: string };
  /** Who asks */
  readonly client: ClientTls;
  readonly on: Processors;
}

/** Keycloak in production mode on loopback, as `kc.sh build` and `kc.sh start --optimized` have it, state in memory */
export class Keycloak {
  private constructor(
    private readonly server: Server,
    private readonly pid: number,
    private readonly endpoint: string,
    private readonly client: ClientTls,
  ) {}

  public static async start({ distribution, java, folder, identity, client, on }: KeycloakProps): Promise<Keycloak> {
    const users = Array.from({ length: CALLERS }, (_, caller) => userOf(caller));
    cpSync(distribution.folder, folder, { recursive: true });
    mkdirSync(join(folder, "data", "import"), { recursive: true });
    writeFileSync(join(folder, "data", "import", `${REALM}.json`), JSON.stringify(realm(users, SUBJECT)));
    const program = join(folder, "bin", "kc.sh");
    const env = { JAVA_HOME: java.home, JAVA: undefined, JAVA_OPTS: undefined, JAVA_OPTS_APPEND: undefined };
    await succeed(program, ["build", ...BUILD], { env, timeoutSeconds: BUILD_SECONDS });
    const port = await freePort();
    const address = `https://127.0.0.1:${port}/realms/${REALM}`;
    const options = {
      "http-host": "127.0.0.1",
      "https-port": port,
      "https-certificate-file": identity.certificate,
      "https-certificate-key-file": identity.key,
      "truststore-paths": identity.bundle,
      "hostname-strict": "false",
      "log-level": "warn",
    };
    const all = [
      "start",
      "--optimized",
      "--import-realm",
      ...Object.entries(options).map((option) => argument(option)),
    ];
    const [command, args] = on.server(program, all);
    const ask = fetchOf(client);
    const server = await serve({
      name: `Keycloak on Java ${java.version}`,
      command,
      args,
      env,
      ready: async () => (await ask(`${address}/.well-known/openid-configuration`)).ok,
      startSeconds: START_SECONDS,
    });
    return new Keycloak(server, javaBelow(server.pid), `${address}/protocol/openid-connect/token`, client);
  }

  public stop(): Promise<void> {
    return this.server.stop();
  }

  /** Users log in once; each of their tokens is exchanged as often as one likes. */
  public async requests(): Promise<Requests> {
    const bodies = await Promise.all(Array.from({ length: CALLERS }, (_, caller) => this.body(userOf(caller))));
    checkToken(await this.tokenFor(bodies[0] as string, {}), "Keycloak");
    return { url: this.endpoint, headers: FORM, bodies, pid: this.pid, tls: this.client };
  }

  private async body(user: string): Promise<string> {
    const login = new URLSearchParams({ grant_type: "password", username: user, password: PASSWORD });
    const secret = Buffer.from(`${LOGIN.id}:${LOGIN.secret}`).toString("base64");
    const form = new URLSearchParams({
      client_id: AGENT,
      grant_type: TOKEN_EXCHANGE,
      audience: TOOL,
      subject_token: await this.tokenFor(`${login}`, { authorization: `Basic ${secret}` }),
      subject_token_type: ACCESS_TOKEN,
    });
    return `${form}`;
  }

  private async tokenFor(body: string, headers: Readonly<Record<string, string>>): Promise<string> {
    const ask = fetchOf(this.client);
    const answer = await ask(this.endpoint, { method: "POST", headers: { ...FORM, ...headers }, body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Keycloak refused: ${text}`);
    return (JSON.parse(text) as { readonly access_token: string }).access_token;
  }
}

function fetchOf({ authorities, certificate, key }: ClientTls): typeof fetch {
  const [ca, cert, own] = [authorities, certificate, key].map((path) => readFileSync(path, "utf8"));
  return tlsFetch({ ca: ca as string, cert: cert as string, key: own as string });
}

function userOf(caller: number): string {
  return `user-${caller}`;
}

function argument([name, value]: readonly [string, unknown]): string {
  return `--${name}=${value}`;
}

/** kc.sh waits for Java, which is its child. */
function javaBelow(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  const [java] = children;
  if (java === undefined || children.length > 1) throw new Error(`kc.sh must have one child, got ${children.length}`);
  return Number(java);
}

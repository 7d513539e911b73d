import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keycloakDistribution } from "./keycloak-distribution";
import { tlsFetch } from "../../support/exchange/tls-fetch";
import { answers } from "../harness/process";
import { serve, type Server } from "../harness/server";
import { Skipped, type Suite } from "../harness/suite";
import { REALM, realm, type RealmProps } from "./keycloak-realm";

const START_SECONDS = 240;
/** It lives for a minute or two: the second compiler costs more than it gives. */
const JAVA = "-XX:TieredStopAtLevel=1";

export interface KeycloakProps {
  readonly port: number;
  /** Paths of PEM of the server */
  readonly certificate: string;
  readonly key: string;
  /** PEM of the authority that vouches for it, and for what it pushes to */
  readonly ca: string;
  /** Through which it reaches what it pushes to */
  readonly proxy: string;
  readonly realm: RealmProps;
}

/** Who may do everything */
export const ADMIN = { name: "root", password: "keep it secret" } as const;

/** Keycloak as Maven Central has it, with a realm of people, over TLS on loopback */
export class Keycloak {
  private constructor(
    /** Claim `iss` */
    public readonly issuer: string,
    private readonly server: Server,
  ) {}

  public static async start(suite: Suite, props: KeycloakProps): Promise<Keycloak> {
    const { port, certificate, key, ca, proxy, realm: realmProps } = props;
    if ((await answers("java", ["-version"])) === undefined) throw new Skipped("no java on the PATH to run Keycloak");
    const { folder: distribution } = await keycloakDistribution();
    const folder = mkdtempSync(join(tmpdir(), "ambit-keycloak-"));
    suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
    cpSync(distribution, folder, { recursive: true });
    mkdirSync(join(folder, "data", "import"), { recursive: true });
    writeFileSync(join(folder, "data", "import", `${REALM}.json`), JSON.stringify(realm(realmProps)));
    const authority = join(folder, "data", "authority.pem");
    writeFileSync(authority, ca);
    const issuer = issuerAt(port);
    const ask = tlsFetch({ ca });
    const server = await serve({
      name: "Keycloak",
      command: join(folder, "bin", "kc.sh"),
      args: [
        "start-dev",
        "--features=ssf",
        // It would refuse what is asked for within a minute (429).
        "--spi-ssf-transmitter--default--min-verification-interval-seconds=0",
        // It would push what happens within half a minute.
        "--spi-ssf-transmitter--default--outbox-drainer-interval=500ms",
        `--truststore-paths=${authority}`,
        "--import-realm",
        "--http-host=127.0.0.1",
        "--http-enabled=false",
        `--https-port=${port}`,
        `--https-certificate-file=${certificate}`,
        `--https-certificate-key-file=${key}`,
        `--hostname=https://127.0.0.1:${port}`,
        "--cache=local",
        "--log-level=warn",
      ],
      env: {
        JAVA_OPTS_APPEND: JAVA,
        KC_BOOTSTRAP_ADMIN_USERNAME: ADMIN.name,
        KC_BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
        https_proxy: proxy,
      },
      ready: async () => (await ask(`${issuer}/.well-known/openid-configuration`)).ok,
      startSeconds: START_SECONDS,
    });
    suite.afterwards(() => server.kill());
    return new Keycloak(issuer, server);
  }

  /** What it has logged */
  public said(): string {
    return this.server.said();
  }

  public isRunning(): boolean {
    return this.server.running();
  }
}

/** Claim `iss` of its tokens */
export function issuerAt(port: number): string {
  return `https://127.0.0.1:${port}/realms/${REALM}`;
}

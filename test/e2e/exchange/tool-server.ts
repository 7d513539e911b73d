import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificate } from "../../support/certificate";
import { tlsFetch } from "../../support/exchange/tls-fetch";
import { serve, type Server } from "../harness/server";

const ADDRESS = /Running on (https:\/\/127\.0\.0\.1:\d+)/;
export const CLIENT = "ambit";
export const CLIENT_SECRET = "s3cr:et";

/** A tool whose authorization server is Authlib's, as a process of its own */
export class ToolServer {
  private constructor(
    public readonly origin: string,
    /** PEM file of trusted authorities */
    public readonly ca: string,
    private readonly folder: string,
    private readonly fetch: typeof globalThis.fetch,
    private readonly process: Server,
  ) {}

  public static async start(python: string): Promise<ToolServer> {
    const folder = mkdtempSync(join(tmpdir(), "ambit-tool-"));
    const { cert, key } = certificate({ commonName: "tool", ipAddress: [127, 0, 0, 1] });
    const written = (name: string, text: string): string => (
      writeFileSync(join(folder, name), text),
      join(folder, name)
    );
    const asked = {
      cert: written("cert.pem", cert),
      key: written("key.pem", key),
      trust: join(folder, "trust.json"),
      client_id: CLIENT,
      secret: CLIENT_SECRET,
      users: ["alice", "bob"],
    };
    const script = [join(__dirname, "authlib_server.py"), JSON.stringify(asked)];
    const server = await serve({
      name: "the tool",
      command: python,
      args: script,
      ready: (said) => ADDRESS.test(said),
    });
    const origin = ADDRESS.exec(server.said())?.[1] as string;
    return new ToolServer(origin, asked.cert, folder, tlsFetch({ ca: cert }), server);
  }

  public get tokenEndpoint(): string {
    return `${this.origin}/token`;
  }

  /** As an administrator names the exchange there */
  public trust(issuer: string, ca: string): void {
    writeFileSync(join(this.folder, "trust.json"), JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks`, ca }));
  }

  /** Who the tool believes to be called by; undefined where it refuses the call */
  public async whoami(headers: Readonly<Record<string, string>>): Promise<Record<string, unknown> | undefined> {
    const answer = await this.fetch(`${this.origin}/whoami`, { headers });
    return answer.status === 200 ? ((await answer.json()) as Record<string, unknown>) : undefined;
  }

  /** How many tokens it has issued */
  public async issued(): Promise<number> {
    return (await this.fetch(`${this.origin}/count`)).json() as Promise<number>;
  }

  public async stop(): Promise<void> {
    await this.process.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

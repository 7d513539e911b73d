import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { hash } from "node:crypto";
import { freePort } from "../../../cli/dev/free-port";
import { succeed } from "../harness/process";
import { type Server, serve } from "../harness/server";
import { Skipped } from "../harness/suite";

const NAME = "witness.example/litewitness";
const VKEY = /vkey=(\S+)/;
/** What its own tool writes, which cannot be built: a module that it needs is not served. */
const ADD_LOG = `
import sqlite3, sys
path, origin, root, vkey = sys.argv[1:]
with sqlite3.connect(path) as db:
    db.execute("INSERT INTO log VALUES (?, 0, ?)", (origin, root))
    db.execute("INSERT INTO key VALUES (?, ?)", (origin, vkey))
`;
const EMPTY_ROOT = hash("sha256", "", "base64");

/** litewitness of torchwood, with a key in an agent of its own */
export class Litewitness {
  public readonly name = NAME;

  private constructor(
    private readonly folder: string,
    private readonly agent: Server,
    private server: Server,
    private readonly again: () => Promise<Server>,
    public readonly url: string,
    public readonly vkey: string,
  ) {}

  public static async start(program: string): Promise<Litewitness> {
    if (!onPath("ssh-agent") || !onPath("ssh-keygen"))
      throw new Skipped("no ssh-agent or no ssh-keygen on the PATH to hold litewitness's key");
    // The path of a socket is short.
    const folder = mkdtempSync(join(tmpdir(), "ambit-witness-"));
    const [key, socket] = [join(folder, "key"), join(folder, "agent")];
    await succeed("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    const added = async (): Promise<boolean> => {
      await succeed("ssh-add", ["-q", key], { env: { SSH_AUTH_SOCK: socket } });
      return true;
    };
    const agent = await serve({ name: "ssh-agent", command: "ssh-agent", args: ["-D", "-a", socket], ready: added });
    const { stdout } = await succeed("ssh-keygen", ["-l", "-E", "sha256", "-f", `${key}.pub`]);
    const fingerprint = stdout.split(" ")[1] as string;
    const listen = `127.0.0.1:${await freePort()}`;
    const args = [
      "-name",
      NAME,
      "-db",
      join(folder, "db"),
      "-ssh-agent",
      socket,
      "-listen",
      listen,
      "-key",
      fingerprint,
    ];
    const url = `http://${listen}`;
    const again = (): Promise<Server> =>
      serve({ name: "litewitness", command: program, args, ready: async () => (await fetch(url)).ok });
    const server = await again();
    return new Litewitness(folder, agent, server, again, url, VKEY.exec(server.said())?.[1] as string);
  }

  public async addLog(origin: string, vkey: string): Promise<void> {
    await succeed("python3", ["-c", ADD_LOG, join(this.folder, "db"), origin, EMPTY_ROOT, vkey]);
  }

  public said(): string {
    return this.server.said();
  }

  public async kill(): Promise<void> {
    await this.server.kill();
  }

  /** With what it has kept */
  public async startAgain(): Promise<void> {
    this.server = await this.again();
  }

  public async stop(): Promise<void> {
    await this.server.kill();
    await this.agent.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Neither of them says its version. */
function onPath(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}

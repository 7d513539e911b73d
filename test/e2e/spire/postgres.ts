import { chmodSync, chownSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import { answers, succeed } from "../harness/process";
import { serve, type Server } from "../harness/server";
import { Skipped } from "../harness/suite";

/** It starts as no root. */
const USER = 65534;

export interface Postgres {
  readonly process: Server;
  readonly port: number;
  /** File with the CA of its certificate, which is for `localhost` */
  readonly ca: string;
}

/** A PostgreSQL that lets one user in who comes with TLS, for a database of its own. */
export async function startPostgres(folder: string, user: string, database: string): Promise<Postgres> {
  const bin = (await answers("pg_config", ["--bindir"]))?.stdout.trim() ?? "";
  if (!existsSync(join(bin, "initdb"))) throw new Skipped("no PostgreSQL server is installed");
  if ((await answers("openssl", ["version"])) === undefined) throw new Skipped("openssl is not installed");
  if (process.getuid?.() !== 0) throw new Skipped("it takes root to run programs as other users");
  if ((await answers("setpriv", ["--version"])) === undefined) throw new Skipped("setpriv is not installed");
  const as = (command: string, ...args: readonly string[]): readonly string[] => [
    ...["--reuid", String(USER), "--regid", String(USER), "--clear-groups"],
    ...[join(bin, command), ...args],
  ];
  mkdirSync(folder, { recursive: true });
  const data = join(folder, "data");
  mkdirSync(data);
  chmodSync(folder, 0o755);
  chownSync(data, USER, USER);
  await succeed("setpriv", as("initdb", "-D", data, "-U", user, "-A", "trust", "-N"), { cwd: data });
  const ca = join(folder, "ca.pem");
  const key = join(data, "server.key");
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  await succeed("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...names, "-keyout", key, "-out", ca],
  ]);
  chownSync(key, USER, USER);
  chmodSync(key, 0o600);
  const port = await freePort();
  const settings = ["listen_addresses=127.0.0.1", `unix_socket_directories=${data}`, "ssl=on", `ssl_cert_file=${ca}`];
  const server = await serve({
    name: "postgres",
    command: "setpriv",
    args: as("postgres", "-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])),
    cwd: data,
    ready: (said) => said.includes("ready to accept connections"),
  });
  try {
    await succeed(join(bin, "createdb"), ["-h", data, "-p", String(port), "-U", user, database]);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { process: server, port, ca };
}

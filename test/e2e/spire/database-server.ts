import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import { DATABASE } from "../../../constructs/spire/private/database-setup";
import { type Finished, run, succeed } from "../harness/process";
import { serve } from "../harness/server";
import type { Suite } from "../harness/suite";

/** Two users that are not root: the database's, and the one that the Job's containers run as */
export const USERS = { postgres: 65534, job: 65532 };

export interface Folder {
  readonly path: string;
  readonly bin: string;
}

export interface Database extends Folder {
  readonly port: number;
}

export const passwordFile = ({ path }: Folder): string => join(path, "run", "pgpass");

export function asUser(user: keyof typeof USERS, command: string, ...args: readonly string[]): readonly string[] {
  const id = String(USERS[user]);
  return ["--reuid", id, "--regid", id, "--clear-groups", command, ...args];
}

export function environment(made: Folder, changes: Readonly<Record<string, string>> = {}) {
  return {
    PATH: `${made.path}/bin:${process.env.PATH}`,
    SECRET_ARN: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:rds!cluster-0-AbCdEf",
    PGHOST: "localhost",
    PGPORT: "5432",
    PGUSER: DATABASE.master,
    PGPASSFILE: passwordFile(made),
    PGPASSWORD: undefined,
    HOME: join(made.path, "run"),
    ...changes,
  };
}

/** As RDS would have it, with a master who has this password */
export async function startDatabase(suite: Suite, made: Folder, masterPassword: string): Promise<Database> {
  const { path, bin } = made;
  const data = join(path, "data");
  mkdirSync(data);
  chownSync(data, USERS.postgres, USERS.postgres);
  await succeed("setpriv", asUser("postgres", join(bin, "initdb"), "-D", data, "-U", "rdsadmin", "-A", "trust", "-N"));
  await certify(path, data);
  // rds_iam stands for the tokens that RDS checks; all other users need a password, and all need TLS.
  const lines = [
    "local all rdsadmin trust",
    "hostssl all +rds_iam 127.0.0.1/32 trust",
    "hostssl all all 127.0.0.1/32 scram-sha-256",
  ];
  writeFileSync(join(data, "pg_hba.conf"), `${lines.join("\n")}\n`);
  const port = await freePort();
  const settings = ["listen_addresses=127.0.0.1", `unix_socket_directories=${data}`, "ssl=on"];
  const args = ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])];
  const server = await serve({
    name: "postgres",
    command: "setpriv",
    args: asUser("postgres", join(bin, "postgres"), ...args),
    ready: (said) => said.includes("ready to accept connections"),
  });
  suite.afterwards(() => server.stop());
  const database = { ...made, port };
  const quoted = masterPassword.replaceAll("'", "''");
  await allowed(
    psql(
      database,
      "rdsadmin",
      "postgres",
      `CREATE ROLE rds_iam; CREATE ROLE ${DATABASE.master} LOGIN CREATEDB CREATEROLE PASSWORD '${quoted}'`,
    ),
  );
  await allowed(psql(database, "rdsadmin", "postgres", `ALTER DATABASE postgres OWNER TO ${DATABASE.master}`));
  return database;
}

/** A certificate for localhost that is its own authority */
async function certify(path: string, data: string): Promise<void> {
  const [key, certificate] = [join(data, "server.key"), join(data, "server.crt")];
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"];
  const names = ["-addext", "subjectAltName=DNS:localhost"];
  await succeed("openssl", [...request, ...names, "-keyout", key, "-out", certificate]);
  chmodSync(key, 0o600);
  for (const file of [key, certificate]) chownSync(file, USERS.postgres, USERS.postgres);
  writeFileSync(join(path, "ca.pem"), readFileSync(certificate));
}

export function psql(
  made: Database,
  user: string,
  name: string,
  sql: string,
  changes: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const superuser = user === "rdsadmin";
  const env = environment(made, {
    PGHOST: superuser ? join(made.path, "data") : "localhost",
    PGPORT: String(made.port),
    PGUSER: user,
    PGDATABASE: name,
    ...(superuser ? {} : { PGHOSTADDR: "127.0.0.1", PGSSLMODE: "verify-full" }),
    PGSSLROOTCERT: join(made.path, "ca.pem"),
    ...changes,
  });
  return run("psql", ["--no-psqlrc", "--no-password", "-qAtc", sql], { env });
}

export async function allowed(answer: Promise<Finished>): Promise<void> {
  const { code, tail } = await answer;
  expectSame(code, 0, `a statement that must be allowed, which says:\n${tail}\n`);
}

export async function denied(answer: Promise<Finished>, why: string): Promise<void> {
  const { code, tail } = await answer;
  if (code === 0 || !tail.includes(why)) throw new Error(`expected "${why}", got code ${code}:\n${tail}`);
}

export function expectSame(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) {
    throw new Error(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
  }
}

import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DATABASE, passwordScript, setupScript, setupSql } from "../../../constructs/spire/private/database-setup";
import { answers, type Finished, run, succeed } from "../harness/process";
import { type Check, Skipped, type Suite } from "../harness/suite";
import {
  allowed,
  asUser,
  type Database,
  denied,
  environment,
  expectSame,
  type Folder,
  passwordFile,
  psql,
  startDatabase,
  USERS,
} from "./database-server";
import type { SpirePrograms } from "./programs";
import { startServer } from "./spire";

/** Every kind of character that shells, JSON or password files treat in a way of their own */
const PASSWORDS = [
  "plain",
  String.raw`a:b\c"d/e`,
  "'$x`y*?[]{}#~ !",
  "  spaces around  ",
  '"password":"another"',
  String.raw`\\::""\u0041`,
  "%s%d%%\\n",
  "-n",
  "$(touch owned)",
  "\\",
  Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join(""),
];

const REFUSED: readonly (readonly [secret: string, says: string])[] = [
  ['{"username":"spire_admin"}', "the secret has no password"],
  ['{"username":"spire_admin","password":""}', "the secret has no password"],
  ['{"password":1}', "the secret is not an object of strings"],
  ["no JSON", "the secret is not an object of strings"],
  [String.raw`{"password":"a\nb"}`, "the secret holds a character that is not printable ASCII"],
];

/** Made of everything that is awkward */
const MASTER_PASSWORD = PASSWORDS.slice(1, 4).join("") + PASSWORDS.slice(6, 9).join("");

/** The two scripts and the SQL of the setup Job, as they are, on a real shell, a real PostgreSQL and a real SPIRE. */
export function databaseChecks(suite: Suite, programs: Check<SpirePrograms>): void {
  const folder = suite.check(
    "database: PostgreSQL and what it needs are here",
    [],
    async (_, note): Promise<Folder> => {
      const found = await answers("pg_config", ["--bindir"]);
      const bin = found?.stdout.trim() ?? "";
      if (found === undefined || !existsSync(join(bin, "initdb")))
        throw new Skipped("no PostgreSQL server is installed");
      if ((await answers("openssl", ["version"])) === undefined) throw new Skipped("openssl is not installed");
      if (process.getuid?.() !== 0) throw new Skipped("it takes root to run programs as other users");
      if ((await answers("setpriv", ["--version"])) === undefined) throw new Skipped("setpriv is not installed");
      note((await succeed(join(bin, "postgres"), ["--version"])).stdout.trim());
      const path = mkdtempSync(join(tmpdir(), "ambit-database-"));
      suite.afterwards(() => rmSync(path, { recursive: true, force: true }));
      chmodSync(path, 0o755);
      writeScripts(path);
      return { path, bin };
    },
  );

  suite.check(
    "database: the master's password reaches the password file, with any characters",
    [folder],
    async ([made]) => {
      for (const password of PASSWORDS) {
        const plain = JSON.stringify({ username: DATABASE.master, password });
        for (const secret of [plain, spelledOut(password)]) {
          const { code, stdout, stderr } = await writePassword(made, secret);
          expectSame(`${code}${stdout}${stderr}`, "0", `what the script says of ${secret}`);
          const escaped = password.replace(/[\\:]/g, "\\$&");
          expectSame(
            readFileSync(passwordFile(made), "utf8"),
            `localhost:5432:*:${DATABASE.master}:${escaped}\n`,
            secret,
          );
        }
      }
      for (const [secret, says] of REFUSED) {
        rmSync(passwordFile(made), { force: true });
        const { code, stderr } = await writePassword(made, secret);
        expectSame(`${code} ${stderr}`, `1 ${says}\n`, secret);
        expectSame(existsSync(passwordFile(made)), false, `a password file of ${secret}`);
      }
    },
  );

  const database = suite.check("database: PostgreSQL starts as RDS would have it", [folder], (values) =>
    startDatabase(suite, values[0], MASTER_PASSWORD),
  );

  const done = suite.check(
    "database: the setup makes user and database, and a second time changes nothing",
    [folder, database],
    async ([, made]) => {
      await setUp(made);
      const before = await rightsIn(made);
      await setUp(made);
      expectSame(await rightsIn(made), before, "rights after the second time");
      expectSame(existsSync(passwordFile(made)), false, "the password file afterwards");
    },
  );

  suite.check("database: the servers' user may do what SPIRE does, and no more", [database, done], async ([made]) => {
    const server = (sql: string, name: string = DATABASE.name) => psql(made, DATABASE.user, name, sql);
    await allowed(
      server("CREATE TABLE entries (id int PRIMARY KEY); INSERT INTO entries VALUES (1); DROP TABLE entries"),
    );
    await denied(server("CREATE ROLE other"), "permission denied to create role");
    await denied(server("CREATE DATABASE other"), "permission denied to create database");
    await denied(server("CREATE SCHEMA other"), "permission denied for database");
    await denied(server("DROP DATABASE spire"), "must be owner of database");
    await denied(server("ALTER ROLE spire_server SUPERUSER"), "must be superuser");
    await denied(server("SELECT 1", "postgres"), "permission denied for database");
    await denied(server("SET ROLE spire_admin"), "permission denied to set role");
    const password = await psql(
      made,
      "rdsadmin",
      "postgres",
      "SELECT rolpassword FROM pg_authid WHERE rolname = 'spire_server'",
    );
    expectSame(password.stdout.trim(), "", "password of the servers' user");
  });

  suite.check("database: a SPIRE server makes its tables as that user", [programs, database, done], async (values) => {
    const [spire, made] = values;
    // Its socket lies there, so the path is short.
    const own = mkdtempSync(join(tmpdir(), "a-"));
    suite.afterwards(() => rmSync(own, { recursive: true, force: true }));
    const server = await startServer(spire, { config: serverConfig(made), folder: own });
    await server.process.stop();
    const owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'";
    expectSame(
      (await psql(made, "rdsadmin", DATABASE.name, owners)).stdout.trim(),
      DATABASE.user,
      "owner of the tables",
    );
  });

  suite.check(
    "database: all other logins fail, and the master keeps its password",
    [database, done],
    async ([made]) => {
      await allowed(psql(made, "rdsadmin", "postgres", "CREATE ROLE stranger LOGIN IN ROLE rds_iam"));
      await denied(psql(made, "stranger", DATABASE.name, "SELECT 1"), "permission denied for database");
      // A member of rds_iam, however far removed, is asked for a token instead.
      const member = `SELECT pg_has_role('${DATABASE.master}', 'rds_iam', 'MEMBER')`;
      expectSame((await psql(made, "rdsadmin", "postgres", member)).stdout.trim(), "f", "membership of the master");
      await denied(psql(made, DATABASE.master, "postgres", "SELECT 1"), "no password supplied");
      await denied(psql(made, DATABASE.user, DATABASE.name, "SELECT 1", { PGSSLMODE: "disable" }), "no encryption");
    },
  );

  suite.check("database: the setup refuses a server that does not prove its name", [database], async ([made]) => {
    const { code, stderr } = await trySetUp(made, { PGHOST: "elsewhere.example" });
    expectSame(code === 0, false, "the setup on another host");
    if (!stderr.includes("does not match host name")) throw new Error(`another reason: ${stderr}`);
    expectSame(existsSync(passwordFile(made)), false, "the password file afterwards");
  });
}

function writeScripts(path: string): void {
  const text = { "password.sh": passwordScript(), "setup.sh": setupScript(), "setup.sql": setupSql() };
  for (const [name, script] of Object.entries(text)) writeFileSync(join(path, name), script);
  // In the place of the AWS CLI, which a test has no account for.
  mkdirSync(join(path, "bin"));
  writeFileSync(join(path, "bin", "aws"), `#!/bin/sh\ncat "${path}/secret.json"\n`);
  chmodSync(join(path, "bin", "aws"), 0o755);
  mkdirSync(join(path, "run"));
  chownSync(join(path, "run"), USERS.job, USERS.job);
}

/** The same secret with every character of ASCII as an escape, and blanks between */
function spelledOut(password: string): string {
  const escaped = [...password].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `{ "password" : "${escaped.join("")}" , "username" : "x" }`;
}

function writePassword(
  made: Folder,
  secret: string,
  changes: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  writeFileSync(join(made.path, "secret.json"), `${secret}\n`);
  const env = environment(made, changes);
  return run("setpriv", asUser("job", "sh", join(made.path, "password.sh")), { env, cwd: made.path });
}

/** As the Job's two containers do it */
async function trySetUp(made: Database, changes: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const where = { PGPORT: String(made.port), ...changes };
  const secret = JSON.stringify({ username: DATABASE.master, password: MASTER_PASSWORD });
  const written = await writePassword(made, secret, where);
  if (written.code !== 0) throw new Error(written.tail);
  const env = environment(made, {
    ...where,
    // The name is checked against the certificate, and the address is that of this machine.
    PGHOSTADDR: "127.0.0.1",
    PGDATABASE: "postgres",
    PGSSLMODE: "verify-full",
    PGSSLROOTCERT: join(made.path, "ca.pem"),
  });
  const script = asUser("job", "sh", join(made.path, "setup.sh"), join(made.path, "setup.sql"));
  return run("setpriv", script, { env, cwd: made.path });
}

async function setUp(made: Database): Promise<void> {
  const { code, stdout, tail } = await trySetUp(made);
  expectSame(code, 0, `the setup, which says:\n${tail}\n`);
  expectSame(stdout, "", "output of the setup");
}

/** As the construct has it, but for the address, and the token that RDS would check */
function serverConfig(made: Database) {
  const connection = [
    `host=localhost port=${made.port} dbname=${DATABASE.name} user=${DATABASE.user}`,
    `sslmode=verify-full sslrootcert=${join(made.path, "ca.pem")}`,
  ];
  return {
    server: { trust_domain: "prod.acme.example" },
    plugins: {
      DataStore: [{ sql: { plugin_data: { database_type: "postgres", connection_string: connection.join(" ") } } }],
      KeyManager: [{ memory: { plugin_data: {} } }],
      NodeAttestor: [{ join_token: { plugin_data: {} } }],
    },
  };
}

/** Roles, memberships and access lists, as text */
async function rightsIn(made: Database): Promise<string> {
  const queries = [
    "SELECT * FROM pg_roles WHERE rolname LIKE 'spire%' ORDER BY 1",
    "SELECT roleid::regrole, member::regrole, admin_option FROM pg_auth_members ORDER BY 1, 2",
    "SELECT datname, datdba::regrole, datacl FROM pg_database ORDER BY 1",
    "SELECT nspname, nspacl FROM pg_namespace WHERE nspname = 'public'",
  ];
  const answered = await Promise.all(queries.map((query) => psql(made, "rdsadmin", DATABASE.name, query)));
  return answered.map(({ code, stdout, tail }) => (code === 0 ? stdout : `failed: ${tail}`)).join("\n");
}

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { type Config, type Configurations, configurations, type Named } from "./configurations";
import { type Program, unknownKeys } from "./known-keys";
import {
  type Certificate,
  changed,
  endpointAt,
  moved,
  MOVED,
  started,
  withCertificate,
  withPlugin,
} from "./moved-config";
import { startPostgres } from "./postgres";
import type { SpirePrograms } from "./programs";
import { type SpireServer, startAgent } from "./spire";
import { type ServerConfig, validateAgent, validateServer } from "./spire-config";

const AT_ONCE = 4;
const SETTLED_SECONDS = 15;

/** What the constructs render, given to the programs that will read it. */
export function configChecks(suite: Suite, programs: Check<SpirePrograms>, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const rendered = suite.check("configurations: every choice is rendered", [], (_, note) => {
    const made = configurations();
    const counts = Object.entries(made).map(([program, list]) => `${(list as Named[]).length} of ${program}`);
    note(counts.join(", "));
    return made;
  });
  suite.check("configurations: every key is one that SPIRE reads", [rendered], ([made]) => {
    const wrong = allOf(made).flatMap(({ program, name, config }) =>
      unknownKeys(program, config).map((key) => `${program}, ${name}: ${key}`),
    );
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
  });

  const embedded = suite.check(
    "configurations: the embedded server starts",
    [programs, rendered],
    async ([found, made], note) => {
      const { config } = pick(made, "embedded, own CA", "no endpoint");
      const server = await started(suite, found, moved(config, join(folder, "a")), join(folder, "a"));
      note(`${MOVED}`);
      return { server, certificate: await certificateOf(server, join(folder, "tls")) };
    },
  );
  const valid = suite.check(
    "configurations: validate takes each of them",
    [programs, rendered, embedded],
    async ([found, made, { certificate }], note) => {
      const wrong = await eachAtOnce(made.servers, async ({ name, config }) => {
        const { valid: good, message } = await validateServer(found, withCertificate(config, certificate));
        return good ? [] : [`${name}: ${message}`];
      });
      for (const { name, config } of made.agents) {
        const { valid: good, message } = await validateAgent(found, config);
        if (!good) wrong.push(`${name}: ${message}`);
      }
      if (wrong.length > 0) throw new Error(wrong.join("\n"));
      note(`${made.servers.length} of servers, ${made.agents.length} of agents`);
      note("the two files of https_web are others, as validate opens them");
    },
  );
  suite.check("configurations: what is broken is noticed", [programs, rendered, valid], async ([found, made], note) => {
    const { config } = pick(made, "postgres, kms with policy", "no endpoint");
    const misspelt = changed(config, "max_open_conns", "max_open_cons");
    if (!(await validateServer(found, misspelt)).valid) throw new Error("validate sees keys of plugins after all");
    const unseen = unknownKeys("server", misspelt);
    if (unseen.length === 0) throw new Error("a misspelt key of a plugin is not noticed");
    note(`validate does not see, and the list does: ${unseen.join(", ")}`);
    const { valid: taken, message } = await validateServer(found, changed(config, "ca_ttl", "ca_tll"));
    if (taken) throw new Error("validate takes a misspelt key of the server");
    note(`validate says: ${message}`);
    const [agent] = made.agents.map((named) => changed(named.config, "node_name_env", "node_name_evn"));
    const unlisted = unknownKeys("agent", agent ?? {});
    if (unlisted.length !== 1) throw new Error(`a misspelt key of the agent: ${unlisted.join(", ")}`);
  });

  for (const profile of ["https_spiffe", "https_web"] as const) {
    suite.check(
      `configurations: the bundle endpoint serves by ${profile}`,
      [programs, rendered, embedded],
      async ([found, made, { certificate }], note) => {
        const { config } = pick(made, "embedded, own CA", profile);
        const port = await freePort();
        const own = join(folder, profile === "https_web" ? "w" : "s");
        const local = endpointAt(moved(withCertificate(config, certificate), own), port);
        const server = await started(suite, found, local, own);
        await checkEndpoint(server, port, profile, certificate);
        note(
          `${MOVED}, server.federation.bundle_endpoint.{address,port}${profile === "https_web" ? ", its two files" : ""}`,
        );
        await server.process.stop();
      },
    );
  }

  suite.check("configurations: a server stands below another", [programs, rendered], async ([found, made], note) => {
    const folders = { root: join(folder, "r"), agent: join(folder, "g"), nested: join(folder, "n") };
    for (const path of Object.values(folders)) mkdirSync(path, { recursive: true });
    const { config } = pick(made, "embedded, own CA", "no endpoint");
    // An agent of another cluster is not here, so it comes by a token.
    const joined = { ...config, plugins: { ...config.plugins, NodeAttestor: [{ join_token: { plugin_data: {} } }] } };
    const root = await started(suite, found, moved(joined, folders.root), folders.root);
    const token = await root.commands.joinToken();
    const trustDomain = String(config.server.trust_domain);
    const agent = await startAgent(found, {
      folder: folders.agent,
      server: root,
      config: {
        agent: { trust_domain: trustDomain, join_token: token },
        plugins: {
          NodeAttestor: [{ join_token: { plugin_data: {} } }],
          KeyManager: [{ memory: { plugin_data: {} } }],
          WorkloadAttestor: [{ unix: { plugin_data: {} } }],
        },
      },
    });
    suite.afterwards(() => agent.process.stop());
    await root.commands.createEntry({
      spiffeId: `spiffe://${trustDomain}/nested`,
      parentId: `spiffe://${trustDomain}/spire/agent/join_token/${token}`,
      selectors: [`unix:uid:${process.getuid?.() ?? 0}`],
      downstream: true,
    });
    const below = pick(made, "embedded, upstream SPIRE", "no endpoint").config;
    const upstream = { server_address: "127.0.0.1", server_port: String(root.port), workload_api_socket: agent.socket };
    const nested = await started(
      suite,
      found,
      moved(withPlugin(below, "UpstreamAuthority", "spire", upstream), folders.nested),
      folders.nested,
    );
    const [above, beneath] = [await root.commands.bundlePem(), await nested.commands.bundlePem()];
    if (above !== beneath) throw new Error("the nested server has another bundle than its root");
    note(`${MOVED}, and of UpstreamAuthority spire all three keys`);
    for (const { process: running } of [nested, agent, root]) await running.stop();
  });

  suite.check("configurations: two servers share a PostgreSQL", [programs, rendered], async ([found, made], note) => {
    const { config } = pick(made, "postgres, kms, own CA, config map", "no endpoint");
    const [sql] = config.plugins.DataStore as readonly [{ sql: { plugin_data: { connection_string: string } } }];
    const { connection_string: url } = sql.sql.plugin_data;
    const [, name = "", user = ""] = /dbname=(\S+) user=(\S+)/.exec(url) ?? [];
    // Outside of our folder, which only its owner may enter.
    const data = mkdtempSync(join(tmpdir(), "ambit-postgres-"));
    suite.afterwards(() => rmSync(data, { recursive: true, force: true }));
    const postgres = await startPostgres(data, user, name);
    suite.afterwards(() => postgres.process.stop());
    const connection = url
      .replace(/host=\S+/, "host=localhost")
      .replace(/port=\S+/, `port=${postgres.port}`)
      .replace(/sslrootcert=\S+/, `sslrootcert=${postgres.ca}`);
    const servers: SpireServer[] = [];
    for (const own of [join(folder, "1"), join(folder, "2")]) {
      mkdirSync(own, { recursive: true });
      const stored = withPlugin(config, "DataStore", "sql", {
        database_type: "postgres",
        connection_string: connection,
      });
      const plugins = {
        ...stored.plugins,
        KeyManager: [{ disk: { plugin_data: { keys_path: join(own, "keys.json") } } }],
      };
      servers.push(await started(suite, found, { ...stored, plugins }, own));
    }
    const [first, second] = servers as [SpireServer, SpireServer];
    const trustDomain = String(config.server.trust_domain);
    const entry = await first.commands.createEntry({
      spiffeId: `spiffe://${trustDomain}/shared`,
      parentId: `spiffe://${trustDomain}/spire/server`,
      selectors: ["k8s_psat:cluster:prod"],
    });
    const seen = await second.commands.entries();
    if (!seen.some(({ id }) => id === entry.id))
      throw new Error("the second server does not see the entry of the first");
    // Each keeps what it read of the database for a moment.
    const haveAll = async (): Promise<boolean> => {
      const bundles = [await first.commands.bundlePem(), await second.commands.bundlePem()];
      return bundles[0] === bundles[1] && bundles[0]?.split("BEGIN CERTIFICATE").length === 3;
    };
    await until(haveAll, SETTLED_SECONDS, "the servers do not have the CAs of both");
    note("database_type is postgres, and keys are on the disk: RDS's tokens and KMS are not here");
    note("of the connection, host, port and sslrootcert are others");
    for (const { process: running } of [...servers, postgres]) await running.stop();
  });
}

function allOf(made: Configurations): readonly (Named & { readonly program: Program })[] {
  const of = (program: Program, list: readonly Named[]) => list.map((named) => ({ ...named, program }));
  return [
    ...of("server", made.servers),
    ...of("agent", made.agents),
    ...of("oidc", made.oidc),
    ...of("controllerManager", made.controllerManagers),
  ];
}

function pick({ servers }: Configurations, begin: string, part: string): Named<ServerConfig & Config> {
  const found = servers.find(({ name }) => name.startsWith(begin) && name.includes(`, ${part},`));
  if (found === undefined) throw new Error(`no server is rendered for ${begin}, ${part}`);
  return found;
}

/** A certificate for `localhost`, out of a SPIRE server for want of another authority */
async function certificateOf({ commands }: SpireServer, folder: string): Promise<Certificate> {
  mkdirSync(folder, { recursive: true });
  await commands.mintX509("spiffe://prod.acme.example/web", "localhost", folder);
  const file = (name: string): string => join(folder, name);
  return { certificate: file("svid.pem"), key: file("key.pem"), authority: file("bundle.pem") };
}

/** It serves the server's own bundle: with the certificate that was given to it, or with the server's SVID. */
async function checkEndpoint(server: SpireServer, port: number, profile: string, given: Certificate): Promise<void> {
  const own = profile === "https_web" ? readFileSync(given.authority, "utf8") : await server.commands.bundlePem();
  // An SVID has no name of a host in it.
  const named = profile === "https_web" ? {} : { checkServerIdentity: () => undefined };
  const { keys } = JSON.parse(await asked(port, { ca: own, ...named })) as { keys: readonly object[] };
  const wanted = ((await server.commands.bundle()) as { keys: readonly object[] }).keys;
  const text = (list: readonly object[]): string =>
    list
      .map((key) => JSON.stringify(key))
      .sort()
      .join("\n");
  if (text(keys) !== text(wanted)) throw new Error(`the endpoint serves another bundle:\n${text(keys)}`);
}

function asked(port: number, options: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", servername: "localhost", port, path: "/", ...options }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (more: string) => (text += more));
      response.once("end", () => resolve(text)).once("error", reject);
    });
    sent.once("error", reject).end();
  });
}

async function eachAtOnce<T>(items: readonly T[], act: (item: T) => Promise<readonly string[]>): Promise<string[]> {
  const results: string[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results.push(...(await act(items[at] as T)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

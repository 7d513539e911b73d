import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { freePort } from "../../../cli/dev/free-port";
import { isListening, serve } from "../../e2e/harness/server";
import type { Suite } from "../../e2e/harness/suite";
import type { Side } from "./load";
import type { Peer, PeerProps } from "./peer";
import { ALLOWED, MCP_PATH } from "./ten-tools";

const HOST = "127.0.0.1";
const POLICY = `permit(principal, action == Action::"call_tool", resource == Tool::"${ALLOWED}");`;
/** Folders that it would take from the user who runs the bench */
const FOLDERS = ["CACHE_HOME", "CONFIG_HOME", "DATA_HOME", "RUNTIME_DIR", "STATE_HOME"] as const;

/** A proxy to one server: verifies tokens and asks Cedar about each message */
export const startThv: Peer["start"] = async (suite, props) => {
  const folder = madeFolder(props, "thv");
  const authz = `${folder}/authz.json`;
  const cedar = { policies: [POLICY], entities_json: "[]" };
  writeFileSync(authz, JSON.stringify({ version: "1.0", type: "cedarv1", cedar }));
  const { issuer, keys, audience } = usersOf(props);
  const server = [urlOf(props), "--name", "ten", "--transport", "streamable-http", "--stateless"];
  const users = ["--oidc-issuer", issuer, "--oidc-jwks-url", keys, "--oidc-audience", audience];
  return startProgram(suite, props, {
    name: "thv",
    folder,
    args: (port) => [
      ...["run", ...server, "--foreground", "--host", HOST, "--proxy-port", `${port}`],
      ...[...users, "--jwks-allow-private-ip", "--authz-config", authz],
    ],
    env: { TOOLHIVE_DOCKER_SOCKET: await noContainers(suite, folder) },
  });
};

/** An MCP server of its own with the tools of others: verifies tokens, asks Cedar, and is itself their client */
export const startVmcp: Peer["start"] = (suite, props) => {
  const folder = madeFolder(props, "vmcp");
  const config = `${folder}/vmcp.yaml`;
  const { issuer, keys, audience } = usersOf(props);
  const written = {
    name: "ten",
    groupRef: "ten",
    backends: [{ name: "ten", url: urlOf(props), transport: "streamable-http" }],
    incomingAuth: {
      type: "oidc",
      oidc: { issuer, audience, jwksUrl: keys, jwksAllowPrivateIp: true },
      authz: { type: "cedar", policies: [POLICY] },
    },
    outgoingAuth: { source: "inline", default: { type: "unauthenticated" } },
    // Tools keep their names.
    aggregation: { conflictResolution: "priority", conflictResolutionConfig: { priorityOrder: ["ten"] } },
  };
  // JSON is YAML.
  writeFileSync(config, JSON.stringify(written));
  return startProgram(suite, props, {
    name: "vmcp",
    folder,
    args: (port) => ["serve", "--config", config, "--host", HOST, "--port", `${port}`],
  });
};

interface Started {
  readonly name: string;
  readonly folder: string;
  readonly args: (port: number) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Neither of the two can serve TLS. */
async function startProgram(
  suite: Suite,
  { program, world, server }: PeerProps,
  { name, folder, args, env }: Started,
): Promise<Omit<Side, "name">> {
  const port = await freePort();
  const authorities = `${folder}/authorities.pem`;
  writeFileSync(authorities, `${server.authority}${readFileSync(world.path("issuers.pem"), "utf8")}`);
  const started = await serve({
    name,
    command: program,
    args: args(port),
    env: {
      ...env,
      HOME: folder,
      ...Object.fromEntries(FOLDERS.map((name) => [`XDG_${name}`, `${folder}/${name}`])),
      SSL_CERT_FILE: authorities,
      // Its makers are told nothing of the bench.
      TOOLHIVE_SKIP_UPDATE_CHECK: "true",
      TOOLHIVE_USAGE_METRICS_ENABLED: "false",
    },
    ready: () => isListening(HOST, port),
  });
  suite.afterwards(() => started.kill());
  return {
    host: HOST,
    port,
    path: MCP_PATH,
    headers: async () => ({ authorization: `Bearer ${world.evidence("clerk", "work")}` }),
    pids: [started.pid],
  };
}

/** `thv` starts nothing without a container engine, though a server elsewhere needs no container: an engine that has none. */
async function noContainers(suite: Suite, folder: string): Promise<string> {
  const socket = `${folder}/docker.sock`;
  const engine = createServer((request, response) => {
    const isPing = request.url?.endsWith("/_ping") === true;
    response.writeHead(200, { "api-version": "1.50", "content-type": "application/json" }).end(isPing ? "OK" : "[]");
  });
  engine.listen(socket);
  await once(engine, "listening");
  suite.afterwards(() => {
    engine.closeAllConnections();
    engine.close();
  });
  return socket;
}

function madeFolder({ world }: PeerProps, name: string): string {
  const folder = world.path(name);
  mkdirSync(folder);
  return folder;
}

/** The issuer of users' tokens, the address of its keys, and the audience of its tokens */
function usersOf({ world: { issuers, issuer } }: PeerProps) {
  const { userIssuer } = issuers;
  return { issuer: userIssuer, keys: `${userIssuer}/keys`, audience: issuer };
}

function urlOf({ world, server }: PeerProps): string {
  return `https://${world.host}:${server.port}${MCP_PATH}`;
}

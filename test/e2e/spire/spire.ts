import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import { serve, type Server } from "../harness/server";
import type { SpirePrograms } from "./programs";
import { AgentCommands, ServerCommands } from "./spire-commands";
import { type AgentConfig, healthCheck, type ServerConfig, writeConfig } from "./spire-config";

export interface SpireServer {
  readonly process: Server;
  readonly port: number;
  readonly socket: string;
  readonly commands: ServerCommands;
}

export interface SpireServerOptions {
  /** Addresses, ports, the socket and `data_dir` become those of this machine; the rest is kept, but for telemetry. */
  readonly config: ServerConfig;
  /** Started again in the same folder, a server finds its data. The path is short, because its socket lies here. */
  readonly folder: string;
  /** @default a free one */
  readonly port?: number;
  /** @default - that of this process */
  readonly env?: Readonly<Record<string, string>>;
}

export async function startServer(programs: SpirePrograms, options: SpireServerOptions): Promise<SpireServer> {
  const { folder } = options;
  const { telemetry, ...rest } = options.config;
  const port = options.port ?? (await freePort());
  const socket = join(folder, "server.sock");
  const health = await healthCheck();
  const config = writeConfig(folder, "server.json", {
    ...rest,
    server: {
      ...rest.server,
      bind_address: "127.0.0.1",
      bind_port: port,
      socket_path: socket,
      data_dir: dataIn(folder),
    },
    health_checks: health.settings,
  });
  const process = await serve({
    name: "spire-server",
    command: programs.server,
    args: ["run", "-config", config],
    ready: health.ready,
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  return { process, port, socket, commands: new ServerCommands(programs.server, socket) };
}

export interface SpireAgent {
  readonly process: Server;
  readonly socket: string;
  readonly commands: AgentCommands;
}

export interface SpireAgentOptions {
  /** Addresses, the socket, `data_dir` and the trust bundle become those of this machine; the rest is kept, but for telemetry. */
  readonly config: AgentConfig;
  /** The path is short, because its socket lies here. */
  readonly folder: string;
  /** The server that it attests to */
  readonly server: Pick<SpireServer, "port" | "commands">;
  /**
   * Its bootstrap trust bundle, in the format that its configuration names.
   *
   * @default - the bundle that the server has now
   */
  readonly trustBundle?: string;
}

export async function startAgent(programs: SpirePrograms, options: SpireAgentOptions): Promise<SpireAgent> {
  const { folder, server, trustBundle } = options;
  const { telemetry, ...rest } = options.config;
  const { insecure_bootstrap, trust_bundle_url, trust_bundle_format, ...agent } = rest.agent;
  const data_dir = dataIn(folder);
  const socket = join(folder, "agent.sock");
  const bundle = join(folder, "bootstrap.bundle");
  writeFileSync(bundle, trustBundle ?? (await server.commands.bundlePem()));
  const health = await healthCheck();
  const config = writeConfig(folder, "agent.json", {
    ...rest,
    agent: {
      ...agent,
      server_address: "127.0.0.1",
      server_port: server.port,
      socket_path: socket,
      data_dir,
      trust_bundle_path: bundle,
      ...(trustBundle === undefined ? {} : { trust_bundle_format }),
    },
    health_checks: health.settings,
  });
  const process = await serve({
    name: "spire-agent",
    command: programs.agent,
    args: ["run", "-config", config],
    ready: health.ready,
    // It would try for most of a minute, and what the server refused it refuses again.
    hopeless: /Failed to retrieve attestation result|Agent crashed/,
  });
  return { process, socket, commands: new AgentCommands(programs.agent, socket) };
}

function dataIn(folder: string): string {
  const data = join(folder, "data");
  mkdirSync(data, { recursive: true });
  return data;
}

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import { run } from "../harness/process";
import type { SpirePrograms } from "./programs";

type Section = Readonly<Record<string, unknown>>;

export interface ServerConfig {
  readonly server: Section;
  readonly plugins: Section;
  readonly [section: string]: unknown;
}

export interface AgentConfig {
  readonly agent: Section;
  readonly plugins: Section;
  readonly [section: string]: unknown;
}

/** SPIRE's parser takes JSON as it is. */
export function writeConfig(folder: string, name: string, config: Section): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(config, null, 2), { mode: 0o600 });
  return path;
}

export interface Verdict {
  readonly valid: boolean;
  /** What the program says */
  readonly message: string;
}

/** Whether `spire-server validate` takes it. It sees neither unknown keys of plugins nor lifetimes that do not fit. */
export function validateServer(programs: SpirePrograms, config: ServerConfig): Promise<Verdict> {
  return validate(programs.server, config);
}

/** Whether `spire-agent validate` takes it. It does not see unknown plugins either. */
export function validateAgent(programs: SpirePrograms, config: AgentConfig): Promise<Verdict> {
  return validate(programs.agent, config);
}

async function validate(program: string, config: Section): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), "ambit-spire-"));
  try {
    const path = writeConfig(folder, "config.json", config);
    const { code, stdout, stderr } = await run(program, ["validate", "-config", path], { timeoutSeconds: 60 });
    return { valid: code === 0, message: `${stdout}${stderr}`.trim() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface HealthCheck {
  readonly settings: Section;
  readonly ready: () => Promise<boolean>;
}

/** A health listener on this machine */
export async function healthCheck(): Promise<HealthCheck> {
  const port = await freePort();
  return {
    settings: { listener_enabled: true, bind_address: "127.0.0.1", bind_port: String(port), ready_path: "/ready" },
    ready: async () => (await fetch(`http://127.0.0.1:${port}/ready`)).ok,
  };
}

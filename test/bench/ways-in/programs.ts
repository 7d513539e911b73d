import { join } from "node:path";
import { type Bundle, BUNDLES } from "../../../images/bundles";
import { bundledProgram, bundledPrograms, type Programs } from "../gateway/programs";

const processOf = (name: string): Bundle => ({ entry: `test/bench/ways-in/processes/${name}.ts`, beside: [] });

/** Those of the gateway, and what is in an agent's pod */
export interface WaysInPrograms extends Programs {
  readonly companion: string;
  readonly agent: string;
  readonly proxies: string;
}

export async function waysInPrograms(folder: string): Promise<WaysInPrograms> {
  return {
    ...(await bundledPrograms(folder)),
    companion: bundledProgram(join(folder, "companion"), BUNDLES.companion),
    agent: bundledProgram(join(folder, "agent"), processOf("agent")),
    proxies: bundledProgram(join(folder, "proxies"), processOf("plain-proxies")),
  };
}

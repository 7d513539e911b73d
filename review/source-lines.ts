import type { Estate } from "./read/resource";

export interface SourceLines {
  /** Where an agent is declared, or a tool or dataset that an address in the registry names; empty where nobody knows */
  of(agent: string, address: string): { readonly file?: string; readonly line?: number };
}

const REGISTERED = /^registry\/(tools|datasets)\.([^.]+)/;

/** From what synth wrote beside the stacks */
export function sourcesOf({ sources }: Estate): SourceLines {
  return {
    of: (agent, address) => {
      const [, kind = "agents", name = agent] = REGISTERED.exec(address) ?? [];
      const lines = own(sources, kind);
      const line = own(lines, name);
      const [file, at] = [own(line, "file"), own(line, "line")];
      return typeof file === "string" && typeof at === "number" ? { file, line: at } : {};
    },
  };
}

function own(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}

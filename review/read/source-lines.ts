import { isObject, type Json, member } from "./json";
import type { Estate } from "./resource";

export interface SourceLines {
  /** Where an agent is declared, or a tool or dataset that an address in the registry names; empty where it is not known */
  of(agent: string, address: string): { readonly file?: string; readonly line?: number };
}

const REGISTERED = /^registry\/(tools|datasets)\.([^.]+)/;

/** From what synth wrote beside the stacks */
export function sourcesOf({ sources }: Estate): SourceLines {
  return {
    of: (agent, address) => {
      const [, kind = "agents", name = agent] = REGISTERED.exec(address) ?? [];
      const lines = within(sources, kind);
      const line = within(lines, name);
      const [file, at] = [within(line, "file"), within(line, "line")];
      return typeof file === "string" && typeof at === "number" ? { file, line: at } : {};
    },
  };
}

function within(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) ? member(value, key) : undefined;
}

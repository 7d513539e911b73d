import { isObject, type Json, member } from "./json";
import type { Estate } from "./resource";

export interface SourceLines {
  /** Source line of an agent's declaration, or of a tool or dataset at a registry address; empty if unknown */
  of(agent: string, address: string): { readonly file?: string; readonly line?: number };
}

const REGISTERED = /^registry\/(tools|datasets)\.([^.]+)/;

/** From synth's file beside the stacks */
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

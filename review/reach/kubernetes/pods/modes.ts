import type { JsonObject } from "../../../read/json";
import { blocks, text } from "../objects/values";
import { projectedParts } from "./projected";

/** `rw-r--r--`, as Kubernetes writes files where no mode is given */
const DEFAULT = 0o644;
const BITS = Array.from({ length: 9 }, (_, bit) => 1 << bit);

/** What the modes of files in a volume withhold, and from whom */
export interface Modes {
  /** Permissions that no file of it gives */
  readonly withheld: readonly string[];
  /** Modes that cannot be read */
  readonly unread: string;
}

/** @param isTyped the provider takes octal digits, a manifest holds a number */
export function modesOf(source: JsonObject, isTyped: boolean): Modes {
  const written = writtenModes(source).map((mode) => ({ mode, bits: bitsOf(mode, isTyped) }));
  const unread = written.filter(({ bits }) => bits === undefined).map(({ mode }) => mode);
  const open = written.reduce((all, { bits = 0 }) => all | bits, 0);
  return {
    withheld: BITS.filter((bit) => (open & bit) === 0).map((bit) => bit.toString(8)),
    unread: [...new Set(unread)].sort().join(),
  };
}

/** Of each file that is listed, else of all */
function writtenModes(source: JsonObject): readonly string[] {
  const all = text(source, "defaultMode") ?? "";
  return [source, ...projectedParts(source)].flatMap((part) => {
    const items = blocks(part, "items").map((item) => text(item, "mode") ?? all);
    return items.length > 0 || "sources" in part ? items : [all];
  });
}

function bitsOf(written: string, isTyped: boolean): number | undefined {
  if (written === "") return DEFAULT;
  const isOctal = isTyped || written.startsWith("0");
  if (!(isOctal ? /^[0-7]{1,5}$/ : /^\d{1,5}$/).test(written)) return undefined;
  return Number.parseInt(written, isOctal ? 8 : 10);
}

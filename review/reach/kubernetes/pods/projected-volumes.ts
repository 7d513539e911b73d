import type { JsonObject } from "../../../read/json";
import { blocks, canonical, without } from "../objects/values";

const KINDS = ["serviceAccountToken", "secret", "configMap", "downwardAPI"] as const;

/** What a volume is put together from, each part by itself */
export function projectedParts(source: JsonObject): readonly JsonObject[] {
  return blocks(source, "sources").flatMap((part) => KINDS.flatMap((kind) => blocks(part, kind)));
}

/** What is in it, without modes and lifetimes */
export function projectedText(source: JsonObject): string {
  const parts = blocks(source, "sources").map((part) =>
    KINDS.map((kind) =>
      blocks(part, kind).map((one) => canonical(without(one, ["items", "expirationSeconds", "optional"]))),
    ),
  );
  return JSON.stringify(parts.map((part) => JSON.stringify(part)).sort());
}

import { scryptSync } from "node:crypto";
import type { Json } from "../../../domain";
import { byKey } from "../../../domain/by-text";
import { sortedKeys } from "../../../domain/json";
import { isSecretText } from "../secret-values";
import { isObject } from "../value";
import { SECRET_ATTRIBUTES } from "./secret-attributes";

/** 16 MiB and about 50 ms for a guess, where a plain digest lets a graphics card guess billions a second (OWASP Password Storage Cheat Sheet) */
const COST = { N: 2 ** 14, r: 8, p: 1 } as const;
const BYTES = 32;

/**
 * A text for a digest of what may hold secrets. Hashes of findings are printed, in reviews too: a secret that is easily guessed must not
 * be found by comparing them. So secrets are taken out, and stand in the text as one value that takes long to compute, of all of them
 * together and of the text around them.
 */
export function concealed(value: Json): string {
  const secrets: string[] = [];
  const open = JSON.stringify(opened(value, "", false, secrets), sortedKeys);
  if (secrets.length === 0) return open;
  return JSON.stringify([open, scryptSync(JSON.stringify(secrets), open, BYTES, COST).toString("hex")]);
}

function opened(value: Json, name: string, isSecret: boolean, secrets: string[]): Json {
  if (Array.isArray(value)) {
    // A type and a body, as the essence of a block has them
    const isStore = value.some((each) => typeof each === "string" && (STORES.test(each) || each in SECRET_ATTRIBUTES));
    return (value as readonly Json[]).map((each) => opened(each, name, isSecret || isStore, secrets));
  }
  if (isObject(value)) {
    const isStore = isSecret || value["kind"] === "Secret";
    const named = typeof value["name"] === "string" ? value["name"] : undefined;
    const entries = Object.entries(value)
      .sort(byKey)
      .flatMap(([key, each]) => {
        if (each === undefined) return [];
        // Such as a variable of a container
        const name = key === "value" ? (named ?? key) : key;
        return [[key, opened(each, name, isStore || ALWAYS.has(key), secrets)] as const];
      });
    return Object.fromEntries(entries);
  }
  if (value === null || typeof value === "boolean") return value;
  if (!isSecret && !isSecretText(name, String(value))) return value;
  return `secret ${secrets.push(String(value))}`;
}

/** Resources whose attributes are secrets by any name */
const STORES = /^(?:aws_secretsmanager_secret_version|aws_ssm_parameter|kubernetes_secret(?:_v\d)?(?:_data)?)$/;

/** Values that are secret by any name, and texts that may be encoded */
const ALWAYS = new Set(["secret_string", "secret_binary", "set_sensitive", "user_data", "user_data_base64"]);

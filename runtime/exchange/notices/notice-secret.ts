import type { RegistryNotify } from "../../../domain";
import { strictJsonObject } from "../../jose/json";
import { NoticeFailure } from "./notice-failure";

/** Where notices go, and what signs them */
export interface NoticePlace {
  readonly url: URL;
  /** The current key and, during rotation, others; empty if the address alone is the secret */
  readonly keys: readonly Buffer[];
}

/** Standard Webhooks, "Signature scheme" */
const KEY = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
const KEY_BYTES = { least: 24, most: 64 } as const;
const MOST_KEYS = 4;
const LONGEST_URL = 2_048;

/**
 * The secret, which is a JSON object of `url` and `secrets`
 *
 * @throws NoticeFailure `notice.secret`
 */
export function placeIn(text: string, { host, format }: Pick<RegistryNotify, "format" | "host">): NoticePlace {
  const { url, secrets = [], ...others } = strictJsonObject(Buffer.from(text)) ?? refuse("must be a JSON object");
  if (Object.keys(others).length > 0) refuse("must have url and secrets, and nothing else");
  if (!Array.isArray(secrets) || secrets.length > MOST_KEYS) {
    refuse(`must have secrets, a list of at most ${MOST_KEYS}`);
  }
  if (format === "standard" && secrets.length === 0)
    refuse('must have secrets: notices in format "standard" are signed');
  return { url: addressOf(url, host), keys: secrets.map(keyOf) };
}

function addressOf(value: unknown, host: string): URL {
  const isText = typeof value === "string" && value.length <= LONGEST_URL && URL.canParse(value);
  const url = isText ? new URL(value) : refuse("must have url, an https address");
  if (url.protocol !== "https:") refuse("must have an address that begins with https://");
  if (url.hostname !== host || url.port !== "") refuse(`must have an address of ${host}, without a port`);
  if (`${url.username}${url.password}${url.hash}` !== "") refuse("must have an address without user and fragment");
  return url;
}

function keyOf(value: unknown): Buffer {
  const [, encoded = ""] = KEY.exec(typeof value === "string" ? value : "") ?? [];
  const key = Buffer.from(encoded, "base64");
  const isKey = key.length >= KEY_BYTES.least && key.length <= KEY_BYTES.most && key.toString("base64") === encoded;
  return isKey
    ? key
    : refuse(`must have secrets of whsec_ and ${KEY_BYTES.least} to ${KEY_BYTES.most} bytes in base64 each`);
}

function refuse(what: string): never {
  throw new NoticeFailure("notice.secret", `the secret ${what}`);
}

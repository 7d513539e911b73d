import type { CheckedInput } from "../../../domain";
import { request } from "./request";

export type Node = Record<string, unknown>;

export const plain = (changes: Parameters<typeof request>[0] = {}): Node =>
  JSON.parse(JSON.stringify(request(changes)));

export function problem(checked: CheckedInput): readonly [code: string, what: string] | "accepted" {
  return checked.ok ? "accepted" : [checked.problem.code, checked.problem.what];
}

export const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

export const JSON_BYTES = Buffer.from(bytes(plain()));

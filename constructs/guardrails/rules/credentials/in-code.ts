import type { Json } from "../../../../domain";
import type { BlockMode } from "../../block";
import type { BlockRule } from "../../rule";
import { mayHoldSecret, secretShapesIn } from "../../secrets";
import { secretIn } from "../../secret-values";
import { type BlockBody } from "../../value";

/** Wherever it stands: in an annotation, the header of a probe, a local, the default of a variable. What a finding tells holds no secret. */
export const inCode: BlockRule = {
  id: "AMBIT-CREDENTIALS-IN-CODE",
  severity: "critical",
  what: "no value in the code may be a credential by its form",
  why: "everyone who reads the code, its history, the plan or the state has it, and it works until someone revokes it",
  fix: "revoke it now, and let the workload read a new one by its role, or ask for a short-lived token by its SVID",
  standards: ["owasp-nhi/NHI2", "owasp-nhi/NHI7", "owasp-asi/ASI03", "owasp-mcp/MCP01", "sp800-53/IA-5"],
  looksAt: [/^/],
  *check({ mode, type, name, body }, stack) {
    for (const [key, value] of namedIn(mode, name, body)) {
      const kind = secretIn(key, value, stack);
      if (kind !== undefined)
        yield { what: mode === "locals" ? key : "default", at: mode === "locals" ? key : "default", evidence: kind };
    }
    if (mode === "locals" || mode === "variable") return;
    for (const { at, text } of textsIn(body, "")) {
      if (isJudgedElsewhere(mode === "resource" ? type : mode, at)) continue;
      for (const shape of secretShapesIn(text))
        yield { what: `${shape}::${at.replace(/\[\d+\]/g, "")}`, at, evidence: shape };
    }
  },
};

/** A variable with its default, and each local */
function namedIn(mode: BlockMode, name: string, body: BlockBody): readonly (readonly [string, Json | undefined])[] {
  if (mode === "locals") return Object.entries(body);
  return mode === "variable" ? [[name, body["default"]]] : [];
}

/** Places of which another rule about secrets tells, by type */
const ELSEWHERE: readonly (readonly [type: RegExp, at: RegExp])[] = [
  [
    /^aws_/,
    /^(?:user_data(?:_base64)?|container_definitions|secret_string|value|insecure_value|access_token|oauth_token|basic_auth_credentials)$|environment|variables|_properties/,
  ],
  [
    /^kubernetes_/,
    /^(?:manifest\.)?(?:data|string_?data|binary_?data)\b|\.env\[\d+\]\.value$|\.containers?\[\d+\]\.(?:command|args)\[\d+\]$/i,
  ],
  [/^helm_release$/, /^(?:values|set|set_list|set_sensitive|repository_password)\b/],
  [/^output$/, /^value$/],
];

function isJudgedElsewhere(type: string, at: string): boolean {
  return ELSEWHERE.some(([types, places]) => types.test(type) && places.test(at));
}

interface Text {
  readonly at: string;
  readonly text: string;
}

const NONE: readonly Text[] = [];

/** Texts that may be secrets. A stack has hundreds of thousands of others: no list is made for them. */
function textsIn(value: Json, at: string): readonly Text[] {
  if (typeof value === "string") return mayHoldSecret(value) ? [{ at, text: value }] : NONE;
  if (typeof value !== "object" || value === null) return NONE;
  let found: Text[] | undefined;
  const isList = Array.isArray(value);
  for (const key of Object.keys(value)) {
    const held = (value as { readonly [key: string]: Json })[key] as Json;
    if (typeof held === "string" ? !mayHoldSecret(held) : typeof held !== "object") continue;
    const texts = textsIn(held, isList ? `${at}[${key}]` : at === "" ? key : `${at}.${key}`);
    if (texts.length > 0) (found ??= []).push(...texts);
  }
  return found ?? NONE;
}

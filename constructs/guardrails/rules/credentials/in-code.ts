import type { Json } from "../../../../domain";
import type { Block, BlockMode } from "../../block";
import { SECRET_ATTRIBUTES } from "../../private/secret-attributes";
import type { BlockRule, Violation } from "../../rule";
import { mayHoldSecret, secretShapesIn } from "../../secrets";
import { isSecretText } from "../../secret-values";
import { type BlockBody, isReference } from "../../value";
import { PROVIDER_KEYS } from "./provider-key";

/** Wherever it stands: in an annotation, the header of a probe, a local, the default of a variable. What a finding tells holds no secret. */
export const inCode: BlockRule = {
  id: "AMBIT-CREDENTIALS-IN-CODE",
  severity: "critical",
  what: "no value in the code may be a credential by its form",
  why: "everyone who reads the code, its history, the plan or the state has it, and it works until someone revokes it",
  fix: "revoke it now, and let the workload read a new one by its role, or ask for a short-lived token by its SVID",
  standards: ["owasp-nhi/NHI2", "owasp-nhi/NHI7", "owasp-asi/ASI03", "owasp-mcp/MCP01", "sp800-53/IA-5"],
  looksAt: [/^/],
  check(block) {
    // Most blocks hold none, and one search of all their texts is faster. No part of a secret's shape is escaped in JSON.
    const texts = mayHoldSecret(JSON.stringify(block.body)) ? textsIn(block.body, "") : [];
    return texts.length === 0 && !NAMED.has(block.mode) ? [] : found(block, texts);
  },
};

/** Modes whose names say what a value is */
const NAMED: ReadonlySet<BlockMode> = new Set(["locals", "variable"]);

function* found({ mode, type, name, body }: Block, texts: readonly Text[]): Generator<Violation> {
  const told = new Set<string>();
  for (const [at, named, value] of namedIn(mode, name, body)) {
    if (typeof value !== "string" || isReference(value) || !isSecretText(named, value)) continue;
    told.add(at);
    yield { what: at, at, evidence: secretShapesIn(value)[0] ?? "text in a secret's place" };
  }
  for (const { at, text } of texts) {
    if (told.has(at) || isJudgedElsewhere(mode === "resource" ? type : mode, at)) continue;
    for (const shape of secretShapesIn(text))
      yield { what: `${shape}::${at.replace(/\[\d+\]/g, "")}`, at, evidence: shape };
  }
}

/** The default of a variable, and each local, with the name that says what it is */
function namedIn(
  mode: BlockMode,
  name: string,
  body: BlockBody,
): readonly (readonly [at: string, named: string, value: Json | undefined])[] {
  if (mode === "locals") return Object.entries(body).map(([key, value]) => [key, key, value]);
  return mode === "variable" ? [["default", name, body["default"]]] : [];
}

/** Places of which another rule about secrets tells, by type */
const ELSEWHERE: readonly (readonly [type: RegExp, at: RegExp])[] = [
  [
    /^aws_/,
    /^(?:user_data(?:_base64)?|container_definitions|(?:container|ecs|eks|node)_properties)$|(?:^|\.)(?:\w+_)?(?:environment|environment_variables?|variables|setting|default_arguments|non_overridable_arguments)(?:[.[]|$)|(?:^|\.)(?:command|entry_?point|args)\[\d+\]$/i,
  ],
  [
    /^kubernetes_/,
    /^(?:manifest\.)?(?:data|string_?data|binary_?data)\b|\.(?:\w*_)?containers?(?:\[\d+\])?\.(?:(?:command|args)\b|env(?:\[\d+\])?\.value$)|\.initContainers\[\d+\]\.(?:(?:command|args)\b|env\[\d+\]\.value$)/i,
  ],
  [/^helm_release$/, /^(?:values|set|set_list|set_sensitive|repository_password)\b/],
  [/^output$/, /^value$/],
  [/^(?:provider|backend)$/, new RegExp(`^(?:${PROVIDER_KEYS.join("|")})$`)],
];

function isJudgedElsewhere(type: string, at: string): boolean {
  const path = at.replace(/\[\d+\]/g, "");
  return (
    SECRET_ATTRIBUTES[type]?.includes(path) === true ||
    ELSEWHERE.some(([types, places]) => types.test(type) && places.test(at))
  );
}

interface Text {
  readonly at: string;
  readonly text: string;
}

/** Texts that may be secrets */
function textsIn(value: Json, at: string): readonly Text[] {
  if (typeof value === "string") return mayHoldSecret(value) ? [{ at, text: value }] : [];
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value))
    return (value as readonly Json[]).flatMap((each, index) => textsIn(each, `${at}[${index}]`));
  const held = value as { readonly [key: string]: Json };
  return Object.keys(held).flatMap((key) => textsIn(held[key] as Json, at === "" ? key : `${at}.${key}`));
}

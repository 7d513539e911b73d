import type { Unknown } from "../../change";
import { countText } from "../../report/text-parts";
import type { TerminalOptions } from "../../report/review-text";
import type {
  AllowedPair,
  AwsAccess,
  KubernetesAccess,
  PathAccess,
  PrincipalAccess,
  RoleEntry,
} from "../principal-access";
import { declaredLines } from "./declared-lines";
import { keysText, Lines } from "./lines";
import { summaryOf } from "../summary";
import { requestText } from "../../reach/aws/words";
import { groupBy } from "../../group-by";
import { danger, isWildcard } from "../danger";

/** The access of one principal, for an engineer on call: unknowns first, then the most dangerous pairs */
export function accessText(access: PrincipalAccess, elsewhere: readonly Unknown[], options: TerminalOptions): string {
  const lines = new Lines(options);
  head(lines, access);
  if (access.unknown.length > 0) {
    lines.title(`unknown: it may allow anything · ${access.unknown.length}`);
    lines.unknowns(access.unknown);
  }
  awsLines(lines, access.aws);
  if (access.declared !== undefined) declaredLines(lines, access.declared);
  kubernetesLines(lines, access.kubernetes);
  unknownElsewhere(lines, elsewhere);
  return lines.text;
}

/** Unknowns of the folder that belong to no single principal */
export function unknownElsewhere(lines: Lines, unknown: readonly Unknown[]): void {
  if (unknown.length === 0) return;
  lines.title(`not read, and may concern any principal · ${unknown.length}`);
  lines.unknowns(unknown);
}

function head(lines: Lines, access: PrincipalAccess): void {
  const { id, isAgent, source, declared } = access;
  const { aws, tools, datasets, highest, rights, unknown } = summaryOf(access);
  const kind = !isAgent
    ? ""
    : declared === undefined
      ? " · agent without a declaration"
      : ` · agent, ${declared.state}`;
  const risk = declared === undefined ? "" : ` · risk ${declared.risk.score} (${declared.risk.tier})`;
  lines.title(`${id}${kind}${risk}`);
  const wild = aws.wildcards === 0 ? "" : `, ${countText(aws.wildcards, "wildcard", "wildcards")}`;
  const data = highest === null ? "" : `, up to ${highest}`;
  lines.add(
    [
      `${countText(aws.pairs, "action and resource", "actions and resources")} in AWS${wild}`,
      ...(declared === undefined
        ? []
        : [countText(tools, "tool", "tools"), `${countText(datasets, "dataset", "datasets")}${data}`]),
      `${countText(rights, "right", "rights")} in the cluster`,
      `${unknown} unknown`,
    ].join(" · "),
    1,
    unknown > 0 ? lines.paint.yellow : undefined,
  );
  if (declared !== undefined) {
    const { owner, purpose, expires, credentials, spiffeId, longestCredentialSeconds } = declared;
    lines.add(`${owner} answers for it: ${purpose}`, 1);
    lines.add(
      `until ${expires} · ${spiffeId} · ${credentials} credentials of ${longestCredentialSeconds} s at most`,
      1,
    );
  }
  if (source?.file !== undefined) lines.dim(`at ${source.file}:${source.line ?? 1}`, 1);
}

/** Up to this level an action is dangerous by itself: everything, rights over rights, a whole service. */
const GRAVE = 2;

function awsLines(lines: Lines, { paths, roles }: AwsAccess): void {
  for (const path of paths) pathLines(lines, path);
  for (const role of roles) roleLines(lines, role);
}

/** Pairs of the same statements are one entry, in the order of the first. */
function pathLines(lines: Lines, { name, isAssumed, pairs }: PathAccess): void {
  if (pairs.length === 0) {
    lines.title(`AWS by ${name} · nothing`);
    return;
  }
  lines.title(`AWS by ${name} · ${pairs.length}`);
  for (const group of groupBy(pairs, ({ by }) => JSON.stringify(by)).values()) {
    for (const pair of group) pairLine(lines, pair, isAssumed);
    const [first] = group as readonly [AllowedPair];
    lines.statements(first.by, 3);
    lines.dim(`for example: ${requestText(first.witness)}`, 3);
  }
}

/** `!` dangerous, `?` unknown: readable without colours */
function pairLine(lines: Lines, pair: AllowedPair, isAssumed: boolean): void {
  const text = `${pair.action} on ${pair.resource}`;
  if (!pair.certain || isAssumed) {
    const why = pair.certain ? "" : `: it depends on ${pair.unknown.join(" and ")}`;
    return lines.add(`? ${text}${why}`, 1, lines.paint.yellow);
  }
  const isGrave = danger(pair) <= GRAVE || isWildcard(pair);
  lines.add(`${isGrave ? "!" : " "} ${text}`, 1, isGrave ? lines.paint.red : undefined);
}

function roleLines(lines: Lines, { address, key, maxSession, trusted }: RoleEntry): void {
  lines.title(`who may become ${key} · ${trusted.length}`);
  lines.add(`a session lasts ${maxSession} s at most`, 1);
  if (key !== address) lines.dim(`at ${address}`, 1);
  for (const { who, action, witness, certain, source } of trusted) {
    const where = keysText(witness.keys);
    const text = `${who} by ${action}${where === "" ? "" : ` where ${where}`}`;
    if (certain) lines.add(`  ${text}`, 1);
    else lines.add(`? ${text}`, 1, lines.paint.yellow);
    lines.dim(source.address, 3);
  }
}

const TITLES: readonly (readonly [keyof KubernetesAccess, string])[] = [
  ["rights", "rights in the cluster"],
  ["identities", "who it is in the cluster, and what it runs"],
  ["egress", "where its pods may connect to"],
  ["ingress", "who may connect to its pods"],
  ["pods", "what its pods may do, and protections that they lack"],
];

function kubernetesLines(lines: Lines, access: KubernetesAccess): void {
  for (const [part, title] of TITLES) {
    const all = access[part];
    if (all.length === 0) continue;
    lines.title(`${title} · ${all.length}`);
    for (const [address, changes] of groupBy(all, ({ source }) => source.address)) {
      for (const { what } of changes) lines.add(`  ${what}`, 1);
      lines.dim(`at ${address}`, 3);
    }
  }
}

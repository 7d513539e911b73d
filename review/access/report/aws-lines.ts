import { requestText } from "../../difference/aws/request-text";
import { grouped } from "../../grouped";
import type { AllowedPair, AwsAccess, PathAccess, RoleEntry } from "../access";
import { danger, isWildcard } from "../danger";
import { keysText, type Lines } from "./lines";

/** From there on, an action is dangerous by itself: everything, rights over rights, a whole service. */
const GRAVE = 2;

export function awsLines(lines: Lines, { paths, roles }: AwsAccess): void {
  for (const path of paths) pathLines(lines, path);
  for (const role of roles) roleLines(lines, role);
}

/** What the same statements allow is told together, in the order of the first. */
function pathLines(lines: Lines, { name, isAssumed, pairs }: PathAccess): void {
  if (pairs.length === 0) {
    lines.title(`AWS by ${name} · nothing`);
    return;
  }
  lines.title(`AWS by ${name} · ${pairs.length}`);
  for (const group of grouped(pairs, ({ by }) => JSON.stringify(by)).values()) {
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
  const isGrave = danger(pair.action) <= GRAVE || isWildcard(pair);
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

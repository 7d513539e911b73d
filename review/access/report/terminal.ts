import type { Unknown } from "../../change";
import { counted } from "../../report/shown";
import type { TerminalOptions } from "../../report/terminal";
import type { PrincipalAccess } from "../access";
import { awsLines } from "./aws-lines";
import { declaredLines } from "./declared-lines";
import { kubernetesLines } from "./kubernetes-lines";
import { Lines } from "./lines";
import { summaryOf } from "../summary";

/** Everything that one principal can reach, for somebody on call: what is unknown first, then the most dangerous */
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

/** What could not be read of the folder and belongs to nobody alone */
export function unknownElsewhere(lines: Lines, unknown: readonly Unknown[]): void {
  if (unknown.length === 0) return;
  lines.title(`not read, and may concern anybody · ${unknown.length}`);
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
  const wild = aws.wildcards === 0 ? "" : `, ${counted(aws.wildcards, "wildcard", "wildcards")}`;
  const data = highest === null ? "" : `, up to ${highest}`;
  lines.add(
    [
      `${counted(aws.pairs, "action and resource", "actions and resources")} in AWS${wild}`,
      ...(declared === undefined
        ? []
        : [counted(tools, "tool", "tools"), `${counted(datasets, "dataset", "datasets")}${data}`]),
      `${counted(rights, "right", "rights")} in the cluster`,
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

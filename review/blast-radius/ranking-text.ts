import { duration } from "../report/duration";
import { brief } from "../report/shown";
import type { Ranked } from "./ranking";

const COLUMNS = [
  "agent",
  "harm",
  "identities",
  "datasets",
  "up to",
  "actions",
  "grave",
  "aws",
  "kubernetes",
  "lasts",
  "unknown",
] as const;

/** Rows of a table, its head first */
export function rankingRows(ranked: readonly Ranked[]): readonly (readonly string[])[] {
  return [COLUMNS, ...ranked.map(rowOf)];
}

function rowOf(one: Ranked): readonly string[] {
  return [
    `${brief(one.agent)}${one.state === "active" ? "" : ` (${one.state})`}`,
    String(one.harm),
    String(one.identities),
    String(one.datasets),
    one.sensitivity ?? "-",
    String(one.actions),
    String(one.graveActions),
    String(one.aws),
    String(one.kubernetes),
    one.lastsSeconds === null ? "no end" : duration(one.lastsSeconds),
    String(one.unknown),
  ];
}

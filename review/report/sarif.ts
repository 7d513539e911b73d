import { createHash } from "node:crypto";
import { printable } from "../../domain/printable";
import type { ChangeSource } from "../change";
import type { Review } from "../review";
import { type Finding, findingsOf } from "./importance";
import { jsonFile } from "./json";
import { levelOf, ruleId, ruleIndex, RULES } from "./sarif-rules";
import { brief } from "./shown";

/** GitHub takes no more results of a run. */
const MOST_RESULTS = 25_000;
const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

export interface SarifOptions {
  /** Of Ambit */
  readonly version?: string;
}

/** SARIF 2.1.0 for code scanning: what was gained, may have been, or is not declared; never what was lost */
export function sarifReport(review: Review, { version }: SarifOptions = {}): string {
  const findings = findingsOf(review).filter(({ direction }) => direction !== "loss");
  return jsonFile({
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "ambit review", ...(version === undefined ? {} : { version }), rules: RULES } },
        invocations: [{ executionSuccessful: true, toolExecutionNotifications: cut(findings.length) }],
        columnKind: "utf16CodeUnits",
        results: findings.slice(0, MOST_RESULTS).map(resultOf),
      },
    ],
  });
}

function cut(found: number): readonly object[] {
  if (found <= MOST_RESULTS) return [];
  const text = `Left out: ${found - MOST_RESULTS} of ${found} results, the least important.`;
  return [{ level: "warning", message: { text } }];
}

function resultOf(finding: Finding): object {
  return {
    ruleId: ruleId(finding),
    ruleIndex: ruleIndex(finding),
    level: levelOf(finding),
    message: { text: messageOf(finding) },
    locations: [locationOf(finding.source)],
    // The only one by which GitHub tells whether an alert is new.
    partialFingerprints: { primaryLocationLineHash: fingerprint(finding) },
  };
}

function messageOf({ direction, principal, kind, what, because }: Finding): string {
  const [who, did, why] = [principal?.id ?? "somebody", what, because].map(plainly) as [string, string, string];
  if (direction === "unknown") return `What ${who} gains cannot be decided: ${did}, because ${why}.`;
  if (direction === "undeclared") return `No declaration explains ${kind}: ${did}. For example: ${why}.`;
  return `${who} gains ${kind}: ${did}. For example: ${why}.`;
}

/** In a message of SARIF, `[text](target)` is a link. */
function plainly(text: string): string {
  return brief(text).replaceAll("](", "]\\u{28}");
}

/** Of what somebody gains, not of where it is written: a line that moves is no new alert. */
function fingerprint(finding: Finding): string {
  const access = [ruleId(finding), finding.direction, finding.principal?.id ?? null, finding.what];
  return createHash("sha256").update(JSON.stringify(access)).digest("hex");
}

function locationOf({ address, file, line }: ChangeSource): object {
  const isLine = line !== undefined && Number.isSafeInteger(line) && line > 0;
  return {
    physicalLocation: {
      artifactLocation: { uri: relativeUri(file ?? address) },
      ...(isLine ? { region: { startLine: line } } : {}),
    },
    logicalLocations: [{ fullyQualifiedName: printable(address), kind: "resource" }],
  };
}

/** Whatever is written there, a path below the root of the repository */
function relativeUri(path: string): string {
  const segments = path.replaceAll("\\", "/").split("/");
  const inner = segments.filter((segment) => segment !== "" && segment !== "." && segment !== "..");
  return inner.length === 0 ? "unknown" : inner.map((segment) => encodeURIComponent(printable(segment))).join("/");
}

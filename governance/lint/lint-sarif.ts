import { createHash } from "node:crypto";
import type { Finding } from "../../constructs/guardrails/finding";
import { findingText, malformedText, voidText } from "../../constructs/guardrails/refusal";
import type { Rule, Severity } from "../../constructs/guardrails/rule";
import { printable } from "../../domain/printable";
import type { LintReport } from "./lint";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/** GitHub orders alerts by this number (CVSS), and takes no more results of a run. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.5",
  low: "3.0",
};
const MOST_RESULTS = 25_000;

/** Where something is written */
export interface SourcePlace {
  /** Relative to the root of the repository */
  readonly file: string;
  /** Counts from 1 */
  readonly line: number;
}

export interface LintSarifOptions {
  /** Of Ambit */
  readonly version?: string | undefined;
  /** Where a block stands; for the stack `""` the registry */
  readonly placeOf: (stack: string, address: string) => SourcePlace;
}

/** SARIF 2.1.0 for code scanning; acknowledged findings are suppressed results */
export function lintSarif(report: LintReport, { version, placeOf }: LintSarifOptions): object {
  const rules = [
    ...new Set([...report.refused, ...report.acknowledged.map(({ finding }) => finding)].map(({ rule }) => rule)),
  ];
  const results = [
    ...report.refused.map((finding) => resultOf(finding, rules, placeOf)),
    ...report.acknowledged.map(({ finding, acknowledgement: { owner, expires, reason } }) => ({
      ...resultOf(finding, rules, placeOf),
      suppressions: [{ kind: "inSource", justification: plainly(`${reason} (${owner}, until ${expires})`) }],
    })),
  ];
  const driver = { name: "ambit lint", ...(version === undefined ? {} : { version }), rules: rules.map(ruleOf) };
  const without = [...report.void.map(voidText), ...report.malformed.map(malformedText)].map((each) => ({
    level: "error",
    message: { text: plainly(each.trim()) },
  }));
  const notRead = report.unread.map((each) => ({ level: "error", message: { text: plainly(`Not read: ${each}`) } }));
  const cut = results.length - MOST_RESULTS;
  const left =
    cut <= 0 ? [] : [{ level: "warning", message: { text: `Left out: ${cut} results, the least important.` } }];
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver },
        invocations: [
          { executionSuccessful: notRead.length === 0, toolExecutionNotifications: [...notRead, ...without, ...left] },
        ],
        columnKind: "utf16CodeUnits",
        results: results.slice(0, MOST_RESULTS),
      },
    ],
  };
}

function ruleOf({ id, severity, what, why, fix, standards }: Rule): object {
  return {
    id,
    shortDescription: { text: sentence(what) },
    fullDescription: { text: `${sentence(what)} Otherwise: ${sentence(why)}` },
    help: { text: `Fix: ${sentence(fix)}` },
    defaultConfiguration: { level: levelOf(severity) },
    properties: { "security-severity": SECURITY_SEVERITY[severity], tags: ["security", ...standards] },
  };
}

function resultOf(finding: Finding, rules: readonly Rule[], placeOf: LintSarifOptions["placeOf"]): object {
  const { rule, address, stack, path } = finding;
  const [, declared, at] = (stack === "" ? /^(.+):(\d+)$/.exec(path ?? "") : undefined) ?? [];
  const { file, line } = declared === undefined ? placeOf(stack, address) : { file: declared, line: Number(at) };
  return {
    ruleId: rule.id,
    ruleIndex: rules.indexOf(rule),
    level: levelOf(rule.severity),
    message: { text: plainly(findingText(finding).trim()) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: {
            uri: file
              .split("/")
              .map((each) => encodeURIComponent(printable(each)))
              .join("/"),
          },
          region: { startLine: line },
        },
        logicalLocations: [
          { fullyQualifiedName: printable(stack === "" ? address : `${stack}/${address}`), kind: "resource" },
        ],
      },
    ],
    partialFingerprints: { primaryLocationLineHash: fingerprint(finding) },
  };
}

/** Of what is found and where, not of the value: a changed value is the same alert. */
function fingerprint({ id, stack, address }: Finding): string {
  return createHash("sha256")
    .update(JSON.stringify([id, stack, address]))
    .digest("hex");
}

function levelOf(severity: Severity): "error" | "note" | "warning" {
  if (severity === "low") return "note";
  return severity === "medium" ? "warning" : "error";
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** In a message of SARIF, `[text](target)` is a link. */
function plainly(text: string): string {
  return text.split("\n").map(printable).join("\n").replaceAll("](", "]\\u{28}");
}

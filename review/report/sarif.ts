import { createHash } from "node:crypto";
import { printable } from "../../domain/printable";
import { type ChangeSource, CHANGE_KINDS } from "../change";
import type { Review } from "../review";
import { type Finding, sentenceBegun } from "./finding";
import { findingsOf } from "./findings";
import { jsonFile } from "./review-json";
import { brief } from "./text-parts";
import { isGrave } from "./importance";

/** GitHub accepts no more results in one run. */
const MOST_RESULTS = 25_000;
const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

export interface SarifOptions {
  /** Version of Ambit */
  readonly version?: string;
}

/** SARIF 2.1.0 for code scanning: gains, possible gains, unexplained access and refused requests; no losses */
export function sarifReport(review: Review, { version }: SarifOptions = {}): string {
  const findings = findingsOf(review).filter(({ direction }) => direction !== "loss");
  const locate = locationsIn(review);
  return jsonFile({
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "ambit review", ...(version === undefined ? {} : { version }), rules: RULES } },
        invocations: [{ executionSuccessful: true, toolExecutionNotifications: cut(findings.length) }],
        columnKind: "utf16CodeUnits",
        results: findings.slice(0, MOST_RESULTS).map((finding) => resultOf(finding, locate)),
      },
    ],
  });
}

function cut(found: number): readonly object[] {
  if (found <= MOST_RESULTS) return [];
  const text = `Left out: ${found - MOST_RESULTS} of ${found} results, the least important.`;
  return [{ level: "warning", message: { text } }];
}

type Locate = (source: ChangeSource) => object;

function resultOf(finding: Finding, locate: Locate): object {
  const { parts } = finding;
  return {
    ruleId: ruleId(finding),
    ruleIndex: ruleIndex(finding),
    level: levelOf(finding),
    message: { text: messageOf(finding) },
    locations: [locate(finding.source)],
    ...(parts === undefined ? {} : { relatedLocations: parts.map((part, id) => ({ id, ...relatedTo(part, locate) })) }),
    // The only fingerprint by which GitHub recognises a known alert.
    partialFingerprints: { primaryLocationLineHash: fingerprint(finding) },
  };
}

function relatedTo({ what, source }: NonNullable<Finding["parts"]>[number], locate: Locate): object {
  return { message: { text: plainly(what) }, ...locate(source) };
}

function messageOf(finding: Finding): string {
  const text = sentenceBegun(finding, plainly);
  if (finding.direction === "unknown") return `${text}.`;
  if (finding.direction === "ungranted") return `${text}. It will be refused.`;
  const why = plainly(finding.because);
  return finding.parts === undefined ? `${text}. For example: ${why}.` : `${text}. Together: ${why}.`;
}

/** In a SARIF message, `[text](target)` is a link. */
function plainly(text: string): string {
  return brief(text).replaceAll("](", "]\\u{28}");
}

/**
 * A finding is identified by what is gained, not by its line: a moved line is no new alert. A combination keeps its identity
 * when it stands; a finding without a principal is identified by its resource.
 */
function fingerprint(finding: Finding): string {
  const { direction, principal, kind, what, source } = finding;
  const whose =
    direction === "undeclared" || direction === "ungranted" ? [kind, source.address] : [principal?.id ?? null];
  const access = [ruleId(finding), direction === "standing" ? "gain" : direction, ...whose, what];
  return createHash("sha256").update(JSON.stringify(access)).digest("hex");
}

/** At the line of the declaration if known, otherwise in synth's file */
function locationsIn({ digests }: Review): Locate {
  const files = [...(digests?.files.keys() ?? [])];
  return ({ address, file, line }) => {
    const isLine = file !== undefined && line !== undefined && Number.isSafeInteger(line) && line > 0;
    return {
      physicalLocation: {
        artifactLocation: { uri: relativeUri(file ?? synthesizedFile(address, files)) },
        ...(isLine ? { region: { startLine: line } } : {}),
      },
      logicalLocations: [{ fullyQualifiedName: printable(address), kind: "resource" }],
    };
  };
}

/** A relative path within the repository, even for hostile text */
function relativeUri(path: string): string {
  const segments = path.replaceAll("\\", "/").split("/");
  const inner = segments.filter((segment) => segment !== "" && segment !== "." && segment !== "..");
  return inner.length === 0 ? "unknown" : inner.map((segment) => encodeURIComponent(printable(segment))).join("/");
}

/** Synth's file of the registry */
const REGISTRY = "ambit/registry.json";

/**
 * The file of an address in head: that of its stack, or of the registry.
 *
 * An address starts with the name of its stack, or with `registry`. If the files are unknown, synth's layout is assumed.
 */
export function synthesizedFile(address: string, files: Iterable<string> = []): string {
  const [stack = ""] = address.split("/", 1);
  if (stack === "registry") return REGISTRY;
  const usual = `stacks/${stack}/cdk.tf.json`;
  const all = new Set(files);
  if (all.has(usual)) return usual;
  const inFolder = [...all].filter((file) => file.endsWith(".tf.json") && folderOf(file) === stack).sort();
  return inFolder[0] ?? usual;
}

/** Stack name of a file in the top folder, as in addresses */
function folderOf(file: string): string {
  return file.split("/").slice(0, -1).pop() ?? "root";
}

type Rule = Finding["kind"] | "undeclared" | "ungranted";

/** Findings of each rule. A name never changes its meaning: it identifies alerts. */
const TEXT: Readonly<Record<Rule, string>> = {
  action: "An agent can do more in AWS or in the cluster than before",
  trust: "More principals can become an agent, or act as it, than before",
  boundary: "A boundary around an agent is gone or wider than before",
  ttl: "Credentials or decisions last longer than before",
  delegation: "An agent can hand more to other agents than before",
  destination: "An agent can reach more destinations than before",
  sensitivity: "An agent can read or hold more sensitive data than before",
  tool: "An agent can call more of its tools than before",
  approval: "An agent can do without approval, or with a weaker one, what needed it before",
  enforcement: "What was enforced before is only observed",
  network: "A workload can send or receive more traffic than before",
  identity: "More workloads can have an agent's identity than before",
  unknown: "It could not be decided whether access is gained: it counts as gained",
  combination: "An agent can do what is harmless by itself and harmful together",
  undeclared: "No declaration explains this access",
  ungranted: "This is declared, but not granted: it will be refused",
};

const NAMES: readonly Rule[] = [...CHANGE_KINDS, "unknown", "combination", "undeclared", "ungranted"];

type Level = "error" | "warning" | "note";

type Sorted = Pick<Finding, "kind" | "direction">;

/** A standing combination is information, and blocks no pull request. */
function levelOf(finding: Sorted): Level {
  if (finding.direction === "standing") return "note";
  return defaultLevel(ruleOf(finding));
}

const ruleId = (finding: Sorted): string => idOf(ruleOf(finding));

const ruleIndex = (finding: Sorted): number => NAMES.indexOf(ruleOf(finding));

function ruleOf({ kind, direction }: Sorted): Rule {
  return direction === "undeclared" || direction === "ungranted" ? direction : kind;
}

function defaultLevel(rule: Rule): Level {
  return rule !== "undeclared" && rule !== "ungranted" && isGrave({ kind: rule }) ? "error" : "warning";
}

function idOf(rule: Rule): string {
  return `ambit/${rule}`;
}

/** All rules, including those without a finding */
const RULES = NAMES.map((rule) => ({
  id: idOf(rule),
  shortDescription: { text: TEXT[rule] },
  fullDescription: { text: `${TEXT[rule]}.` },
  help: { text: "Compare base and head with `ambit review`, and approve only what the change is meant to give." },
  defaultConfiguration: { level: defaultLevel(rule) },
  properties: { tags: ["security", "access"] },
}));

import { jsonText, printable } from "../../../domain/printable";
import { STANDARDS, type Standard, type StandardId } from "../../../domain/standards";
import type { Coverage, EntryCoverage, RuleFound, SafeguardFound, StandardCoverage } from "../coverage";
import { addresses, CLAIM, entryHead, extentText, headline, LEVEL_WORDS, levelCounts, loweredText } from "./words";
import { uuidOf } from "./uuid";

/** https://pages.nist.gov/OSCAL/reference/1.1.3/component-definition/ */
const OSCAL_VERSION = "1.1.3";
/** Of properties that OSCAL does not define itself */
const NAMESPACE = "urn:ambit:coverage";
/** Addresses that one requirement names; the JSON of the same command has all of them */
const MOST_ADDRESSES = 10;

/** Where a standard is published as an OSCAL catalog, by whose ids programs find its controls */
const CATALOGS: Readonly<Partial<Record<StandardId, string>>> = {
  "sp800-53":
    "https://raw.githubusercontent.com/usnistgov/oscal-content/main/nist.gov/SP800-53/rev5/json/NIST_SP-800-53_rev5_catalog.json",
};

/**
 * The platform as one component of OSCAL, with a requirement for each entry of each standard, those that are the customer's too.
 *
 * UUIDs follow from names and the date is the day of the coverage: the same output has the same bytes.
 */
export function oscalComponent(coverage: Coverage, version: string): string {
  const { trustDomain, day, standards } = coverage;
  const found = new Map(coverage.safeguards.map((safeguard) => [safeguard.id, safeguard]));
  const rules = new Map(coverage.rules.map((rule) => [rule.id, rule]));
  const component = {
    uuid: uuidOf(trustDomain),
    type: "software",
    title: text(`Ambit platform ${trustDomain}`),
    description: text(`${headline(coverage)}. ${CLAIM}`),
    "control-implementations": standards.map((standard) => implementation(standard, { trustDomain, found, rules })),
  };
  const metadata = {
    title: text(headline(coverage)),
    "last-modified": `${day}T00:00:00+00:00`,
    version,
    "oscal-version": OSCAL_VERSION,
  };
  // Another content is another document.
  const uuid = uuidOf(JSON.stringify([metadata, component]));
  return `${jsonText({ "component-definition": { uuid, metadata, components: [component] } }, 2)}\n`;
}

interface Known {
  readonly trustDomain: string;
  readonly found: ReadonlyMap<string, SafeguardFound>;
  readonly rules: ReadonlyMap<string, RuleFound>;
}

function implementation({ id, entries }: StandardCoverage, known: Known): object {
  const { title, version, source, verified, omits }: Standard = STANDARDS[id];
  const yours = omits === undefined ? "" : ` Yours too: ${omits}.`;
  return {
    uuid: uuidOf(known.trustDomain, id),
    source: CATALOGS[id] ?? source,
    description: text(`${title}, ${version} (${verified}): ${levelCounts(entries)}.${yours}`),
    "implemented-requirements": entries.map((entry) => requirement(id, entry, known)),
  };
}

function requirement(id: StandardId, entry: EntryCoverage, { trustDomain, found, rules }: Known): object {
  const { control, level, by, yours } = entry;
  const holding = by.flatMap((name) => found.get(name) ?? []);
  const evidence = [...new Set(holding.flatMap(addresses))];
  const lowered = entry.lowered.slice(0, MOST_ADDRESSES).map((each) => text(loweredText(each)));
  const reasons = [
    ...holding.map((safeguard) => `${safeguard.id} ${safeguard.name}: ${extentText(safeguard)}.`),
    ...(lowered.length === 0 ? [] : [`Not provided because of ${lowered.join("; ")}.`]),
    ...entry.rules.map((rule) => `${rule} found nothing refused${known(rules.get(rule))}.`),
  ];
  const more =
    evidence.length > MOST_ADDRESSES ? ` All ${evidence.length} addresses stand in the JSON of the same command.` : "";
  return {
    uuid: uuidOf(trustDomain, control),
    "control-id": tokenOf(id, control.slice(id.length + 1)),
    description: text(`${entryHead(entry)}. ${LEVEL_WORDS[level]}.`),
    props: [
      { name: "level", ns: NAMESPACE, value: level },
      ...[...by, ...entry.rules].map((value) => ({ name: "shown-by", ns: NAMESPACE, value })),
      ...entry.open.map((value) => ({ name: "open", ns: NAMESPACE, value })),
      ...lowered.map((value) => ({ name: "lowered-by", ns: NAMESPACE, value })),
      ...evidence.slice(0, MOST_ADDRESSES).map((value) => ({ name: "evidence", ns: NAMESPACE, value: text(value) })),
    ],
    remarks: text([...reasons, `Yours to do: ${yours.join("; ")}.${more}`].join(" ")),
  };
}

function known(rule: RuleFound | undefined): string {
  const findings = rule?.acknowledged ?? [];
  return findings.length === 0
    ? ""
    : `, ${findings.map(({ finding, owner, expires }) => `${finding} acknowledged by ${owner} until ${expires}`).join(", ")}`;
}

/** OSCAL's tokens begin with a letter, and hold letters, digits, points, hyphens and underlines. */
function tokenOf(id: StandardId, key: string): string {
  const token = key.toLowerCase().replaceAll(" ", "-");
  return id === "sp800-207" ? `tenet-${token}` : token;
}

/** OSCAL wants texts without space around them. */
function text(words: string): string {
  return printable(words).trim();
}

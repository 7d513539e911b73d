import { brief, type RegistryDataset } from "../../reach/declared/registry";
import { own, Sensitivity } from "../../../domain";
import { isReading } from "../../../domain/dataset";
import { reveals } from "../../../domain/registry/entries";
import { type Gap, replacementGap } from "./gap";
import { type Side, through, type Use } from "../../reach/declared/side";

/** Location of an agent's data, its row bounds, and its declared sensitivity */
export function datasetGaps(narrow: Side | undefined, wide: Side): readonly Gap[] {
  return [...(narrow === undefined ? [] : definitionGaps(narrow, wide)), ...levelGaps(narrow, wide)];
}

function definitionGaps(narrow: Side, wide: Side): readonly Gap[] {
  return [...wide.datasets].flatMap(([name, use]) => {
    const [is, was] = [own(wide.registry.datasets, name), own(narrow.registry.datasets, name)];
    const before = narrow.datasets.get(name);
    if (is === undefined || was === undefined || before === undefined) return [];
    const how = new Set([...use.how].filter((kind) => before.how.has(kind)));
    if (how.size === 0) return [];
    const label = `${name}${through(use.chain)}`;
    return [
      ...placeGaps(was, is, label, `datasets.${name}`),
      ...boundGaps(was, is, label, `datasets.${name}`),
      ...classGaps(was, is, { how, chain: use.chain }, name),
      ...trustGaps(was, is, { how, chain: use.chain }, name),
    ];
  });
}

function placeGaps(was: RegistryDataset, is: RegistryDataset, label: string, at: string): readonly Gap[] {
  const gaps: Gap[] = [];
  const [one, other] = [placeText(was), placeText(is)];
  if (one !== other && !isWithin(is, was)) {
    const witness = `a request for ${label} at ${other}`;
    gaps.push({ kind: "action", what: `${label} is ${other}`, otherwise: one, witness, at });
  }
  if (is.key !== undefined && is.key !== was.key) {
    const what = `${label} is encrypted by ${brief(is.key)}`;
    const otherwise = was.key === undefined ? "a key of AWS" : brief(was.key);
    gaps.push({ kind: "action", what, otherwise, witness: `kms:Decrypt with ${brief(is.key)}`, at: `${at}.key` });
  }
  for (const index of (is.indexes ?? []).filter((each) => !(was.indexes ?? []).includes(each))) {
    const what = `${label} may be queried by its index ${brief(index)}`;
    gaps.push({ kind: "action", what, witness: `a query of the index ${brief(index)}`, at: `${at}.indexes` });
  }
  return gaps;
}

/** A part of the same bucket */
function isWithin(one: RegistryDataset, other: RegistryDataset): boolean {
  const same = one.kind === "bucket" && other.kind === "bucket";
  if (!same || one.bucket !== other.bucket || one.account !== other.account) return false;
  return (one.prefix ?? "").startsWith(other.prefix ?? "");
}

function placeText({ kind, account, bucket, prefix, secret, table }: RegistryDataset): string {
  const place = bucket === undefined ? (secret ?? table) : `${bucket}/${prefix ?? ""}`;
  const where = account === undefined ? "" : ` of account ${account}`;
  return place === undefined && where === "" ? kind : brief(`${kind} ${place ?? ""}${where}`);
}

function boundGaps(was: RegistryDataset, is: RegistryDataset, label: string, at: string): readonly Gap[] {
  if (was.boundTo === undefined) return [];
  const rows = ({ boundTo }: RegistryDataset): string =>
    boundTo === undefined ? "every row" : `the rows of one ${boundTo}`;
  return replacementGap(rows(was), rows(is), () => ({
    kind: "action",
    what: `of ${label} it may use ${rows(is)}`,
    witness: `a row of ${label} that is of another ${was.boundTo}`,
    at: `${at}.boundTo`,
  }));
}

/** Lower sensitivity lets read data travel further; higher lets more sensitive data be written there. */
function classGaps(was: RegistryDataset, is: RegistryDataset, { how, chain }: Use, name: string): readonly Gap[] {
  const [label, at] = [`${name}${through(chain)}`, `datasets.${name}.sensitivity`];
  const changes = [...how].some((kind) => !isReading(kind));
  if (reveals(is, [...how]) && !is.sensitivity.covers(was.sensitivity)) {
    const what = `what is read of ${label} counts as ${is.sensitivity}`;
    const witness = `${name} sent to a place that is cleared for ${is.sensitivity} data`;
    return [{ kind: "sensitivity", what, otherwise: `${was.sensitivity}`, witness, at }];
  }
  if (changes && !was.sensitivity.covers(is.sensitivity)) {
    const what = `${is.sensitivity} data may be written to ${label}`;
    const witness = `${is.sensitivity} data written to ${name}`;
    return [{ kind: "sensitivity", what, otherwise: `at most ${was.sensitivity}`, witness, at }];
  }
  return [];
}

/** Trusted data taints no reader; untrusted data may be written by tainted agents. */
function trustGaps(was: RegistryDataset, is: RegistryDataset, { how, chain }: Use, name: string): readonly Gap[] {
  const place = { kind: "sensitivity", at: `datasets.${name}.untrusted` } as const;
  const label = `${name}${through(chain)}`;
  if (was.untrusted === true && is.untrusted !== true && reveals(is, [...how])) {
    const what = `what is read of ${label} counts as trusted`;
    const witness = `a high-impact or outward call without approval, after a read of ${name}`;
    return [{ ...place, what, otherwise: "untrusted", witness }];
  }
  if (was.untrusted !== true && is.untrusted === true && [...how].some((kind) => !isReading(kind))) {
    const what = `words of strangers may be written to ${label}`;
    return [{ ...place, what, otherwise: "trusted data alone", witness: `untrusted output written to ${name}` }];
  }
  return [];
}

/** A level above public for which only the wide registry has data, by either registry's classification */
function levelGaps(narrow: Side | undefined, wide: Side): readonly Gap[] {
  const levelOf = (name: string, side: Side | undefined): Sensitivity | undefined =>
    own(side?.registry.datasets, name)?.sensitivity;
  const used = [...(narrow?.datasets.keys() ?? [])];
  const known = new Set(used.flatMap((name) => [levelOf(name, narrow), levelOf(name, wide)]));
  return Sensitivity.all
    .filter((level) => level !== Sensitivity.PUBLIC && !known.has(level))
    .flatMap((level) => {
      const [first] = [...wide.datasets].filter(([name]) => levelOf(name, wide) === level);
      if (first === undefined) return [];
      const [name, { how, chain }] = first;
      const what = `it uses ${level} data, such as ${name}${through(chain)}`;
      return [{ kind: "sensitivity" as const, what, witness: `${[...how][0]} of ${name}`, at: `datasets.${name}` }];
    });
}

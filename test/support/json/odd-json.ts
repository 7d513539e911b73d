import fc from "fast-check";
import { type JsonText, type Member, parsed, withMemberChanged, written } from "./json-text";

/** A text mutated so that parsers may disagree on it */
export type OddChange = (json: string) => string;

/** Another spelling of a name, as JSON. Some are another name, by which some reader takes them for the same. */
const SPELLINGS: readonly ((name: string) => string)[] = [
  (name) => JSON.stringify(name),
  (name) => JSON.stringify(name.charAt(0).toUpperCase() + name.slice(1)),
  (name) => JSON.stringify(name.toUpperCase()),
  (name) => JSON.stringify(name.toLowerCase()),
  (name) => `"\\u${name.charCodeAt(0).toString(16).padStart(4, "0")}${JSON.stringify(name.slice(1)).slice(1)}`,
  (name) => JSON.stringify(name.replace("s", "\u017f").replace("k", "\u212a")),
  (name) => JSON.stringify(name.replace(/[a-z]/, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0))),
  (name) => JSON.stringify(`${name}\0`),
  (name) => JSON.stringify(`${name}\0x`),
  (name) => JSON.stringify(`${name} `),
  (name) => `${JSON.stringify(name).slice(0, -1)}\\ud800"`,
];
const spelling = fc.oneof(
  { weight: 2, arbitrary: fc.constant(SPELLINGS[0] as (name: string) => string) },
  fc.constantFrom(...SPELLINGS),
);
const spelt = (name: string, as: (name: string) => string): string => as(String(JSON.parse(name)));

/** What is JSON to some reader at most, or another text for the same */
const WHOLE: readonly OddChange[] = [
  (json) => `[${json}]`,
  (json) => `\ufeff${json}`,
  (json) => ` ${json}\r\n`,
  (json) => `${json}${json}`,
  (json) => `${json}//`,
  (json) => json.replace(/}$/, ",}"),
  (json) => json.replaceAll('"', "'"),
  (json) => json.slice(0, -1),
  (json) => json.replace(/}$/, `,"deep":${"[".repeat(70)}${"]".repeat(70)}}`),
  () => "",
  () => "null",
  () => "[]",
];

const ANY_VALUES = [
  "null",
  "true",
  "0",
  "-0",
  "1.0",
  "1e2",
  "1e400",
  "9007199254740993",
  '""',
  '"\\ud800"',
  "[]",
  "{}",
];

/**
 * One change: a member of the object spelt otherwise, there again, with another value, left out, or with another one beside it
 *
 * @param names of members that mean something
 * @param values as JSON, beside those that any member may have
 */
export function oddChanges(names: readonly string[], values: readonly string[]): fc.Arbitrary<OddChange> {
  const value = fc
    .oneof(
      { weight: 4, arbitrary: fc.constantFrom(...values) },
      { weight: 2, arbitrary: fc.constantFrom(...ANY_VALUES) },
    )
    .map(parsed);
  const beside = (member: Member, other: Member, isFirst: boolean): readonly Member[] =>
    isFirst ? [other, member] : [member, other];
  const member = fc.oneof(
    spelling.map((as) => ([name, had]: Member): readonly Member[] => [[spelt(name, as), had]]),
    value.map((to) => ([name]: Member): readonly Member[] => [[name, to]]),
    fc.constant((): readonly Member[] => []),
    fc.tuple(spelling, value, fc.boolean()).map(
      ([as, to, isFirst]) =>
        (had: Member) =>
          beside(had, [spelt(had[0], as), to], isFirst),
    ),
    fc.tuple(fc.constantFrom(...names), spelling, value, fc.boolean()).map(
      ([name, as, to, isFirst]) =>
        (had: Member) =>
          beside(had, [as(name), to], isFirst),
    ),
  );
  return fc.oneof(
    { weight: 12, arbitrary: fc.tuple(fc.nat({ max: 60 }), member).map(([at, change]) => changedAt(at, change)) },
    fc.constantFrom(...WHOLE),
  );
}

function changedAt(at: number, change: (member: Member) => readonly Member[]): OddChange {
  return (json) => {
    const sound = soundOf(json);
    return sound === undefined ? json : written(withMemberChanged(sound, at, change));
  };
}

function soundOf(json: string): JsonText | undefined {
  try {
    JSON.parse(json);
    return parsed(json);
  } catch {
    return undefined;
  }
}

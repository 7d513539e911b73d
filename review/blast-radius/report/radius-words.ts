import { duration, countText, listText, type Quote } from "../../report/text-parts";
import { isReading } from "../../../domain/dataset";
import { Sensitivity } from "../../../domain";
import { easiestWays, thingOf } from "../walk/reached-union";
import { type BlastRadius, type Gate, isCertain, type Lifetime, type ReachedThing } from "../blast-radius";

export const GATE_WORDS: Readonly<Record<Gate, string>> = {
  none: "without approval",
  budget: "within a budget",
  approval: "with approval only",
};

/** For uncertain things, which count as reached */
export const POSSIBLE = "only possible";

/** The gate, and whether the thing is certain */
export function groundsText({ gate, unknown }: Pick<ReachedThing, "gate" | "unknown">): string {
  return unknown === undefined ? GATE_WORDS[gate] : `${POSSIBLE}, ${GATE_WORDS[gate]}`;
}

/** One sentence for the reader: what an attacker reaches, through which identities, and for how long */
export function summary(radius: BlastRadius, quoted: Quote): string {
  const { of } = radius;
  const who = `Who controls ${quoted(of.name)}`;
  const gets = listText(getsOf(radius));
  const stopped = of.state === "active" ? "" : `: it is ${of.state}`;
  const doubt = doubtOf(radius);
  if (gets === "") return `${who} gets nothing${doubt === "" ? "" : " that is known"}${stopped}.${doubt}`;
  return `${who}${of.state === "active" ? "" : ` (${of.state})`} ${gets}${through(radius)}${forHowLong(radius)}.${doubt}`;
}

function doubtOf({ reached, unknown }: BlastRadius): string {
  const certain = new Set(reached.filter(isCertain).map(thingOf));
  const possible = easiestWays(reached).filter((one) => !certain.has(thingOf(one))).length;
  return [
    ...(possible === 0 ? [] : [` ${possible} of these ${possible === 1 ? "is" : "are"} ${POSSIBLE}.`]),
    ...(unknown.length === 0
      ? []
      : [` ${countText(unknown.length, "thing is", "things are")} unknown and counted as reached.`]),
  ].join("");
}

function getsOf(radius: BlastRadius): readonly string[] {
  const reached = easiestWays(radius.reached);
  const of = (kind: ReachedThing["kind"]) => reached.filter((one) => one.kind === kind);
  const [reads, writes] = [of("data").filter(({ does }) => isReading(does)), of("data").filter((one) => one.writes)];
  const [calls, aws, rights] = [of("action"), of("aws"), of("kubernetes")];
  const [identities, pods] = [of("identity"), of("pod")];
  const outside = of("network").filter(({ isOutward }) => isOutward);
  const part = (all: readonly ReachedThing[], text: string): readonly string[] => (all.length === 0 ? [] : [text]);
  return [
    ...part(identities, `becomes ${countText(identities.length, "other identity", "other identities")}`),
    ...part(reads, `reads ${datasets(reads)}`),
    ...part(writes, `writes ${datasets(writes)}`),
    ...part(
      calls,
      `calls ${countText(calls.length, "action", "actions")} of ${countText(targets(calls), "tool", "tools")}${notes(calls)}`,
    ),
    ...part(aws, `holds ${countText(aws.length, "permission", "permissions")} in AWS${upTo(aws)}`),
    ...part(rights, `has ${countText(rights.length, "right", "rights")} in Kubernetes`),
    ...part(pods, `finds ${countText(pods.length, "weakness", "weaknesses")} in its pods`),
    ...part(outside, "sends outside the network"),
  ];
}

function targets(all: readonly ReachedThing[]): number {
  return new Set(all.map(({ target }) => target)).size;
}

function datasets(all: readonly ReachedThing[]): string {
  return `${countText(targets(all), "dataset", "datasets")}${upTo(all)}`;
}

function upTo(all: readonly ReachedThing[]): string {
  const levels = all.flatMap(({ sensitivity }) => sensitivity ?? []);
  return levels.length === 0 ? "" : ` up to ${Sensitivity.highest(levels)}`;
}

/** ` (1 outward, 1 high-impact with approval)` */
function notes(calls: readonly ReachedThing[]): string {
  const counts = (
    [
      ["outward", "isOutward"],
      ["high-impact", "isHigh"],
    ] as const
  ).flatMap(([word, flag]) =>
    (["none", "budget", "approval"] as const).flatMap((gate) => {
      const count = calls.filter((one) => one[flag] && one.gate === gate).length;
      if (count === 0) return [];
      return [
        `${count} ${word}${gate === "none" ? "" : ` ${gate === "budget" ? "within a budget" : "with approval"}`}`,
      ];
    }),
  );
  return counts.length === 0 ? "" : ` (${counts.join(", ")})`;
}

function through({ of, identities }: BlastRadius): string {
  const others = new Set(
    identities.filter(({ how, name }) => how === "works for it" && name !== of.name).map(({ name }) => name),
  );
  return others.size === 0 ? "" : `, through ${countText(others.size, "other agent", "other agents")}`;
}

/** Without networks and pods: killing an agent deletes its pods. */
function forHowLong({ reached }: BlastRadius): string {
  const lasting = reached.filter(({ kind }) => kind !== "network" && kind !== "pod");
  const ending = new Set(lasting.filter((one) => isCertain(one) && isEnding(one)).map(thingOf));
  const isTold = (one: ReachedThing): boolean => isEnding(one) || isCertain(one) || !ending.has(thingOf(one));
  const told = lasting.filter(isTold);
  const doubted = easiestWays(lasting.filter((one) => !isTold(one))).length;
  return `${ofTold(told)}${doubted === 0 ? "" : `; it may be that no kill of it ends ${doubted} of these`}`;
}

function isEnding({ lasting: { seconds } }: ReachedThing): boolean {
  return seconds !== undefined;
}

function ofTold(told: readonly ReachedThing[]): string {
  if (told.length === 0) return "";
  const seconds = told.flatMap((one) => one.lasting.seconds ?? []);
  const endless = told.length - seconds.length;
  const most = seconds.length === 0 ? "" : `; for at most ${duration(Math.max(...seconds))} after a kill`;
  if (endless === 0) return most;
  return `${most}${most === "" ? "; " : ", but "}no kill of it ends ${endless === told.length ? "any of it" : `${endless} of these`}`;
}

/** `at most 5 min after a kill` */
export function lastingText({ seconds }: Lifetime): string {
  return seconds === undefined ? "no kill ends it" : `at most ${duration(seconds)} after a kill`;
}

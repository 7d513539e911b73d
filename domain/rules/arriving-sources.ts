import type { Dataset } from "../dataset";
import { refuse, shown } from "../errors";
import type { WayFacts } from "../serve";
import type { Sources } from "../starter";
import { arrivesUntrusted } from "./arrival";
import { dataBehind } from "./data-behind";

/**
 * What events tell of arrives by the way in, which says what the session has read then: it must not say less.
 *
 * @throws DeclarationError `starter.above-way`
 */
export function sourcesArriveMarked({ datasets, tools }: Sources, way: WayFacts, where: string): void {
  const data = new Set<Dataset>([...datasets, ...tools.flatMap(dataBehind)]);
  const above = [...data].find(({ sensitivity }) => !way.sensitivity.covers(sensitivity));
  if (above !== undefined) {
    const what = `sources hold ${above.where}, which is ${above.sensitivity}, and ${way.where} says ${way.sensitivity}`;
    refuse("starter.above-way", where, `${what}: raise its sensitivity, or leave the source out`);
  }
  if (arrivesUntrusted("event", way.untrusted)) return;
  const untrusted = [...tools.filter((tool) => tool.untrustedOutput), ...data].find(
    (source) => !("untrusted" in source) || source.untrusted,
  );
  if (untrusted === undefined) return;
  const what = `sources hold ${untrusted.where}, which is untrusted, and ${way.where} says untrusted ${shown(false)}`;
  refuse("starter.above-way", where, `${what}: leave untrusted out there, or leave the source out`);
}

import type { Dataset } from "../dataset";
import { refuse } from "../errors";
import type { Fleet } from "../fleet";
import { atDeclarations } from "../source-line";
import type { DeclaredSources } from "../starter";
import type { Tool } from "../tool";
import { dataBehind } from "./data-behind";
import { addressesAreDistinct, placesAreDistinct } from "./overlap";

/**
 * What events tell of must be the very data and tools that agents are granted: of a copy, no agent would seem to be the writer.
 *
 * @param ofPlatform sources of the platform's own starters
 * @throws DeclarationError `name.duplicate`, `dataset.overlap`, `tool.overlap`
 */
export function checkSources(fleet: Fleet, ofPlatform: Iterable<DeclaredSources> = []): void {
  const ofFleet = fleet.starters.map(({ occasion }) => (occasion.start === "event" ? occasion.sources : undefined));
  const listed = [...ofFleet, ...ofPlatform].flatMap((sources) =>
    sources === undefined || "outside" in sources ? [] : [sources],
  );
  // Granted data comes first, so that the source is the one refused.
  const tools = [...new Set<Tool>([...fleet.tools, ...listed.flatMap((sources) => sources.tools)])];
  const granted = [...fleet.datasets, ...tools.flatMap(dataBehind)];
  const datasets = [...new Set<Dataset>([...granted, ...listed.flatMap((sources) => sources.datasets)])];
  atDeclarations([...tools, ...datasets], () => {
    namesAreDistinct(tools);
    namesAreDistinct(datasets);
    placesAreDistinct(datasets);
    addressesAreDistinct(tools);
  });
}

function namesAreDistinct(things: readonly (Dataset | Tool)[]): void {
  const seen = new Set<string>();
  for (const { name, where } of things) {
    if (seen.has(name)) {
      const what = "sources of a starter hold a second declaration of this name";
      refuse("name.duplicate", where, `${what}: list the one that the agents are granted, or rename one`);
    }
    seen.add(name);
  }
}

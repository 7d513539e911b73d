import type { Asked, DeployedCall } from "../deployed";
import type { Selector } from "./selectors";

/** What the files of a trail show, data events too */
export interface TrailHistory {
  /** Of the same role, action and target at least the last one */
  readonly calls: readonly DeployedCall[];
  /** What the trail was to write down, and whether all of it is there; unknown if that was not proven: then its silence says nothing */
  readonly record: Asked<TrailRecord>;
}

/** Of one trail whose files are those that CloudTrail delivered, by its signed digests */
export interface TrailRecord {
  /** Its name */
  readonly trail: string;
  /** By region, the time of which nothing is missing */
  readonly regions: ReadonlyMap<string, { readonly from: number; readonly until: number }>;
  /** What it writes down, each until the next one begins (seconds since 1970) */
  readonly selections: readonly Selection[];
  /** Regions in which the declared tables can be */
  readonly tablesIn: readonly string[];
  /** Region of each declared bucket */
  readonly bucketsIn: ReadonlyMap<string, Asked<string>>;
}

export interface Selection {
  /** Known to be in force since then (seconds since 1970) */
  readonly since: number;
  readonly selectors: readonly Selector[];
}

import { own, type RegistryDocument, type Sensitivity, type ModelFeature, unseenReplaced } from "../../../domain";
import type * as Document from "../../../domain/registry/document";
import type * as Ways from "../../../domain/registry/ways";

/** A registry as read: sensitivity levels are comparable values, not text */
export type Registry = RegistryDocument<Sensitivity>;
export type RegistryAgent = Document.RegistryAgent<Sensitivity>;
export type RegistryTask = Document.RegistryTask<Sensitivity>;
export type RegistryEdge = Document.RegistryEdge<Sensitivity>;
export type RegistryTool = Document.RegistryTool<Sensitivity>;
export type RegistryDataset = Document.RegistryDataset<Sensitivity>;
export type RegistryWay = Ways.RegistryWay<Sensitivity>;
export type { RegistryAction, RegistryBudget, RegistryMatch } from "../../../domain/registry/document";
export type { RegistryCard } from "../../../domain/registry/ways";

/** By `<agent>.<task>` */
export function taskAt({ agents }: Registry, target: string): RegistryTask | undefined {
  const [agent, task] = target.split(".");
  return own(own(agents, agent)?.tasks, task);
}

/** Features of a model's provider that the action allows; empty for other tools */
export function featuresOf({ match }: Document.RegistryAction): readonly ModelFeature[] {
  return "model" in match ? match.allows : [];
}

const LONGEST = 200;

/** Text by the author of a registry, cut to fit a table, with invisible characters made visible */
export function brief(text: string): string {
  const seen = unseenReplaced(text.slice(0, LONGEST), () => "\ufffd");
  return text.length <= LONGEST ? seen : `${seen}… (${text.length} characters)`;
}

import { own, type RegistryDocument, type Sensitivity, type ModelFeature, unseenReplaced } from "../../../domain";
import type * as Document from "../../../domain/registry/document";
import type * as Ways from "../../../domain/registry/ways";

/** A registry as it is read: levels of sensitivity are compared, not written */
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

/** What the action lets a model's provider do beyond an answer; nothing for what is no model's */
export function featuresOf({ match }: Document.RegistryAction): readonly ModelFeature[] {
  return "model" in match ? match.allows : [];
}

const LONGEST = 200;

/** A text that the author of a registry chose, at a length that a table bears, with nothing in it that a reader would not see */
export function brief(text: string): string {
  const seen = unseenReplaced(text.slice(0, LONGEST), () => "\ufffd");
  return text.length <= LONGEST ? seen : `${seen}… (${text.length} characters)`;
}

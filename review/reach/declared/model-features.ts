import type { ModelFeature } from "../../../domain";
import type { RegistryAction } from "./registry";

/** What the action lets a model's provider do beyond an answer; nothing for what is no model's */
export function featuresOf({ match }: RegistryAction): readonly ModelFeature[] {
  return "model" in match ? match.allows : [];
}

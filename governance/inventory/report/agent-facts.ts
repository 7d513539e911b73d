import { countText, duration } from "../../../review/report/text-parts";
import type { InventoriedAgent } from "../inventory";
import {
  acknowledgedText,
  dataText,
  enforcementTexts,
  factorTexts,
  horizonText,
  modelText,
  observedText,
  placeText,
  reasonText,
  starterText,
  taskText,
  toolText,
  wayText,
} from "./words";

/** Every fact about an agent by its name, for people; the words of strangers are as they are */
export function factsOf(agent: InventoriedAgent): readonly (readonly [what: string, texts: readonly string[]])[] {
  const { risk, aivss, credentials } = agent;
  return [
    ["owner", [agent.owner]],
    ["expires", [agent.expires]],
    ["declared at", [placeText(agent)].filter((text) => text !== "")],
    ["identity", [agent.spiffeId]],
    ["tasks", agent.tasks.map(taskText)],
    ["called by", agent.ways.map(wayText)],
    ["clients", agent.clients],
    ["starters", agent.starters.map(starterText)],
    ["tools", agent.tools.map(toolText)],
    ["models", agent.models.map(modelText)],
    ["data", agent.data.map(dataText)],
    ["delegates to", agent.delegatesTo],
    ["delegated from", agent.delegatedFrom],
    ["risk", [`${risk.tier}, ${countText(risk.score, "point", "points")}`, ...risk.reasons.map(reasonText)]],
    ["AIVSS 0.8 factors", [`${aivss.aars} of 10`, ...factorTexts(agent)]],
    ["after a stop", agent.horizon.map(horizonText)],
    ["credentials", [`${credentials.kind}, at most ${duration(credentials.longestSeconds)}`, ...credentials.roles]],
    ["enforcement", [observedText(agent), ...enforcementTexts(agent)]],
    ["acknowledged", agent.acknowledged.map(acknowledgedText)],
    ["resources", [String(agent.resources)]],
  ];
}

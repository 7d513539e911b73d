import { printable } from "../../../domain/printable";
import type { InventoriedAgent, Inventory } from "../inventory";
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

type Column = readonly [title: string, of: (agent: InventoriedAgent) => number | string | readonly string[]];

const COLUMNS: readonly Column[] = [
  ["agent", ({ name }) => name],
  ["state", ({ state }) => state],
  ["owner", ({ owner }) => owner],
  ["purpose", ({ purpose }) => purpose],
  ["expires", ({ expires }) => expires],
  ["declared at", placeText],
  ["spiffe id", ({ spiffeId }) => spiffeId],
  ["namespace", ({ workload }) => workload.namespace],
  ["service account", ({ workload }) => workload.serviceAccount],
  ["tasks", ({ tasks }) => tasks.map(taskText)],
  ["called by", ({ ways }) => ways.map(wayText)],
  ["clients", ({ clients }) => clients],
  ["starters", ({ starters }) => starters.map(starterText)],
  ["tools", ({ tools }) => tools.map(toolText)],
  ["models", ({ models }) => models.map(modelText)],
  ["data", ({ data }) => data.map(dataText)],
  ["highest sensitivity", ({ highestSensitivity }) => highestSensitivity],
  ["delegates to", ({ delegatesTo }) => delegatesTo],
  ["delegated from", ({ delegatedFrom }) => delegatedFrom],
  ["risk", ({ risk }) => risk.tier],
  ["risk points", ({ risk }) => risk.score],
  ["risk reasons", ({ risk }) => risk.reasons.map(reasonText)],
  ["aars", ({ aivss }) => aivss.aars],
  ["aivss factors", factorTexts],
  ["horizon seconds", ({ horizon }) => horizon[0]?.seconds ?? 0],
  ["horizon", ({ horizon }) => horizon.map(horizonText)],
  ["credentials", ({ credentials }) => credentials.kind],
  ["longest credential seconds", ({ credentials }) => credentials.longestSeconds],
  ["roles", ({ credentials }) => credentials.roles],
  ["enforcement", observedText],
  ["controls", enforcementTexts],
  ["acknowledged", ({ acknowledged }) => acknowledged.map(acknowledgedText)],
  ["resources", ({ resources }) => resources],
];

/** What a spreadsheet takes for the beginning of a formula, in their full-width forms too (OWASP, CSV Injection) */
const FORMULA = /^[\s']*[=+\-@＝＋－＠]/;

/**
 * A line for each agent (RFC 4180), the first one with titles; parts of one value are separated by `; `. Behind them stands a line for each
 * acknowledged finding that is no agent's own, with nothing else in it.
 */
export function inventoryCsv({ agents, acknowledged }: Inventory): string {
  const others = acknowledged.map((one) =>
    COLUMNS.map(([title]) => (title === "acknowledged" ? acknowledgedText(one) : "")),
  );
  const rows = [...agents.map((agent) => COLUMNS.map(([, of]) => of(agent))), ...others];
  return [COLUMNS.map(([title]) => title), ...rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

function field(value: number | string | readonly string[]): string {
  if (typeof value === "number") return String(value);
  const text = printable(typeof value === "string" ? value : value.join("; "));
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",']|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

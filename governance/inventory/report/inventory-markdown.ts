import { cellCode, wholeCode } from "../../../review/report/markdown-code";
import { duration } from "../../../review/report/text-parts";
import type { InventoriedAgent, Inventory } from "../inventory";
import { fleetSentence } from "./fleet-sentence";
import { factsOf } from "./agent-facts";
import { acknowledgedText } from "./words";

const HEAD = ["Agent", "State", "Owner", "Expires", "Risk", "Called by", "Data", "After a stop", "Acknowledged"];

const NOTE = "<!-- Written by `ambit inventory --markdown`. `ambit inventory --check` fails where it differs. -->";

/**
 * A file that a team commits, so that a pull request shows what it changes of the inventory: a table, and a section for each agent.
 *
 * Texts are those of strangers: each is code, so that none is a link, an image, a mention or HTML.
 */
export function inventoryMarkdown(inventory: Inventory): string {
  const { agents, acknowledged } = inventory;
  const blocks = [
    "# Inventory of agents",
    NOTE,
    `${fleetSentence(inventory, wholeCode)}.`,
    ...(agents.length === 0 ? [] : [table(agents)]),
    ...agents.map(section),
    ...(acknowledged.length === 0
      ? []
      : [
          `## Acknowledged at other resources`,
          acknowledged.map((one) => `- ${wholeCode(acknowledgedText(one))}`).join("\n"),
        ]),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function table(agents: readonly InventoriedAgent[]): string {
  const rows = agents.map(
    ({ name, state, owner, expires, risk, calledBy, data, highestSensitivity, horizon, acknowledged }) => [
      cellCode(name),
      state,
      cellCode(owner),
      expires,
      `${risk.score} points, ${risk.tier}`,
      calledBy.join(", "),
      data.length === 0 ? "" : `${data.length}, up to ${highestSensitivity}`,
      horizon[0] === undefined ? "" : duration(horizon[0].seconds),
      acknowledged.length === 0 ? "" : String(acknowledged.length),
    ],
  );
  return [HEAD, HEAD.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function section(agent: InventoriedAgent): string {
  const facts: readonly (readonly [string, readonly string[]])[] = [
    ["purpose", [agent.purpose]],
    ["state", [agent.state]],
    ...factsOf(agent),
  ];
  const lines = facts.flatMap(([what, texts]) => {
    if (texts.length === 0) return [];
    if (texts.length === 1) return `- ${what}: ${wholeCode(texts[0] as string)}`;
    return [`- ${what}:`, ...texts.map((text) => `  - ${wholeCode(text)}`)];
  });
  return [`## ${wholeCode(agent.name)}`, lines.join("\n")].join("\n\n");
}

import { printable } from "../../../domain/printable";
import { width, wrappedLines } from "../../../domain/wrapped-lines";
import { duration } from "../../../review/report/text-parts";
import type { TerminalOptions } from "../../../review/report/review-text";
import type { InventoriedAgent, Inventory } from "../inventory";
import { fleetSentence } from "./fleet-sentence";
import { factsOf } from "./agent-facts";
import { acknowledgedText, observedText } from "./words";

export const TABLE_HEAD = [
  "agent",
  "owner",
  "expires",
  "risk",
  "called by",
  "tools",
  "models",
  "data",
  "delegates",
  "credential",
  "horizon",
  "enforcement",
  "acknowledged",
] as const;

/** A row for each agent, short enough for a terminal */
export function tableRow(agent: InventoriedAgent): readonly string[] {
  const { name, state, owner, expires, risk, calledBy, tools, models, data, acknowledged } = agent;
  return [
    state === "active" ? name : `${name} (${state})`,
    owner,
    expires,
    `${risk.tier} ${risk.score}`,
    calledBy.join(", ") || "-",
    String(tools.length),
    String(models.length),
    data.length === 0 ? "0" : `${data.length} ${agent.highestSensitivity}`,
    agent.delegatesTo.join(", ") || "-",
    `${agent.credentials.kind} ${shortest(agent.credentials.longestSeconds)}`,
    shortest(agent.horizon[0]?.seconds ?? 0),
    observedText(agent),
    String(acknowledged.length),
  ].map(printable);
}

function shortest(seconds: number): string {
  return seconds === 0 ? "-" : duration(seconds);
}

/** The fleet in a sentence, a row for each agent, and findings that are answered for where no agent is */
export function inventoryText(inventory: Inventory, options: TerminalOptions): string {
  const { paint, columns } = options;
  const rows = inventory.agents.map((agent) => {
    const [first = "", ...rest] = tableRow(agent);
    return [agent.state === "active" ? first : paint.yellow(first), ...rest];
  });
  const others = inventory.acknowledged.map(acknowledgedText).map(printable);
  return [
    ...wrappedLines(fleetSentence(inventory), "", "", columns).map(paint.bold),
    "",
    ...aligned([TABLE_HEAD.map(paint.bold), ...rows]),
    ...(others.length === 0 ? [] : ["", paint.bold(`acknowledged: ${others.length}`)]),
    ...others.flatMap((text) => wrappedLines(text, "  ", "    ", columns)),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = TABLE_HEAD.map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ""))));
  return rows.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - width(cell)))
      .join("  ")
      .trimEnd(),
  );
}

/** Everything about one agent */
export function agentText(agent: InventoriedAgent, { columns, paint }: TerminalOptions): string {
  const title = `${agent.name}${agent.state === "active" ? "" : ` (${agent.state})`}: ${agent.purpose}`;
  const lines = [
    ...wrappedLines(printable(title), "", "  ", columns).map(paint.bold),
    ...factsOf(agent).flatMap(([what, texts]) =>
      texts.length === 0
        ? []
        : texts.length === 1
          ? wrappedLines(printable(texts[0] as string), `  ${what}: `, "      ", columns)
          : [`  ${what}:`, ...texts.flatMap((text) => wrappedLines(printable(text), "    ", "      ", columns))],
    ),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

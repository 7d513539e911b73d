import { bold, columns, dim, green, printable, red, wrapped } from "../../terminal";
import type { DevelopmentGateway } from "../gateway/development-gateway";
import type { LogLine, PlayedStep } from "./play";
import { READ_ALOUD, STORY } from "./steps";

const INDENT = "   ";
const LABEL = 10;
/** Of a line of the log; the rest names runs and digests */
const SHOWN: readonly string[] = ["event", "task", "tool", "action", "audience", "codes"];
const SCRIPTED =
  "A prompt injection, played through the example fleet. What the agents try is scripted; what answers is what ships: " +
  "exchange, authorizer and companions, with";

/** @param gateway what stands before the authorizer */
export function headText({ by, lacks }: Pick<DevelopmentGateway, "by" | "lacks">): string {
  return `${wrapped(`${SCRIPTED} ${by}.`, "")}${lacks === undefined ? "" : wrapped(dim(lacks), "")}`;
}

/** Above the first step of a chapter; empty above any other */
export function chapterText(number: number): string {
  let first = 1;
  for (const { title, steps } of STORY) {
    if (number === first) return `\n${wrapped(bold(title), "", "", columns() + bold("").length)}`;
    first += steps.length;
  }
  return "";
}

export function stepText(number: number, step: PlayedStep): string {
  const { does, tool, method, path, body, reasons, status, means, decision, logged, asTold } = step;
  const sent = `${method} ${tool}${path}${body === undefined ? "" : ` ${JSON.stringify(body)}`}`;
  const refusals = reasons.flatMap(({ code, what, fix }) => [
    labelled(`${code}: ${what}`, red("refused"), "refused"),
    labelled(fix, "fix"),
  ]);
  return [
    `\n${`${number}`.padEnd(INDENT.length)}${does}\n`,
    `${INDENT}${dim(shortened(printable(sent), columns() - INDENT.length))}\n`,
    ...(reasons.length === 0 ? [labelled(`${status}`, green("allowed"), "allowed")] : refusals),
    labelled(means, "means"),
    ...(decision === undefined ? [] : [labelled(decision, "decision")]),
    ...(logged === undefined ? [] : [labelled(lineText(logged), "log")]),
    ...(isReadAloud(step) ? [quoted(READ_ALOUD.text)] : []),
    ...(asTold ? [] : [labelled(red(`the script says ${step.codes.join() || "allowed"}`), red("but"), "but")]),
  ].join("");
}

export function endText(steps: readonly PlayedStep[]): string {
  const refused = steps.filter(({ codes }) => codes.length > 0);
  const reached = refused.filter(({ reached }) => reached > 0).length;
  const sum = `${steps.length - refused.length} calls allowed, ${refused.length} refused; of these ${reached === 0 ? "none" : reached} reached a tool.`;
  const next =
    "To call the tools yourself: npm run dev, which prints a command for each task. The codes: docs/gateway.md, docs/decisions.md.";
  return `\n${wrapped(bold(sum), "")}${wrapped(dim(next), "")}`;
}

function isReadAloud({ method, path }: PlayedStep): boolean {
  return method === READ_ALOUD.method && path === READ_ALOUD.path;
}

/** One line, that ends with an ellipsis where it was longer */
function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function quoted(text: string): string {
  const bar = `${INDENT}${dim("│")} `;
  return text
    .split("\n")
    .map((line) => (line === "" ? `${bar.trimEnd()}\n` : wrapped(line, bar)))
    .join("");
}

/** @param plain the label without colours */
function labelled(text: string, label: string, plain = label): string {
  const indent = " ".repeat(INDENT.length + LABEL);
  return wrapped(printable(text), indent, `${INDENT}${label}${" ".repeat(LABEL - plain.length)}`);
}

function lineText(line: LogLine): string {
  return JSON.stringify(Object.fromEntries(Object.entries(line).filter(([name]) => SHOWN.includes(name))));
}

import { html as markup } from "hono/html";
import { textNotes } from "../../../approval/text-notes";
import type { Value } from "../../../json";
import { type ArgumentLine, argumentLines, type Change } from "./argument-lines";
import { type Html, shown } from "./layout";
import { counted } from "./times";

type Arguments = { readonly [name: string]: Value };

/** Deeper ones stand as far right as these, with their depth written beside them. */
const DEEPEST_INDENT = 6;

const TYPES: Readonly<Record<ArgumentLine["kind"], string>> = {
  boolean: "true or false",
  list: "list",
  null: "nothing",
  number: "number",
  object: "object",
  text: "text",
};

const CHANGES: Readonly<Record<Change, string>> = {
  changed: "changed",
  gone: "no longer there",
  new: "new",
  same: "as before",
};

/** One row per member, none collapsed or cut */
export function argumentsTable(args: Arguments, before: Arguments | undefined): Html {
  const lines = argumentLines(args, before);
  if (lines.length === 0) return markup`<p>There are no arguments.</p>`;
  const rows = counted(lines.filter(({ change }) => change !== "gone").length, "line");
  return markup`<table class="arguments">
    <caption>
      ${rows}${before === undefined ? "" : difference(lines)}
    </caption>
    <thead>
      <tr>
        <th scope="col">Name</th>
        <th scope="col">Value</th>
      </tr>
    </thead>
    <tbody>
      ${lines.map(row)}
    </tbody>
  </table>`;
}

function difference(lines: readonly ArgumentLine[]): string {
  const count = (change: Change): number => lines.filter((line) => line.change === change).length;
  return `: ${count("changed")} changed, ${count("new")} new, ${count("gone")} no longer there, ${count("same")} as before`;
}

function row(line: ArgumentLine): Html {
  const { depth, name, kind, text, change, was } = line;
  const indent = Math.min(depth, DEEPEST_INDENT);
  const level = depth > DEEPEST_INDENT ? markup` <span class="type">(level ${depth + 1})</span>` : "";
  const notes = [
    ...textNotes(name).map((note) => `the name ${note}`),
    ...(kind === "text" || change === "gone" ? textNotes(text) : []),
  ];
  const told = notes.map((note) => markup`<li>Note: ${note}.</li>`);
  return markup`<tr class="${change ?? "alone"}"><th scope="row" class="d${indent}">${shown(name)}${level}</th><td>${value(line)}${notes.length === 0 ? "" : markup`<ul class="notes">${told}</ul>`}${change === undefined ? "" : compared(change, was)}</td></tr>
`;
}

function compared(change: Change, was: string | undefined): Html {
  const before = was === undefined ? "" : markup`, was <span class="was">${shown(was)}</span>`;
  return markup`<div class="change">${CHANGES[change]}${before}</div>`;
}

function value({ kind, text, change }: ArgumentLine): Html {
  if (change !== "gone" && (kind === "list" || kind === "object")) {
    return markup`<span class="type">${TYPES[kind]}, ${text}</span>`;
  }
  const length = kind === "text" && change !== "gone" ? `, ${counted([...text].length, "character")}` : "";
  return markup`<span class="${kind === "text" ? "value text" : "value"}">${shown(text)}</span> <span class="type">${TYPES[kind]}${length}</span>`;
}

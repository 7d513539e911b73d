import { printable } from "../../../domain/printable";
import { wrappedLines } from "../../../domain/wrapped-lines";
import type { ChangeSource, Unknown } from "../../change";
import type { TerminalOptions } from "../../report/review-text";
import { placeOf } from "../../report/text-parts";
import { groupBy } from "../../group-by";
import type { StatementPlace } from "../principal-access";

/** Lines of a report: indent, colour, and continuation lines */
export class Lines {
  private readonly written: string[] = [];

  public constructor(private readonly options: TerminalOptions) {}

  public get text(): string {
    return this.written.map((line) => `${line}\n`).join("");
  }

  /** With an empty line before it, except at the start */
  public title(text: string): void {
    if (this.written.length > 0) this.written.push("");
    this.add(text, 0, this.options.paint.bold);
  }

  /** @param depth levels of two columns */
  public add(text: string, depth: number, paint: (text: string) => string = (line) => line): void {
    const indent = "  ".repeat(depth);
    this.written.push(...wrappedLines(printable(text), indent, `${indent}    `, this.options.columns).map(paint));
  }

  public dim(text: string, depth: number): void {
    this.add(text, depth, this.options.paint.dim);
  }

  /** Unknowns with the same reason are one entry. */
  public unknowns(all: readonly Unknown[]): void {
    for (const [why, some] of groupBy(all, ({ why }) => why)) {
      for (const { what, source } of some) {
        this.add(`? ${what}`, 1, this.options.paint.yellow);
        this.dim(`at ${placeOf(source)}`, 3);
      }
      this.add(`because ${why}`, 2);
    }
  }

  /** Where statements stand, by layer */
  public statements(by: readonly StatementPlace[], depth: number): void {
    for (const { layer, sid, source } of by) this.dim(`${layer}: ${statementText(source, sid)}`, depth);
  }

  public get paint(): TerminalOptions["paint"] {
    return this.options.paint;
  }
}

function statementText({ address }: ChangeSource, sid: string | undefined): string {
  return sid === undefined ? address : `${address} (${sid})`;
}

/** `a = 1 and b = 2, 3` */
export function keysText(keys: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(keys)
    .map(([key, values]) => `${key} = ${values.join(", ") || "(nothing)"}`)
    .join(" and ");
}

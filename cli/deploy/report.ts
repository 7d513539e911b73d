import type { Io } from "../program";
import { bold, green, jsonText, printable, yellow } from "../terminal";
import type { Changes } from "./terraform";

/** What a deploy says on standard output, one event a line with `--json` */
export type Event =
  | {
      readonly event: "begin";
      readonly act: "deploy" | "destroy";
      readonly digest: string;
      readonly reviewed: boolean;
      readonly stacks: readonly string[];
      readonly binary: string;
      readonly version: string;
    }
  | {
      readonly event: "stack";
      readonly stack: string;
      readonly result: "applied" | "declined" | "destroyed" | "unchanged";
      readonly changes: Changes;
    }
  | {
      readonly event: "published";
      readonly what: "bundle" | "registry";
      readonly result: "published" | "unchanged";
      readonly from: number;
      readonly revision: number;
      readonly target: string;
    }
  | { readonly event: "waited"; readonly for: string }
  | { readonly event: "end"; readonly result: "declined" | "deployed" | "destroyed" };

export type Report = (event: Event) => void;

export function reporter(io: Io, json: boolean): Report {
  return (event) => io.out(json ? `${jsonText(event)}\n` : `${lineOf(event)}\n`);
}

function lineOf(event: Event): string {
  switch (event.event) {
    case "begin": {
      const reviewed = event.reviewed ? green("as reviewed") : yellow("not compared with a review");
      const what = `${event.act} ${event.stacks.map(printable).join(", ")}`;
      return `${bold(what)} with ${printable(event.binary)} ${printable(event.version)}\n${event.digest}, ${reviewed}`;
    }
    case "stack":
      return `${named(event.stack)}  ${event.result === "unchanged" ? "unchanged" : `${event.result}: ${counted(event.changes)}`}`;
    case "published": {
      const { from, revision, result, target } = event;
      const what =
        result === "unchanged" ? `unchanged, ${revision} stays` : `${from === 0 ? "none" : from} -> ${revision}`;
      return `${named(event.what)}  ${what}, ${printable(target)}`;
    }
    case "waited":
      return `${named("waited")}  ${printable(event.for)}`;
    case "end":
      return event.result === "declined" ? yellow("declined: nothing after this was done") : green(event.result);
  }
}

const named = (name: string): string => printable(name).padEnd(10);

export function counted({ add, change, destroy }: Changes): string {
  return `${add} to add, ${change} to change, ${destroy} to destroy`;
}

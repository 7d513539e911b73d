import { readFileSync } from "node:fs";
import { init } from "z3-solver";
import type { PlainGlob, PlainSet } from "./plain-glob";

/*
 * Asks z3 whether sets of texts hold a text: sets as JSON on the standard input, `sat`, `unsat` or `unknown` for each on
 * the standard output. A program of its own, because z3's threads would keep a test from ending.
 */

const MILLISECONDS_EACH = 300;
const NO_COLON = '(re.diff re.allchar (str.to_re ":"))';

function expressionOf({ pattern, kind }: PlainGlob): string {
  const ignoresCase = kind === "action" || kind === "caseless";
  const pieces = Array.from(pattern, (letter, at) => {
    const isKept = kind === "arn" && pattern.slice(0, at).split(":").length <= 5;
    const endsSegment = at + 1 === pattern.length || pattern[at + 1] === ":";
    if (letter === "*") return isKept && !endsSegment ? `(re.* ${NO_COLON})` : "re.all";
    if (letter === "?") return isKept ? NO_COLON : "re.allchar";
    if (!ignoresCase) return `(str.to_re "${letter}")`;
    return `(re.union (str.to_re "${letter.toLowerCase()}") (str.to_re "${letter.toUpperCase()}"))`;
  });
  return `(re.++ (str.to_re "") (str.to_re "") ${pieces.join(" ")})`;
}

function assertionsOf({ all, none }: PlainSet): string {
  const matches = (glob: PlainGlob) => `(str.in_re s ${expressionOf(glob)})`;
  return [
    ...all.map((list) => `(assert (or false ${list.map(matches).join(" ")}))`),
    ...none.map((glob) => `(assert (not ${matches(glob)}))`),
  ].join("\n");
}

async function main(): Promise<void> {
  const sets = JSON.parse(readFileSync(0, "utf8")) as readonly PlainSet[];
  const { em, Z3 } = await init();
  const context = Z3.mk_context(Z3.mk_config());
  const questions = sets.map((set) => `(push)\n${assertionsOf(set)}\n(check-sat)\n(pop)`);
  const script = [`(set-option :timeout ${MILLISECONDS_EACH})`, "(declare-const s String)", ...questions].join("\n");
  process.stdout.write(await Z3.eval_smtlib2_string(context, script));
  (em as { PThread: { terminateAllThreads(): void } }).PThread.terminateAllThreads();
}

void main();

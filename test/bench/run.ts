import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { table } from "../../cli/terminal";
import { bench, type Result } from "./bench";
import { ratioRows, stepRows, withTables } from "./report";

const HELP = `Usage: npm run bench [-- --quick] [--json] [--write]

Compares Ambit with plain cdktf that emits the same resources: time and memory of the synth, growth, start.

  --quick  100 and 1,000 agents only
  --json   print every measurement as JSON
  --write  write the tables into docs/performance.md
  --help   print this text

Exit codes: 0 every ratio met, 1 a ratio missed or the bench failed, 2 unknown option.
`;

const SIZES = [
  { agents: 100, rounds: 15 },
  { agents: 1_000, rounds: 11 },
  { agents: 10_000, rounds: 3 },
];
const PAGE = join(__dirname, "../../docs/performance.md");

function main(): number {
  let options;
  try {
    const flag = { type: "boolean", default: false } as const;
    options = parseArgs({ options: { quick: flag, json: flag, write: flag, help: flag } }).values;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  let result: Result;
  try {
    result = bench({ sizes: options.quick ? SIZES.slice(0, 2) : SIZES, progress });
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
  process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : text(result));
  if (options.write) write(result);
  return result.isAccepted ? 0 : 1;
}

function text(result: Result): string {
  return `${result.machine}\n\n${table(ratioRows(result))}\n${table(stepRows(result))}`;
}

function write(result: Result): void {
  writeFileSync(PAGE, withTables(readFileSync(PAGE, "utf8"), result));
  execFileSync(process.execPath, [require.resolve("prettier/bin/prettier.cjs"), "--write", PAGE]);
}

function progress(step: string): void {
  process.stderr.write(`${step} …\n`);
}

process.exitCode = main();

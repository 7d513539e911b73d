import { parseArgs } from "node:util";
import { readKillers, writeKillers } from "./killers";
import { inLanes } from "./lanes";
import { type Mutant, readMutants } from "./mutant";
import { Pool } from "./pool";
import { testFiles } from "./test-files";
import { Trial, type Verdict } from "./trial";

const HELP = `Usage: npm run mutants [-- [name ...] [--record]]

Takes security rules out, one at a time: some test must notice. Without a name, all of them; a name may be a part of one.

  --record   remember which test noticed each, to be run first from now on; without a name, of those that have none
  --help     print this text

Exit codes: 0 all noticed, 1 some are not, 2 unknown name or option.
`;

async function main(): Promise<number> {
  const options = { record: { type: "boolean" }, help: { type: "boolean" } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  const all = readMutants();
  const unknown = positionals.find((part) => !all.some(({ name }) => name.includes(part)));
  if (unknown !== undefined) throw new Error(`no mutant is called "${unknown}"`);
  const known = readKillers();
  const isMeant = ({ name }: Mutant): boolean =>
    positionals.length > 0
      ? positionals.some((part) => name.includes(part))
      : !(values.record && Object.hasOwn(known, name));
  const mutants = all.filter(isMeant);
  const pool = new Pool();
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void pool.stop().then(() => process.exit(1)));
  const trial = new Trial(pool, known, testFiles());
  const found = { ...known };
  let missed = 0;
  const tell = async ([mutant, verdict]: readonly [Mutant, Promise<Verdict>]): Promise<void> => {
    const { killer, problem } = await verdict;
    if (killer !== undefined) found[mutant.name] = killer;
    else missed += 1;
    const why = killer === undefined ? problem : `${killer.file}: ${killer.test}`;
    process.stdout.write(`${killer === undefined ? "FAIL" : "pass"}  ${mutant.name}\n      ${why}\n`);
    // Each as soon as it is known: a long run may be ended.
    if (values.record === true) writeKillers(found);
  };
  await Promise.all([...inLanes(pool.lanes, mutants, (one) => trial.verdict(one))].map(tell));
  await pool.stop();
  if (values.record === true) {
    const names = new Set(all.map(({ name }) => name));
    writeKillers(Object.fromEntries(Object.entries(found).filter(([name]) => names.has(name))));
  }
  process.stdout.write(
    `${mutants.length - missed} noticed, ${missed} not; ${Math.round(pool.cpuSeconds)} CPU-seconds in tests\n`,
  );
  return missed === 0 ? 0 : 1;
}

main().then(
  (code) => (process.exitCode = code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n\n${HELP}`);
    process.exitCode = 2;
  },
);

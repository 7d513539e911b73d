import "../../../../cli/engine";
import { coverageOf } from "../../../../governance/coverage/coverage-of";
import { readOutput } from "../../../../governance/coverage/read-output";
import { coverageJson } from "../../../../governance/coverage/report/coverage-json";
import { Stopwatch } from "../../stopwatch";

/** Run by the bench in a process of its own, as `ambit` sets the engine: reads a folder and computes its coverage, as JSON. */
const [folder] = process.argv.slice(2) as [string];
const watch = new Stopwatch();
const output = readOutput(folder, "2026-12-01");
watch.lap("read");
const coverage = coverageOf(output);
watch.lap("coverage");
const { length } = coverageJson(coverage);
watch.lap("json");
watch.readPeak();
const whole = coverage.safeguards.filter(({ extent }) => extent === "whole").length;
process.stdout.write(JSON.stringify({ ...watch.measures, whole, length }));

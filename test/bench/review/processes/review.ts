import "../../../../cli/engine";
import { reviewOf } from "../../../../review/pull-request/review-of";
import { readEstate } from "../../../../review/read/estate";
import { ReadCache } from "../../../../review/read/folder/folder";
import { Stopwatch } from "../../stopwatch";

/**
 * Run by the bench in a process of its own, as `ambit` sets the engine: reads two folders and reviews them. Prints who
 * gains something as well.
 */
const [base, head] = process.argv.slice(2) as [string, string];
const watch = new Stopwatch();
const once = new ReadCache();
const [before, after] = [readEstate(base, once), readEstate(head, once)];
watch.lap("read");
const { agents, unknown } = reviewOf(before, after);
watch.lap("review");
watch.readPeak();
const gaining = agents.filter(({ gains }) => gains.length > 0).map(({ id }) => id);
const open = agents.reduce((sum, one) => sum + one.unknown.length, unknown.length);
process.stdout.write(JSON.stringify({ ...watch.measures, gaining, unknown: open }));

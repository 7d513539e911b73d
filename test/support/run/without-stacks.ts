import { join } from "node:path";

/** Each token of CDKTF keeps the stack that made it, which jest maps to the source frame by frame: a third of all a synth does. */
const file = join(__dirname, "../../../node_modules/cdktf/lib/tokens/private/stack-trace.js");
// eslint-disable-next-line @typescript-eslint/no-require-imports -- it is no module of the package's interface
const traces = require(file) as Record<string, () => readonly string[]>;
traces.captureStackTrace = () => [];
// Of cdktf's fork
traces.captureCreationStack = () => [];

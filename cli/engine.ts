import { setFlagsFromString } from "node:v8";

/**
 * Bytes of bytecode that a function runs before V8 optimizes it, four times the default of Node 20.
 *
 * With the default a review of 1,000 agents spends a third of its time on optimized code that V8 soon discards. Later
 * versions of V8 decide differently, and lack this flag.
 */
const INTERRUPT_BUDGET = 4 * 132 * 1024;

if (process.versions.v8.startsWith("11.")) setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);

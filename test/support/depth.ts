import fc from "fast-check";
import { seedOf } from "./seed";

/**
 * How much the tests draw: `quick` is what `npm test` does, the same examples in every run; `deep`, by
 * `npm run test:deep`, draws about ten times as many, and new ones in every run. Cases that are written out are tried by both.
 */
const DEPTHS = ["quick", "deep"] as const;

function given(text = process.env["AMBIT_TEST_DEPTH"] ?? ""): (typeof DEPTHS)[number] {
  const known = DEPTHS.find((each) => each === (text || "quick"));
  if (known === undefined) throw new Error(`AMBIT_TEST_DEPTH must be quick or deep, got ${text}`);
  return known;
}

export const IS_DEEP = given() === "deep";
const SHARE = 10;
const LEAST = 20;
const QUICK_SEED = 20_261_201;

/** How many to draw where `deep` are drawn at the most; by default a tenth of them, and no fewer than 20. */
export function depth(deep: number, quick = Math.min(deep, Math.max(LEAST, Math.ceil(deep / SHARE)))): number {
  return IS_DEEP ? deep : quick;
}

/** As {@link depth}, of a test that may go on for long: `AMBIT_FUZZ_SECONDS=600` draws for so long, as many as there are. */
export function draws(deep: number, quick: number): { numRuns: number; interruptAfterTimeLimit?: number } {
  const seconds = Number(process.env["AMBIT_FUZZ_SECONDS"] ?? 0);
  return seconds > 0
    ? { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: seconds * 1_000 }
    : { numRuns: depth(deep, quick) };
}

/** What is drawn follows from it: AMBIT_SEED where given, and without it another one in every deep run. */
export const DRAW_SEED = seedOf(() => {}, process.env["AMBIT_SEED"] || (IS_DEEP ? undefined : String(QUICK_SEED)));

fc.configureGlobal({ numRuns: depth(100), seed: DRAW_SEED });

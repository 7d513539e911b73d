import { join } from "node:path";
import { build } from "esbuild";
import { bundleOptions, BUNDLES, copyBeside, MAIN } from "../../../images/bundles";
import { type TwoWorldsBench, twoWorldsBench } from "../two-worlds/bench";
import type { TwoWorldsResult } from "../two-worlds/result";

const ROOT = join(__dirname, "../../..");

/** Tokens and calls with records and their log, and of an exchange that writes its state alone, over the same store */
export function auditCostBench(props: TwoWorldsBench): Promise<TwoWorldsResult> {
  return twoWorldsBench(props, async (side, { folder, programs: { authorizer } }) =>
    side === "on"
      ? { audit: true }
      : { mains: { exchange: await unrecordedExchange(join(folder, "unrecorded")), authorizer } },
  );
}

/** The exchange as it ships, but for its ledger. @returns what it begins with */
async function unrecordedExchange(folder: string): Promise<string> {
  const { exchange } = BUNDLES;
  await build({
    ...bundleOptions(ROOT, exchange, folder),
    plugins: [
      {
        name: "unrecorded",
        setup: ({ onResolve }) =>
          onResolve({ filter: /\/audit\/ledger$/ }, () => ({ path: join(__dirname, "unrecorded-ledger.ts") })),
      },
    ],
  });
  copyBeside(ROOT, exchange, folder);
  return join(folder, MAIN);
}

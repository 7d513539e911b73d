import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { archive } from "../../../images/archive";
import { bundle, BUNDLES, MAIN } from "../../../images/bundles";
import { lambdaClient } from "../../e2e/exchange/lambda-client";
import { LambdaFleet } from "../../e2e/exchange/lambda-fleet";
import { LambdaRuntime, type LambdaRuntimeProps } from "../../e2e/exchange/lambda-runtime";
import type { LambdaRequest } from "../../support/exchange/lambda-events";
import type { ExchangeBenchProps } from "./bench";
import type { ColdStart, FunctionSize, Functions } from "./result";
import { startMotoIn, type Yard } from "./servers";
import { inTurns } from "./turns";

const ROOT = resolve(__dirname, "../../..");
const EMPTY = `exports.handler = async () => ({ statusCode: 200, body: "" });\n`;
/** Those of a function of 1,024 MB, as TokenExchangeFunction makes it: a tenth of that is for young objects. */
const LAMBDA_FLAGS = [
  "--expose-gc",
  "--max-http-header-size=81920",
  "--max-semi-space-size=51",
  "--max-old-space-size=922",
];

/** The function and an empty handler, each started anew for each event */
export async function compareColdStarts(
  yard: Yard,
  { coldStarts, progress }: Pick<ExchangeBenchProps, "coldStarts" | "progress">,
): Promise<Functions> {
  progress(`the function and an empty handler, ${coldStarts} starts each`);
  const folder = join(yard.folder, "functions");
  const places = { empty: join(folder, "empty"), exchange: join(folder, "exchange") };
  mkdirSync(places.empty, { recursive: true });
  writeFileSync(join(places.empty, MAIN), EMPTY);
  bundle(ROOT, BUNDLES.lambda, places.exchange);

  const moto = await startMotoIn(yard);
  const fleet = await LambdaFleet.at(moto.url, join(folder, "fleet"), {
    afterwards: (act) => yard.atEnd(async () => act()),
  });
  const client = await lambdaClient();
  const node = yard.on.server(process.execPath, LAMBDA_FLAGS);
  const start = (place: string) => () =>
    coldStart({ client, folder: place, env: fleet.env, node }, fleet.tokenRequest());
  const sides = { empty: start(places.empty), exchange: start(places.exchange) };
  // What is read from the disk, and what moto does at its first request, is no part of it.
  for (const side of Object.values(sides)) await side();
  const { empty = [], exchange = [] } = await inTurns(sides, coldStarts);
  return {
    empty: { ...sizeOf(places.empty), starts: empty },
    exchange: { ...sizeOf(places.exchange), starts: exchange },
  };
}

/** A process that lives for one event, which waits for it */
async function coldStart(props: LambdaRuntimeProps, request: LambdaRequest): Promise<ColdStart> {
  const runtime = new LambdaRuntime();
  try {
    const answered = runtime.ask(request).then((answer) => ({ answer, age: runtime.age }));
    const [{ answer, age }] = await Promise.all([answered, runtime.start(props)]);
    if (answer.statusCode !== 200) throw new Error(`the function must answer with 200, got ${JSON.stringify(answer)}`);
    return { loaded: runtime.loadedAt, answered: age };
  } finally {
    await runtime.stop();
  }
}

/** Bytes of the folder as it is, and of its archive, which is written beside it */
export function sizeOf(folder: string): FunctionSize {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const unpacked = files.map(({ parentPath, name }) => statSync(join(parentPath, name)).size);
  archive(folder, `${folder}.zip`);
  return { unpacked: unpacked.reduce((sum, size) => sum + size, 0), zipped: statSync(`${folder}.zip`).size };
}

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { table } from "../../cli/terminal";
import { stopAll } from "../e2e/harness/process";
import { auditCostBench } from "./audit-cost/bench";
import { auditCostRows, auditCostText, isAccepted as isAuditCostAccepted } from "./audit-cost/result";
import { auditBench, isAccepted as isAuditAccepted } from "./audit/bench";
import { auditRows, auditText, circumstances as auditCircumstances } from "./audit/report";
import { bench } from "./bench";
import { coverageBench } from "./coverage/bench";
import {
  circumstances as coverageCircumstances,
  coverageRows,
  coverageText,
  isAccepted as isCoverageAccepted,
} from "./coverage/result";
import { decisionsBench } from "./decisions/bench";
import { buildRows, decisionsText, flatRows, kindRows, weightRows } from "./decisions/report";
import { exchangeBench } from "./exchange/bench";
import { circumstances, exchangeText, TABLES } from "./exchange/report";
import { isAccepted } from "./exchange/result";
import { gatewayBench } from "./gateway/bench";
import { absentText, circumstances as gatewayCircumstances } from "./gateway/report";
import { gatewayText, TABLES as GATEWAY_TABLES } from "./gateway/report";
import { isAccepted as isGatewayAccepted } from "./gateway/result";
import { guardrailsBench } from "./guardrails/bench";
import {
  circumstances as guardrailsCircumstances,
  guardrailsRows,
  guardrailsText,
  isAccepted as isGuardrailsAccepted,
} from "./guardrails/result";
import { HELP } from "./help";
import { inventoryBench } from "./inventory/bench";
import { inventoryRows, inventoryText, isAccepted as isInventoryAccepted } from "./inventory/report";
import { ratioRows, stepRows, synthText, withText } from "./report";
import { revocationBench } from "./revocation/bench";
import {
  circumstances as revocationCircumstances,
  revocationText,
  TABLES as REVOCATION_TABLES,
} from "./revocation/report";
import { isAccepted as isRevocationAccepted } from "./revocation/result";
import { reviewBench } from "./review/bench";
import { circumstances as reviewCircumstances, isAccepted as isReviewAccepted, reviewText } from "./review/report";
import { TABLES as REVIEW_TABLES } from "./review/report";
import { spireBench } from "./spire/bench";
import { issuanceRows, loadOf, sizingRows, spireText } from "./spire/report";
import { telemetryBench } from "./telemetry/bench";
import { telemetryRows, telemetryText } from "./telemetry/result";
import { circumstances as twoWorldsCircumstances } from "./two-worlds/result";
import { waysInBench } from "./ways-in/bench";
import { circumstances as waysInCircumstances, TABLES as WAYS_IN_TABLES, waysInText } from "./ways-in/report";
import { isAccepted as isWaysInAccepted } from "./ways-in/result";

const SIZES = [
  { agents: 100, rounds: 15 },
  { agents: 1_000, rounds: 11 },
  { agents: 10_000, rounds: 3 },
];
const SPIRE = { full: { rounds: 31, seconds: 1 }, quick: { rounds: 3, seconds: 1 } };
const DECISIONS = {
  full: { rounds: 5, questions: 500, warmUp: 3_000 },
  quick: { rounds: 3, questions: 100, warmUp: 1_500 },
};
const EXCHANGE = {
  full: { rounds: 5, seconds: 8, coldStarts: 7, warmUp: { exchange: 20_000, keycloak: 50_000 } },
  quick: { rounds: 3, seconds: 2, coldStarts: 3, warmUp: { exchange: 2_000, keycloak: 2_000 } },
};
const GATEWAY = {
  full: { rounds: 9, calls: 2_000, warmUp: 8_000, open: { rounds: 9, seconds: 4 }, longRun: 100_000 },
  quick: { rounds: 3, calls: 1_000, warmUp: 3_000, open: { rounds: 3, seconds: 3 }, longRun: 5_000 },
};
const WAYS_IN = {
  full: { rounds: 9, requests: 1_000, warmUp: 4_000 },
  quick: { rounds: 3, requests: 500, warmUp: 1_000 },
};
const REVOCATION = {
  full: { rounds: 9, orders: 200, warmUp: 400 },
  quick: { rounds: 3, orders: 100, warmUp: 200 },
};
const TWO_WORLDS = {
  full: { rounds: 9, calls: 5_000, warmUp: 8_000 },
  quick: { rounds: 5, calls: 2_000, warmUp: 3_000 },
};
const AUDIT = { full: { records: 1_000_000, rounds: 7 }, quick: { records: 200_000, rounds: 3 } };
const GUARDRAILS = {
  full: { agents: 1_000, many: 4_000, rounds: 11 },
  quick: { agents: 1_000, many: 4_000, rounds: 3 },
};
const COVERAGE = { full: { agents: 10_000, rounds: 5 }, quick: { agents: 1_000, rounds: 3 } };
const INVENTORY = {
  full: [
    { agents: 1_000, rounds: 5 },
    { agents: 10_000, rounds: 3 },
  ],
  quick: [{ agents: 1_000, rounds: 3 }],
};
const REVIEW = {
  full: {
    sizes: [
      { agents: 1_000, rounds: 9 },
      { agents: 3_000, rounds: 5 },
      { agents: 10_000, rounds: 3 },
    ],
    boundaryRounds: 3,
    questionRounds: 5,
    startRounds: 21,
  },
  quick: {
    sizes: [
      { agents: 1_000, rounds: 5 },
      { agents: 3_000, rounds: 3 },
    ],
    boundaryRounds: 0,
    questionRounds: 3,
    startRounds: 15,
  },
};
const PAGE = join(__dirname, "../../docs/performance.md");
const EXIT_CODES: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** What a bench found, in every form in which it is asked for */
interface Found {
  readonly isAccepted: boolean;
  readonly json: unknown;
  /** For a terminal */
  readonly text: string;
  /** For the page, and the name of its place there */
  readonly markdown: string;
  readonly mark: string;
}

const BENCHES: Readonly<Record<string, (quick: boolean) => Found | Promise<Found>>> = {
  synth: (quick) => {
    const result = bench({ sizes: quick ? SIZES.slice(0, 2) : SIZES, progress });
    return {
      isAccepted: result.isAccepted,
      json: result,
      text: `${result.machine}\n\n${table(ratioRows(result))}\n${table(stepRows(result))}`,
      markdown: synthText(result),
      mark: "bench",
    };
  },
  spire: async (quick) => {
    stopOnSignal();
    const result = await spireBench({ ...(quick ? SPIRE.quick : SPIRE.full), progress });
    return {
      isAccepted: result.isAccepted,
      json: result,
      text: `${result.machine}, ${loadOf(result)}\n\n${table(issuanceRows(result))}\n${table(sizingRows())}`,
      markdown: spireText(result),
      mark: "bench-spire",
    };
  },
  decisions: async (quick) => {
    stopOnSignal();
    const result = await decisionsBench({ ...(quick ? DECISIONS.quick : DECISIONS.full), progress });
    const tables = [flatRows, kindRows, weightRows, buildRows].map((rows) => table(rows(result)));
    return {
      isAccepted: result.isAccepted,
      json: result,
      text: `${result.machine}, load average ${result.busy.toFixed(1)} at the start\n\n${tables.join("\n")}`,
      markdown: decisionsText(result),
      mark: "bench-decisions",
    };
  },
  exchange: async (quick) => {
    stopOnSignal();
    const result = await exchangeBench({ ...(quick ? EXCHANGE.quick : EXCHANGE.full), progress });
    const tables = TABLES.map((rows) => table(rows(result)));
    return {
      isAccepted: isAccepted(result),
      json: result,
      text: `${circumstances(result)}\n\n${tables.join("\n")}`,
      markdown: exchangeText(result),
      mark: "bench-exchange",
    };
  },
  gateway: async (quick) => {
    stopOnSignal();
    const result = await gatewayBench({ ...(quick ? GATEWAY.quick : GATEWAY.full), progress });
    const tables = GATEWAY_TABLES.map((rows) => table(rows(result)));
    return {
      isAccepted: isGatewayAccepted(result),
      json: result,
      text: `${gatewayCircumstances(result)}\n\n${tables.join("\n")}\n${absentText(result)}\n`,
      markdown: gatewayText(result),
      mark: "bench-gateway",
    };
  },
  "ways-in": async (quick) => {
    stopOnSignal();
    const result = await waysInBench({ ...(quick ? WAYS_IN.quick : WAYS_IN.full), progress });
    const tables = WAYS_IN_TABLES.map((rows) => table(rows(result)));
    return {
      isAccepted: isWaysInAccepted(result),
      json: result,
      text: `${waysInCircumstances(result)}\n\n${tables.join("\n")}`,
      markdown: waysInText(result),
      mark: "bench-ways-in",
    };
  },
  audit: async (quick) => {
    stopOnSignal();
    const result = await auditBench({ ...(quick ? AUDIT.quick : AUDIT.full), progress });
    return {
      isAccepted: isAuditAccepted(result),
      json: result,
      text: `${auditCircumstances(result)}\n\n${table(auditRows(result))}`,
      markdown: auditText(result),
      mark: "bench-audit",
    };
  },
  guardrails: (quick) => {
    const result = guardrailsBench({ ...(quick ? GUARDRAILS.quick : GUARDRAILS.full), progress });
    return {
      isAccepted: isGuardrailsAccepted(result),
      json: result,
      text: `${guardrailsCircumstances(result)}\n\n${table(guardrailsRows(result))}`,
      markdown: guardrailsText(result),
      mark: "bench-guardrails",
    };
  },
  coverage: (quick) => {
    const result = coverageBench({ ...(quick ? COVERAGE.quick : COVERAGE.full), progress });
    return {
      isAccepted: isCoverageAccepted(result),
      json: result,
      text: `${coverageCircumstances(result)}\n\n${table(coverageRows(result))}`,
      markdown: coverageText(result),
      mark: "bench-coverage",
    };
  },
  "audit-cost": async (quick) => {
    stopOnSignal();
    const result = await auditCostBench({ ...(quick ? TWO_WORLDS.quick : TWO_WORLDS.full), progress });
    return {
      isAccepted: isAuditCostAccepted(result),
      json: result,
      text: `${twoWorldsCircumstances(result)}\n\n${table(auditCostRows(result))}`,
      markdown: auditCostText(result),
      mark: "bench-audit-cost",
    };
  },
  revocation: async (quick) => {
    stopOnSignal();
    const result = await revocationBench({ ...(quick ? REVOCATION.quick : REVOCATION.full), progress });
    const tables = REVOCATION_TABLES.map((rows) => table(rows(result)));
    return {
      isAccepted: isRevocationAccepted(result),
      json: result,
      text: `${revocationCircumstances(result)}\n\n${tables.join("\n")}`,
      markdown: revocationText(result),
      mark: "bench-revocation",
    };
  },
  telemetry: async (quick) => {
    stopOnSignal();
    const result = await telemetryBench({ ...(quick ? TWO_WORLDS.quick : TWO_WORLDS.full), progress });
    return {
      isAccepted: result.spans > 0,
      json: result,
      text: `${twoWorldsCircumstances(result)}\n\n${table(telemetryRows(result))}`,
      markdown: telemetryText(result),
      mark: "bench-telemetry",
    };
  },
  inventory: (quick) => {
    const result = inventoryBench({ sizes: quick ? INVENTORY.quick : INVENTORY.full, progress });
    return {
      isAccepted: isInventoryAccepted(result),
      json: result,
      text: `${result.machine}\n\n${table(inventoryRows(result))}`,
      markdown: inventoryText(result),
      mark: "bench-inventory",
    };
  },
  review: (quick) => {
    const result = reviewBench({ ...(quick ? REVIEW.quick : REVIEW.full), progress });
    const tables = REVIEW_TABLES.map((rows) => table(rows(result)));
    return {
      isAccepted: isReviewAccepted(result),
      json: result,
      text: `${reviewCircumstances(result)}\n\n${tables.join("\n")}`,
      markdown: reviewText(result),
      mark: "bench-review",
    };
  },
};

async function main(): Promise<number> {
  let options;
  try {
    options = optionsOf(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  let found: Found;
  try {
    found = await options.run(options.quick);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
  process.stdout.write(options.json ? `${JSON.stringify(found.json, null, 2)}\n` : found.text);
  if (options.write) write(found);
  return found.isAccepted ? 0 : 1;
}

function optionsOf(args: string[]) {
  const flag = { type: "boolean", default: false } as const;
  const options = { quick: flag, json: flag, write: flag, help: flag } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [name = "synth", ...more] = positionals;
  const run = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (run === undefined || more.length > 0) {
    throw new Error(`unknown bench "${positionals.join(" ")}": name one of ${Object.keys(BENCHES).join(", ")}`);
  }
  return { ...values, run };
}

/** Only where programs run beside: a bench that waits for nothing would not hear a signal that has a listener. */
function stopOnSignal(): void {
  process.on("exit", stopAll);
  for (const [signal, code] of Object.entries(EXIT_CODES)) process.on(signal, () => process.exit(code));
}

function write({ mark, markdown }: Found): void {
  writeFileSync(PAGE, withText(readFileSync(PAGE, "utf8"), mark, markdown));
  execFileSync(process.execPath, [require.resolve("prettier/bin/prettier.cjs"), "--write", PAGE]);
}

function progress(step: string): void {
  process.stderr.write(`${step} …\n`);
}

void main().then((code) => (process.exitCode = code));

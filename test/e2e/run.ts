import { parseArgs } from "node:util";
import { asJson, lastLine, line, totals } from "./harness/report";
import { putAwayOnSignal } from "./harness/signals";
import { Suite } from "./harness/suite";
import { auditSuite } from "./audit/suite";
import { clientSuite } from "./client/suite";
import { clusterSuite } from "./cluster/suite";
import { cutSuite } from "./cut/suite";
import { decisionsSuite } from "./decisions/suite";
import { devSuite } from "./dev/suite";
import { exchangeSuite } from "./exchange/suite";
import { faultsSuite } from "./faults/suite";
import { forkSuite } from "./fork/suite";
import { gatewaySuite } from "./gateway/suite";
import { governanceSuite } from "./governance/suite";
import { killSuite } from "./kill/suite";
import { liveSuite } from "./live/suite";
import { mcpSuite } from "./mcp/suite";
import { managedSuite } from "./managed/suite";
import { monitoringSuite } from "./monitoring/suite";
import { mutantsSuite } from "./mutants/suite";
import { oversightSuite } from "./oversight/suite";
import { peersSuite } from "./peers/suite";
import { reviewSuite } from "./review/suite";
import { scenarioSuite } from "./scenario/suite";
import { spireSuite } from "./spire/suite";
import { waysInSuite } from "./ways-in/suite";
import { cdktfSuite, openTofuSuite, terraformSuite } from "./terraform/suite";

const SUITES: Readonly<Record<string, (suite: Suite) => unknown>> = {
  audit: auditSuite,
  cdktf: cdktfSuite,
  client: clientSuite,
  cluster: clusterSuite,
  cut: cutSuite,
  decisions: decisionsSuite,
  dev: devSuite,
  exchange: exchangeSuite,
  faults: faultsSuite,
  fork: forkSuite,
  gateway: gatewaySuite,
  governance: governanceSuite,
  kill: killSuite,
  live: liveSuite,
  managed: managedSuite,
  mcp: mcpSuite,
  monitoring: monitoringSuite,
  mutants: mutantsSuite,
  opentofu: openTofuSuite,
  oversight: oversightSuite,
  peers: peersSuite,
  review: reviewSuite,
  scenario: scenarioSuite,
  spire: spireSuite,
  terraform: terraformSuite,
  "ways-in": waysInSuite,
};

const HELP = `Usage: npm run e2e [-- [suite ...] [--only TEXT] [--json]]

Runs what Ambit generates on the programs that will really read it. Without a name, every suite runs.

  audit       the audit log, written by processes that are killed, and verified by Tessera's fsck and torchwood
  cdktf       the cdktf command on Terraform and OpenTofu, on a stand-in for AWS
  client      the clients as they are published, installed in empty projects, against real companions
  cluster     a real Kubernetes node: pods, network policies, our images; SPIRE, control stack and agents as rendered
  cut         what is open when something is stopped, through Envoy and the authorizer
  decisions   the rules on the real OPA: cases, agreement with Cedar, signed bundles
  dev         the page of npm run dev in a real browser
  exchange    the exchange with SPIRE, its stores and third-party clients, and all faults
  faults      parts of the platform fail while an agent works, on a real Kubernetes node: AMBIT_SCHEDULES=20, AMBIT_SEED=n
  fork        the tests on CDK Terrain, the community fork of cdktf
  gateway     agents' calls through Envoy and the authorizer to tools, and attacks on the way
  governance  programs of others judge what we write (compliance-trestle, checkov, parliament), and ambit lint judges Terraform of others
  kill        the kill switch as it is bundled, on an exchange, an API server and a stand-in for AWS, and a busy agent
  live        ambit inventory --live with the real AWS command line and kubectl, on moto and an API server
  managed     the policies that AWS keeps, each with each other that it may be within
  mcp         MCP servers of both revisions behind the gateway: clients, attacks and the official conformance suite
  monitoring  a real collector between exchange, authorizer and CloudWatch: each alarm by what really happens
  mutants     each security rule taken out once: some test must notice; AMBIT_MUTANTS_SHARE=3, a third of them by the commit
  opentofu    OpenTofu with the real AWS provider, on a stand-in for AWS
  oversight   people who log in at Keycloak decide on agents' requests in a real browser
  peers       the lowest and the newest versions of the peer dependencies: the sources compile, the example synthesizes
  review      the page of a review in a real browser
  scenario    one story through all of it, on a real Kubernetes node: from the declaration to the audit
  spire       SPIRE, its database and its cluster: what is rendered for them, and attacks on it
  terraform   Terraform with the real AWS provider, on a stand-in for AWS
  ways-in     users' requests through Envoy to an agent in an unmodified framework, and attacks on the way

  --only TEXT run the checks whose names contain it, and those that they need
  --json      print the results as JSON on standard output, progress on standard error
  --help      print this text

Exit codes: 0 nothing failed, 1 a check failed, 2 unknown suite or option.
`;

interface Options {
  readonly names: readonly string[];
  readonly json: boolean;
  /** Part of the names of checks @default "" - all */
  readonly only: string;
}

function optionsOf(argv: string[]): Options | "help" {
  const options = { json: { type: "boolean" }, help: { type: "boolean" }, only: { type: "string" } } as const;
  const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true });
  if (values.help === true) return "help";
  const unknown = positionals.find((name) => !Object.hasOwn(SUITES, name));
  if (unknown !== undefined)
    throw new Error(`unknown suite "${unknown}": name one of ${Object.keys(SUITES).join(", ")}`);
  return {
    names: positionals.length === 0 ? Object.keys(SUITES) : [...new Set(positionals)],
    json: values.json === true,
    only: values.only ?? "",
  };
}

async function main(): Promise<number> {
  // The AWS SDK is pinned, and this is no place to be told of later versions.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  let options: Options | "help";
  try {
    options = optionsOf(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    return 2;
  }
  if (options === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  const progress = options.json ? process.stderr : process.stdout;
  const suites = options.names.map((name) => new Suite(name));
  putAwayOnSignal(suites);
  for (const suite of suites) await runSuite(suite, options.only, (text) => progress.write(text));
  const sums = totals(suites);
  process.stdout.write(options.json ? asJson(suites) : lastLine(sums));
  return sums.failed === 0 ? 0 : 1;
}

async function runSuite(suite: Suite, only: string, write: (text: string) => void): Promise<void> {
  write(`${suite.name}\n`);
  (SUITES[suite.name] as (suite: Suite) => unknown)(suite);
  suite.keep(({ name }) => name.includes(only));
  if (suite.checks.length === 0) throw new Error(`no check of ${suite.name} has "${only}" in its name`);
  try {
    for (const check of suite.checks) {
      await check.run();
      write(line(check));
    }
  } finally {
    await suite.putAway();
  }
}

main().then(
  (code) => (process.exitCode = code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);

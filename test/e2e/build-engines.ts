import { parseArgs } from "node:util";
import { logPrograms } from "./audit/programs";
import { awsCliPython } from "./audit/trail-judges";
import { buildPython } from "./client/python-checks";
import { corednsProgram, initProgram, kubeRouterProgram, kubernetesPrograms } from "./cluster/programs";
import { collectorProgram } from "./monitoring/collector-program";
import { opaProgram } from "./decisions/programs";
import { conformanceProgram } from "./mcp/conformance-program";
import { keycloakDistribution } from "./oversight/keycloak-distribution";
import { envoyProgram } from "./gateway/envoy-program";
import { stopAll } from "./harness/process";
import { scannersPython } from "./governance/scanners";
import { trestlePython } from "./governance/trestle";
import { Skipped } from "./harness/suite";
import { storyAgentImage } from "./scenario/agent/image";
import { etcdProgram, apiserverProgram, olderSpirePrograms, spirePrograms } from "./spire/programs";
import { motoPython } from "./terraform/moto";
import { openTofu } from "./terraform/opentofu";

/** Each of them once, into the cache that suites take it from */
const ENGINES: Readonly<Record<string, () => Promise<unknown>>> = {
  moto: motoPython,
  opa: opaProgram,
  envoy: envoyProgram,
  conformance: conformanceProgram,
  etcd: etcdProgram,
  "kube-apiserver": apiserverProgram,
  kubernetes: kubernetesPrograms,
  "kube-router": kubeRouterProgram,
  coredns: corednsProgram,
  "node-init": initProgram,
  spire: spirePrograms,
  "spire-older": olderSpirePrograms,
  opentofu: openTofu,
  keycloak: keycloakDistribution,
  "story-agent": storyAgentImage,
  tlog: logPrograms,
  awscli: awsCliPython,
  collector: collectorProgram,
  "python-build": buildPython,
  trestle: trestlePython,
  scanners: scannersPython,
};

const HELP = `Usage: npm run engines [-- [engine ...]]

Builds the programs that the suites of npm run e2e run, once, into a cache outside the tree
($XDG_CACHE_HOME/ambit, or ~/.cache/ambit). Without a name, all of them:

  ${Object.keys(ENGINES).join(", ")}

One that cannot be built here is told; the suites then skip what needs it.

Exit codes: 0 built, or told why not; 64 unknown engine or option.
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { help: { type: "boolean" } }, allowPositionals: true });
  if (values.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  const unknown = positionals.find((name) => !Object.hasOwn(ENGINES, name));
  if (unknown !== undefined) {
    throw new Error(`unknown engine "${unknown}": name one of ${Object.keys(ENGINES).join(", ")}`);
  }
  for (const [name, build] of Object.entries(ENGINES)) {
    if (positionals.length === 0 || positionals.includes(name)) await told(name, build);
  }
  return 0;
}

async function told(name: string, build: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  process.stdout.write(`${name}\n`);
  let end = "is there";
  try {
    await build();
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
    end = `is not there: ${error.message}`;
  }
  process.stdout.write(`      ${end}, after ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
}

process.on("exit", stopAll);
main().then(
  (code) => (process.exitCode = code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n\n${HELP}`);
    process.exitCode = 64;
  },
);

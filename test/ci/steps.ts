import type { Step } from "./step";

const PACKAGES = [
  ...["", "/workload", "/spire", "/admission", "/gateway", "/stacks", "/iam"].map((path) => `ambit${path}`),
  "@ambit/client",
];

/** Written into the package when it is built: they are read, or the step fails. */
const POLICIES_OF_AWS = `require("./dist/review/reach/aws/managed/managed-policies.js").managedPolicies().byArn.get("arn:aws:iam::aws:policy/ReadOnlyAccess").json`;

/** For the pages of reviews. Where it cannot be installed, their checks are skipped and say so. */
const CHROMIUM = `command -v chromium || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } > /dev/null 2>&1 ||
  echo "Chromium cannot be installed here: the checks of pages will be skipped"`;

/** What a node has of Debian. Where it cannot be installed, the checks of a real cluster are skipped and say so. */
const NODE_PACKAGES = "containerd runc containernetworking-plugins iptables ipset conntrack procps";
const NODE = `{ command -v containerd && command -v ipset && command -v conntrack && [ -e /usr/lib/cni/ptp ]; } > /dev/null ||
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ${NODE_PACKAGES}; } > /dev/null 2>&1 ||
  echo "The packages of a node cannot be installed here: the checks of a cluster will be skipped"`;

/** Steps that suites need besides engines */
const BESIDE_ENGINES: readonly string[] = ["browser", "node packages"];

/** What suites need that run pods */
const CLUSTER = ["kubernetes", "node", "node packages", "moto", "envoy", "opa", "spire"] as const;

/** Of the 10,000 requests of two users that are swapped */
const SWAPPED = ["env", "AMBIT_REQUESTS=2000"] as const;
/** A third, another one with each commit: all of them take 14 minutes of the processor. */
const MUTANTS = ["env", "AMBIT_MUTANTS_SHARE=3"] as const;
/** Of its schedules the first six, which harm each part once: all twenty take minutes more. */
const FAULTS = ["env", "AMBIT_SEED=2151", "AMBIT_SCHEDULES=6"] as const;

/**
 * The longest first, and engines before what waits for them. A suite mostly waits for the programs that it runs: three of
 * them leave a core to something else.
 */
export const STEPS: readonly Step[] = [
  engine("moto"),
  { name: "browser", command: ["bash", "-c", CHROMIUM], cores: 0 },
  // After it, as apt takes one at a time
  { name: "node packages", command: ["bash", "-c", NODE], cores: 0, needs: ["browser"] },
  engine("opa"),
  engine("envoy"),
  engine("conformance"),
  engine("spire"),
  engine("opentofu"),
  engine("keycloak"),
  engine("story-agent"),
  suite("terraform", "moto"),
  engine("kubernetes", "etcd", "kube-apiserver"),
  engine("spire-older"),
  engine("tlog"),
  engine("collector"),
  engine("python-build"),
  engine("trestle"),
  engine("scanners"),
  engine("node", "kubernetes", "kube-router", "coredns", "node-init"),
  suite("opentofu", "moto", "opentofu"),
  onlyOf("cdktf on terraform", suite("cdktf", "moto")),
  npm("types", "types"),
  { ...npm("test", "test"), againAlone: true },
  npm("lint", "lint"),
  npm("format", "format:check"),
  { name: "api", command: ["npm", "run", "api", "--", "--check"] },
  suite("exchange", "spire", "moto", "tlog"),
  suite("spire", "spire", "kubernetes"),
  suite("scenario", ...CLUSTER, "browser", "story-agent"),
  // Its result does not depend on what runs beside it.
  { ...within(MUTANTS, suite("mutants")), againAlone: false },
  npm("build", "build"),
  {
    name: "package",
    command: ["node", "-e", `for (const name of ${JSON.stringify(PACKAGES)}) require(name); ${POLICIES_OF_AWS}`],
    needs: ["build"],
  },
  npm("synth", "synth"),
  suite("gateway", "spire", "envoy", "moto", "opa", "browser"),
  suite("mcp", "spire", "envoy", "opa", "conformance"),
  within(SWAPPED, suite("ways-in", "spire", "envoy")),
  suite("cut", "spire", "envoy"),
  suite("oversight", "spire", "envoy", "keycloak", "browser"),
  suite("decisions", "opa"),
  suite("audit", "tlog", "moto"),
  suite("monitoring", "collector", "moto", "spire", "envoy"),
  suite("client", "python-build"),
  suite("fork"),
  suite("dev", "browser"),
  suite("review", "browser"),
  suite("managed"),
  suite("governance", "trestle", "scanners"),
  suite("live", "moto", "kubernetes", "node"),
  suite("kill", "kubernetes", "moto", "spire", "envoy"),
  suite("cluster", ...CLUSTER, "spire-older"),
  within(FAULTS, suite("faults", ...CLUSTER)),
];

/** After all others, with every outcome */
export const LAST_STEPS: readonly Step[] = [{ name: "unchanged", command: ["git", "diff", "--exit-code"] }];

function npm(name: string, script: string): Step {
  return { name, command: ["npm", "run", script] };
}

function engine(name: string, ...programs: readonly string[]): Step {
  return {
    name: `engine ${name}`,
    command: ["npm", "run", "engines", "--", ...(programs.length > 0 ? programs : [name])],
    cores: 0.5,
  };
}

function suite(name: string, ...needs: readonly string[]): Step {
  return {
    name: `e2e ${name}`,
    command: ["npm", "run", "e2e", "--", name],
    cores: 0.3,
    againAlone: true,
    needs: needs.map((need) => (BESIDE_ENGINES.includes(need) ? need : `engine ${need}`)),
  };
}

/** The suite's checks that are named so */
function onlyOf(text: string, step: Step): Step {
  return { ...step, command: [...step.command, "--only", text] };
}

/** The step with these variables of the environment */
function within(env: readonly [string, ...string[]], step: Step): Step {
  return { ...step, command: [...env, ...step.command] };
}

import type { Step } from "./step";

const SUBPATHS = ["", "/workload", "/spire", "/admission", "/stacks", "/client", "/iam"];

/** For the pages of reviews. Where it cannot be installed, their checks are skipped and say so. */
const CHROMIUM = `command -v chromium || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } > /dev/null 2>&1 ||
  echo "Chromium cannot be installed here: the checks of pages will be skipped"`;

/** What the machine does besides: builds that other steps wait for come first, suites that mostly wait take half a core. */
export const STEPS: readonly Step[] = [
  engine("opa"),
  engine("spire"),
  { name: "browser", command: ["bash", "-c", CHROMIUM], cores: 0 },
  npm("types", "types"),
  npm("lint", "lint"),
  npm("format", "format:check"),
  engine("moto"),
  engine("kubernetes", "etcd", "kube-apiserver"),
  engine("opentofu"),
  // Everything that `npm test` tries, with all draws
  { ...npm("test", "test"), cores: 2 },
  { ...npm("test deep", "test:deep"), cores: 2 },
  npm("build", "build"),
  {
    name: "package",
    command: ["node", "-e", `for (const path of ${JSON.stringify(SUBPATHS)}) require("ambit" + path)`],
    needs: ["build"],
  },
  npm("synth", "synth"),
  suite("decisions", "opa"),
  suite("exchange", "spire", "moto"),
  suite("spire", "spire", "kubernetes"),
  suite("terraform", "moto"),
  suite("opentofu", "moto", "opentofu"),
  suite("review", "browser"),
  suite("mutants"),
  suite("managed"),
  suite("fork"),
];

/** After all others, whatever became of them */
export const LAST_STEPS: readonly Step[] = [{ name: "unchanged", command: ["git", "diff", "--exit-code"] }];

function npm(name: string, script: string): Step {
  return { name, command: ["npm", "run", script] };
}

function engine(name: string, ...programs: readonly string[]): Step {
  return {
    name: `engine ${name}`,
    command: ["npm", "run", "engines", "--", ...(programs.length > 0 ? programs : [name])],
  };
}

function suite(name: string, ...needs: readonly string[]): Step {
  return {
    name: `e2e ${name}`,
    command: ["npm", "run", "e2e", "--", name],
    needs: needs.map((need) => (need === "browser" ? need : `engine ${need}`)),
  };
}

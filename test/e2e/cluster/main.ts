import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopAll } from "../harness/process";
import { COREDNS } from "./coredns";
import { nodeImages } from "./images";
import { checkMachine } from "./machine";
import { OneNode } from "./one-node";
import { kubernetesPrograms, nodePrograms } from "./programs";

const READY_SECONDS = 240;

const HELP = `Usage: npm run cluster -- up | status | kubectl ARGS... | load NAME FOLDER | down

A Kubernetes cluster of one node on this machine (Linux, root, cgroup v1), in namespaces of its own: the machine's
firewall, routes and settings stay as they are. docs/try-on-a-cluster.md says more.

  up        start it, with DNS and network policies; the first time its programs are built, which takes minutes
  status    whether it runs, and its pods
  kubectl   run kubectl as an administrator of it
  load      import an OCI layout as the image images.ambit.internal/NAME, with the tag that the layout has
  down      end it, and put away everything that it left

Exit codes: 0 done, 1 it cannot be done here, 3 it does not run, 64 unknown command; of kubectl its own.
`;

type Command = (args: readonly string[]) => Promise<number>;
const COMMANDS: Readonly<Record<string, Command>> = { up, status, kubectl, load, down };

async function up(): Promise<number> {
  if ((await running()) !== undefined) throw new Error("the cluster runs already: see npm run cluster -- status");
  await checkMachine();
  say("programs");
  const programs = await nodePrograms();
  const folder = mkdtempSync(join(tmpdir(), "ambit-images-"));
  try {
    say("images");
    const images = await nodeImages(folder, programs);
    const node = await OneNode.start(programs, { images, standing: true, told: say });
    for (const object of COREDNS) await node.client("administrator").apply(object);
    await node.podReady("kube-system", { "k8s-app": "kube-dns" }, READY_SECONDS);
    say("names are answered\n\n  npm run cluster -- kubectl get pods --all-namespaces");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return 0;
}

async function status(): Promise<number> {
  const node = await theNode();
  say(`it runs, in ${node.folder}`);
  return terminal(node, ["get", "nodes,pods", "--all-namespaces"]);
}

async function kubectl(args: readonly string[]): Promise<number> {
  return terminal(await theNode(), args);
}

async function load([name, layout, ...more]: readonly string[]): Promise<number> {
  if (name === undefined || layout === undefined || more.length > 0) throw new Error("load takes NAME and FOLDER");
  await (await theNode()).importImage({ name, layout });
  return 0;
}

async function down(): Promise<number> {
  await (await theNode()).stop();
  say("it has ended");
  return 0;
}

function terminal(node: OneNode, args: readonly string[]): number {
  const [command, ...all] = node.kubectlCommand(args);
  return spawnSync(command, all, { stdio: "inherit" }).status ?? 1;
}

class NotRunning extends Error {}

async function theNode(): Promise<OneNode> {
  const node = await running();
  if (node === undefined) throw new NotRunning("the cluster does not run: start it with npm run cluster -- up");
  return node;
}

async function running(): Promise<OneNode | undefined> {
  return OneNode.standing(await kubernetesPrograms());
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function main([name = "", ...args]: readonly string[]): Promise<number> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command !== undefined) return command(args);
  if (name === "--help") {
    process.stdout.write(HELP);
    return 0;
  }
  process.stderr.write(`unknown command "${name}": name one of ${Object.keys(COMMANDS).join(", ")}\n\n${HELP}`);
  return 64;
}

process.on("exit", stopAll);
main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error instanceof NotRunning ? 3 : 1;
  },
);

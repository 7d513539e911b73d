import { join } from "node:path";
import { writeImage } from "../../../../images/oci/layout";
import { programFiles } from "../../../../images/oci/libraries";
import { spirePrograms } from "../../spire/programs";
import { type BuiltImage, IMAGE_TAG } from "../images";

export const NODE_PROGRAM = "/usr/bin/node";
export const AGENT_PROGRAM = "/opt/spire/bin/spire-agent";
const MAIN = "/svid-helper.js";

/**
 * In place of spiffe-helper, whose program is no module of Go: reads the configuration that is rendered for it, writes
 * the SVID that the Workload API gives to its pod into files of the names that stand there, and answers the probes.
 *
 * https://github.com/spiffe/spiffe-helper/blob/v0.11.0/README.md
 */
export async function svidHelperImage(folder: string): Promise<BuiltImage> {
  const name = "svid-helper";
  const layout = join(folder, name);
  const { agent } = await spirePrograms();
  const files = [
    ...programFiles(process.execPath, NODE_PROGRAM),
    ...programFiles(agent, AGENT_PROGRAM),
    { path: MAIN, mode: 0o444, content: PROGRAM },
  ];
  const unique = [...new Map(files.map((file) => [file.path, file])).values()];
  await writeImage(layout, IMAGE_TAG, { layers: [unique], entrypoint: [NODE_PROGRAM, MAIN], user: "65532:65532" });
  return { name, layout };
}

const PROGRAM = `
const { execFile } = require("node:child_process");
const { readFileSync, renameSync } = require("node:fs");
const { createServer } = require("node:http");
const { join } = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");

const [, path, mode] = process.argv.slice(2);
const config = JSON.parse(readFileSync(path, "utf8"));
const NAMES = {
  "svid.0.key": config.svid_key_file_name,
  "svid.0.pem": config.svid_file_name,
  "bundle.0.pem": config.svid_bundle_file_name,
};
let written = false;

function write() {
  const args = ["api", "fetch", "x509", "-silent", "-socketPath", config.agent_address, "-write", config.cert_dir];
  return new Promise((resolve) =>
    execFile("${AGENT_PROGRAM}", args, (error, stdout, stderr) => {
      if (error) console.error(stderr.trim() || error.message);
      else for (const [from, to] of Object.entries(NAMES)) renameSync(join(config.cert_dir, from), join(config.cert_dir, to));
      written ||= !error;
      resolve(!error);
    }),
  );
}

async function main() {
  const stays = mode !== "-daemon-mode=false";
  const { bind_port, readiness_path } = config.health_checks;
  if (stays)
    createServer(({ url }, answer) => answer.writeHead(url === readiness_path && !written ? 503 : 200).end()).listen(bind_port);
  for (;;) {
    const done = await write();
    if (done && !stays) return;
    await sleep(done ? 30_000 : 500);
  }
}
process.on("SIGTERM", () => process.exit(0));
main();
`;

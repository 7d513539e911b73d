import { copyFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { madeOnce } from "../harness/cache";
import { answers, succeed } from "../harness/process";
import { Skipped } from "../harness/suite";

const POM = join(__dirname, "../engines/keycloak/pom.xml");
const DOWNLOAD_SECONDS = 1_200;

/** Folder of the distribution that the pom.xml pins, and its version */
export interface Distribution {
  readonly folder: string;
  readonly version: string;
}

/** From Maven Central, or wherever Maven is told to look */
export async function keycloakDistribution(): Promise<Distribution> {
  if ((await answers("mvn", ["--version"])) === undefined) throw new Skipped("no mvn on the PATH to fetch Keycloak");
  try {
    const folder = await madeOnce("keycloak", [POM], async (unfinished) => {
      // Maven leaves marks beside the file.
      const pom = join(unfinished, "pom.xml");
      copyFileSync(POM, pom);
      const unpack = ["--batch-mode", "--quiet", "--file", pom, "dependency:unpack", `-DoutputDirectory=${unfinished}`];
      await succeed("mvn", unpack, { timeoutSeconds: DOWNLOAD_SECONDS });
      rmSync(join(unfinished, "target"), { recursive: true, force: true });
    });
    const name = readdirSync(folder).find((entry) => entry.startsWith("keycloak-")) as string;
    return { folder: join(folder, name), version: name.slice("keycloak-".length) };
  } catch (error) {
    throw new Skipped(`Keycloak cannot be fetched: ${(error as Error).message.split("\n").at(-1)}`);
  }
}

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DevelopmentAuthority } from "../../../cli/dev/development-authority";
import { DevelopmentIssuers } from "../../../cli/dev/development-issuers";
import type { Suite } from "../harness/suite";

/** Users, whose keys are served under an authority of their own */
export async function userIssuers(suite: Suite, folder: string, audience: string): Promise<DevelopmentIssuers> {
  const authority = new DevelopmentAuthority("issuers.example");
  writeFileSync(join(folder, "issuers.pem"), authority.bundle);
  const issuers = new DevelopmentIssuers({ authority, audience, spiffeIdOf: () => undefined });
  await issuers.listen();
  suite.afterwards(() => issuers.close());
  return issuers;
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DevelopmentPlatform } from "../../../cli/dev/development-platform";
import { selfStartingDocument } from "../../support/exchange/self-starting-document";
import type { Suite } from "../harness/suite";

/** What a program needs to play two agents of the example: addresses of their companions, and what starts a task */
export interface Addresses {
  readonly AMBIT_READER: string;
  readonly AMBIT_SUPPORT: string;
  /** A user's access token for `support-triage.answer` */
  readonly AMBIT_EVIDENCE: string;
  /** The same for an agent that it does not name */
  readonly AMBIT_FOREIGN_EVIDENCE: string;
}

/** Exchange, gateway and companions as they ship, on this machine, with stand-ins for tools and AWS */
export async function startPlatform(suite: Suite): Promise<Addresses> {
  const folder = mkdtempSync(join(tmpdir(), "ambit-client-"));
  suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
  const platform = await DevelopmentPlatform.start({
    port: 0,
    folder,
    agents: ["support-triage", "web-reader"],
    gateway: { forwarder: true },
    document: selfStartingDocument,
    log: () => undefined,
  });
  suite.afterwards(() => platform.close());
  const companion = (agent: string): string => platform.companions.get(agent) as string;
  return {
    AMBIT_READER: companion("web-reader"),
    AMBIT_SUPPORT: companion("support-triage"),
    AMBIT_EVIDENCE: evidence(platform, "support-triage", "answer"),
    AMBIT_FOREIGN_EVIDENCE: evidence(platform, "web-reader", "fetch"),
  };
}

function evidence({ issuers, agentId }: DevelopmentPlatform, agent: string, task: string): string {
  return issuers.userToken({ agentId: agentId(agent), task: `${agent}.${task}` });
}

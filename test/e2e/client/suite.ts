import type { Suite } from "../harness/suite";
import { startPlatform } from "./client-world";
import { nodeChecks } from "./node-checks";
import { pythonChecks } from "./python-checks";
import { refusalChecks } from "./refusal-checks";

/** The clients as they are published, against real companions */
export function clientSuite(suite: Suite): void {
  const world = suite.check("companions, exchange and gateway start", [], () => startPlatform(suite));
  nodeChecks(suite, world);
  refusalChecks(suite, world);
  pythonChecks(suite, world);
}

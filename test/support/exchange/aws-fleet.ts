import { registryDocument } from "../../../constructs/agent/fleet-documents";
import { Agent, Dataset, Fleet, type SensitivityName, type TaskSpec } from "../../../constructs";
import { policyTextOf } from "../../../constructs/platform/documents";
import { registryJson } from "../../../domain";
import { platform } from "../../../fleet/platform";
import { fleetView } from "../../../runtime/registry/fleet-view";
import type { FleetView } from "../../../runtime/registry/registry";
import { servedPlainly } from "../served";

export const LEVELS: readonly SensitivityName[] = ["public", "internal", "confidential", "restricted"];

const buckets = LEVELS.map((sensitivity) =>
  Dataset.bucket(`${sensitivity}-data`, { bucket: `acme-${sensitivity}`, prefix: "in/", sensitivity }),
);
const startedBy = ["schedule", "delegation", "user"] as const;

/** `read-<level>` and `write-<level>`, each with data of that level alone */
function tasks(more: Readonly<Record<string, TaskSpec>> = {}): Readonly<Record<string, TaskSpec>> {
  const each = buckets.flatMap((bucket, level): [string, TaskSpec][] => [
    [`read-${LEVELS[level]}`, { startedBy, data: [bucket.read()] }],
    [`write-${LEVELS[level]}`, { startedBy, data: [bucket.write()] }],
  ]);
  return { ...Object.fromEntries(each), ...more };
}

const common = { owner: "team@acme.example", expires: "2027-03-31" } as const;

class Clerk extends Agent.define("clerk", {
  ...common,
  purpose: "Reads and writes for others",
  workload: { namespace: "office" },
  session: { idle: "1h", total: "2h" },
  tasks: tasks(),
  serves: servedPlainly(...Object.keys(tasks())),
}) {}

const edges = LEVELS.flatMap((level) => [Clerk.task(`read-${level}`), Clerk.task(`write-${level}`)]);

class Chief extends Agent.define("chief", {
  ...common,
  purpose: "Hands work to the clerk",
  workload: { namespace: "office" },
  session: { idle: "1h", total: "2h" },
  tasks: tasks({ hand: { startedBy: ["schedule", "user"], delegates: edges } }),
}) {}

const declared = Fleet.of(Clerk, Chief);

/** A clerk and its chief, who read and write data of every level in AWS */
export const awsFleet: FleetView = fleetView(
  {
    registry: JSON.parse(registryJson(registryDocument({ platform, fleet: declared }))),
    policy: JSON.parse(policyTextOf(platform, declared)),
  },
  1,
);

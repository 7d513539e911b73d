import type { JsonObject } from "../../../read/json";
import { type Fact, fact } from "../fact";
import { block, isOpaque, text } from "../objects/values";
import type { Workload } from "../workload";

/** Whether pods of a workload start, and how long they run */
export function runningFacts(workload: Workload): readonly Fact[] {
  const { address } = workload.object;
  return [
    fact("enforcement", "its pods start", "a pod that was held back", address, {
      under: heldBack(workload),
      isRelative: true,
    }),
    deadlineFact(workload),
  ];
}

/** A suspended workload, or one with no replicas, runs nothing. */
function heldBack(workload: Workload): readonly string[] {
  const { spec, jobSpec } = partsOf(workload);
  const isSuspended = [spec, jobSpec].some((part) => text(part, "suspend") === "true");
  return [...(isSuspended ? ["suspended"] : []), ...(text(spec, "replicas") === "0" ? ["no replicas"] : [])];
}

const KEY = "activeDeadlineSeconds";

function deadlineFact(workload: Workload): Fact {
  const { address } = workload.object;
  const written = [workload.spec, partsOf(workload).jobSpec].flatMap((part) => text(part, KEY) || []);
  const opaque = written.find((one) => isOpaque(one) || !Number.isFinite(Number(one)));
  if (opaque !== undefined) {
    const what = `its pods run for up to ${opaque} s`;
    return fact("enforcement", what, what, address, { isRelative: true });
  }
  const seconds = Math.min(...written.map(Number));
  const what = Number.isFinite(seconds)
    ? `its pods run for up to ${seconds} s`
    : "its pods run for as long as they want";
  return { ...fact("enforcement", what, what, address, { key: "time to run", isRelative: true }), atMost: seconds };
}

function partsOf({ object: { kind, body } }: Workload): { readonly spec: JsonObject; readonly jobSpec: JsonObject } {
  const spec = kind === "Pod" || kind === "PodTemplate" ? {} : block(body, "spec");
  return { spec, jobSpec: kind === "CronJob" ? block(block(spec, "jobTemplate"), "spec") : kind === "Job" ? spec : {} };
}

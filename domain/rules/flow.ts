import { Sensitivity } from "../sensitivity";

interface Place {
  readonly name: string;
  readonly sensitivity: Sensitivity;
}

/** The places data may come from and go to */
export interface Flow {
  readonly reads: readonly Place[];
  readonly writes: readonly Place[];
  readonly tools: readonly {
    readonly name: string;
    readonly clearance: Sensitivity;
    readonly touches: readonly Place[];
  }[];
}

export interface FlowProblem {
  readonly code: "flow.above-clearance" | "flow.read-with-lower-write";
  readonly sentence: string;
}

/** Why data could flow to a place below its sensitivity; undefined when it cannot. */
export function flowProblem(flow: Flow): FlowProblem | undefined {
  return aboveClearance(flow) ?? readWithLowerWrite(flow);
}

/** An agent may send everything that it reads to any tool of the same task. */
function aboveClearance(flow: Flow): FlowProblem | undefined {
  for (const tool of flow.tools) {
    const data = [...flow.reads, ...tool.touches].find((place) => !tool.clearance.covers(place.sensitivity));
    if (data !== undefined) {
      const sentence = `${data.name} is ${data.sensitivity}, above the clearance of ${tool.name} (${tool.clearance})`;
      const fix = `split the task, or raise the tool's clearance if ${data.sensitivity} data may be sent there`;
      return { code: "flow.above-clearance", sentence: `${sentence}: ${fix}` };
    }
  }
  return undefined;
}

function readWithLowerWrite(flow: Flow): FlowProblem | undefined {
  for (const read of flow.reads) {
    const lower = flow.writes.find((written) => !written.sensitivity.covers(read.sensitivity));
    if (lower !== undefined) {
      const sentence = `it reads ${read.name} (${read.sensitivity}) and writes ${lower.name} (${lower.sensitivity}), which is lower`;
      return { code: "flow.read-with-lower-write", sentence: `${sentence}: split it into two tasks` };
    }
  }
  return undefined;
}

/** What a session has seen so far */
export interface SessionState {
  /** Highest sensitivity read: the mark */
  readonly mark: Sensitivity;
  /** Untrusted output was read */
  readonly tainted: boolean;
}

/** A call about to be made */
export interface FlowCall {
  readonly clearance: Sensitivity;
  readonly highImpact: boolean;
  readonly outward: boolean;
  readonly approved: boolean;
}

export type FlowReason = "mark-above-clearance" | "tainted-without-approval";

/** Why the call may not follow what the session has seen; undefined when it may. */
export function callProblem(state: SessionState, call: FlowCall): FlowReason | undefined {
  if (!call.clearance.covers(state.mark)) return "mark-above-clearance";
  if (state.tainted && (call.highImpact || call.outward) && !call.approved) return "tainted-without-approval";
  return undefined;
}

/** The session after a read: both parts only rise. */
export function afterRead(state: SessionState, sensitivity: Sensitivity, untrusted: boolean): SessionState {
  return { mark: Sensitivity.highest([state.mark, sensitivity]), tainted: state.tainted || untrusted };
}

/** Which folders each folder may import, besides itself: arrows point down (DESIGN.md section 3). */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  iam: [],
  images: [],
  policies: ["domain"],
  constructs: ["domain", "iam", "policies"],
  runtime: ["domain", "iam", "policies"],
  client: [],
  review: ["domain", "iam", "policies"],
  governance: ["constructs", "domain", "iam", "review"],
  stacks: ["constructs", "domain", "iam"],
  fleet: ["constructs"],
  cli: ["constructs", "domain", "fleet", "governance", "iam", "main", "policies", "review", "runtime", "stacks"],
};

/** The floors of a folder, the lowest first: each imports those below it. The files beside the folders are `.` */
export const FLOORS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  iam: [
    [".", "sets"],
    ["conditions", "data"],
    ["access", "document"],
  ],
  constructs: [
    ["aws", "guardrails"],
    ["platform"],
    ["access", "admission", "decision", "exchange", "gateway", "identity", "oversight", "spire", "starters"],
    ["agent"],
  ],
  runtime: [
    [".", "jose"],
    ["signer", "store", "workload-api"],
    ["audit", "decision", "registry"],
    ["refusal", "telemetry"],
    ["outside"],
    ["identity", "session"],
    ["people"],
    ["approval", "token"],
    ["aws", "companion", "outbound", "state"],
    ["authorizer", "exchange", "kill-switch", "starters"],
  ],
  review: [
    [".", "read"],
    ["reach", "report", "rules"],
    ["difference"],
    ["access", "blast-radius", "judgement"],
    ["pull-request"],
  ],
};

import type { Revision } from "../../../runtime/authorizer/mcp/revisions";

interface Difference {
  /** Checks that fail through the gateway */
  readonly fails: readonly string[];
  readonly because: string;
}

const WITH_ORIGIN: Difference = {
  fails: ["localhost-host-valid-accepted"],
  because: "the companion is for no browser, so it refuses every request with an Origin, also one of the loopback",
};

/** What the gateway does otherwise than a server alone, on purpose */
export const EXPECTED: Readonly<Record<Revision, Readonly<Record<string, Difference>>>> = {
  "2025-11-25": { "dns-rebinding-protection": WITH_ORIGIN },
  "2026-07-28": {
    "dns-rebinding-protection": WITH_ORIGIN,
    "tasks-dispatch-and-envelope": {
      fails: [
        "sep-2663-durable-create-strong-consistency",
        "sep-2663-legacy-task-param-ignored",
        "tasks-immediate-result-shortcut",
        "tasks-result-type-complete-on-non-task-responses",
        "tasks-server-directed-creation-no-hint",
      ],
      because:
        "an extension that is not scored: the server has no tasks, so these fail straight too; the gateway answers -32602 for an unknown task, which is one failure less",
    },
  },
};

/** Problem types of the Access Request and Approval Profile (Draft 1, "Error Responses"): status and title */
const PROBLEMS = {
  not_requestable: [400, "no person can be asked about this denial"],
  expired_denial: [410, "the denial has expired: make the call again, and submit the denial that it gets"],
  invalid_denial_binding: [
    400,
    "the submission is not that of a denial of this run: send denial and evaluation as the gateway told them",
  ],
  duplicate_request: [409, "the Idempotency-Key came with another body before: send another key"],
  unknown_task: [404, "no such task of this caller is known"],
  task_expired: [410, "the task has expired: make the call again"],
  invalid_task_state: [409, "the task has ended: only a pending one can be cancelled"],
} as const satisfies Readonly<Record<string, readonly [status: number, title: string]>>;

export type ProblemName = keyof typeof PROBLEMS;

const TYPE = "urn:openid:authzen:access-request:error:";

/** What the profile has no type for (RFC 9457 section 4.2.1) */
const MALFORMED = [400, "the request is none of the Access Request Endpoint"] as const;
const TOO_MANY = [429, "too many keys"] as const;

/** Refused, as RFC 9457 says it */
export class AccessProblem extends Error {
  public override readonly name = "AccessProblem";

  private constructor(
    public readonly type: string,
    public readonly status: number,
    public readonly title: string,
    public readonly detail: string | undefined,
  ) {
    super(type);
  }

  public static of(name: ProblemName, detail?: string): AccessProblem {
    const [status, title] = PROBLEMS[name];
    return new AccessProblem(`${TYPE}${name}`, status, title, detail);
  }

  /** @param detail names the member and what to send instead */
  public static malformed(detail: string): AccessProblem {
    return new AccessProblem("about:blank", ...MALFORMED, detail);
  }

  public static tooMany(detail: string): AccessProblem {
    return new AccessProblem("about:blank", ...TOO_MANY, detail);
  }
}

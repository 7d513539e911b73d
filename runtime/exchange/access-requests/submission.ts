import { z } from "zod";
import type { Value } from "../../json";
import { AccessProblem } from "./access-problem";

const LONGEST = 2_048;
const text = z.string().min(1).max(LONGEST);
const object = z.record(z.string(), z.custom<Value>());
const instant = z.iso.datetime({ offset: true, error: "must be a time of RFC 3339" });

/** Of Draft 1, "Access Request Submission", without bundles and callbacks. What the profile lets others add to is not looked at. */
const submission = z.strictObject({
  subject: object,
  resource: object,
  action: object,
  context: object,
  denial: z
    .strictObject({
      evaluation_id: text.optional(),
      binding_token: text.optional(),
      evaluated_at: instant.optional(),
      expires_at: instant,
      reason: text.optional(),
      template: text.optional(),
    })
    .optional(),
  requested_access: object.optional(),
  client: z.looseObject({ actor: z.looseObject({ id: text }).optional() }).optional(),
});

const cancellation = z.strictObject({ reason: text.max(128).optional(), comment: text.optional() });

export type Submission = z.infer<typeof submission>;
export type Cancellation = z.infer<typeof cancellation>;

const NOT_SERVED: Readonly<Record<string, string>> = {
  items: "items is not served: submit each denial by itself",
  callback: "callback is not served: ask for the status of the task",
};

/** @throws AccessProblem */
export function submissionOf(body: unknown): Submission {
  for (const [member, detail] of Object.entries(NOT_SERVED)) {
    if (typeof body === "object" && body !== null && member in body) throw AccessProblem.malformed(detail);
  }
  return parsed(submission, body);
}

/** @throws AccessProblem */
export function cancellationOf(body: unknown): Cancellation {
  return parsed(cancellation, body);
}

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const [issue] = error.issues;
  throw AccessProblem.malformed(`${["body", ...(issue?.path ?? []).map(String)].join(".")}: ${issue?.message}`);
}

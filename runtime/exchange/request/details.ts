import { z } from "zod";
import { INPUT_LIMITS, STARTS } from "../../../domain";
import { strictJson } from "../../jose/json";
import { Refusal } from "../../refusal/refusal";
import { unknownMemberIn } from "../../unknown-member";

const TYPE = "ambit_task";
/** Runs are named by the exchange itself. */
export const RUN_ID = /^[\w-]{16,128}$/;
const DELEGATE = /^[a-z0-9-]+\.[a-z0-9-]+$/;

const text = z.string().min(1).max(INPUT_LIMITS.text);

const details = z.strictObject({
  type: z.literal(TYPE),
  task: text,
  start: z.enum(STARTS).optional(),
  run: z.string().regex(RUN_ID).optional(),
  delegate: text.regex(DELEGATE).optional(),
  session: z.literal("new").optional(),
});

const schema = z.tuple([details]);

/** The one object of `authorization_details` (RFC 9396), each member of its shape */
export type Details = z.infer<typeof schema>[0];

/** @throws Refusal */
export function detailsOf(parameters: ReadonlyMap<string, string>): Details {
  const sent = parameters.get("authorization_details");
  if (sent === undefined) throw malformed("authorization_details are missing");
  const checked = schema.safeParse(strictJson(Buffer.from(sent)));
  if (checked.success) return checked.data[0];
  throw malformed(problemOf(checked.error));
}

export function malformed(what: string): Refusal {
  return Refusal.of("details.malformed", what);
}

/** Names members only, never a value. */
function problemOf(error: z.ZodError): string {
  const unknown = unknownMemberIn(error, schema);
  if (unknown !== undefined) return `authorization_details have ${unknown.what}`;
  const member = error.issues[0]?.path[1];
  if (member !== undefined) return `${String(member)} of authorization_details is missing, or not of its form`;
  return "authorization_details must be JSON that has one meaning: an array of exactly one object";
}

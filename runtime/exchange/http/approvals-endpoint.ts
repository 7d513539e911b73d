import { z } from "zod";
import { LONGEST_REASON } from "../../approval/approval-record";
import type { AuthenticatedPerson } from "../../people/person";
import { Refusal } from "../../refusal/refusal";
import { json, refused } from "./answer";
import { readJson } from "./body";
import type { Endpoint, ExchangeParts } from "./parts";
import { logRefusal } from "./refused-request";

const id = z.string().min(1).max(128);
const reason = z.string().max(LONGEST_REASON);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

const BODIES = {
  list: z.strictObject({
    of: z.enum(["history", "open"]),
    after: z
      .string()
      .regex(/^\d{16}#[A-Za-z0-9_-]{43}$/)
      .optional(),
  }),
  show: z.strictObject({ id }),
  decide: z.discriminatedUnion("verdict", [
    z.strictObject({ id, digest, verdict: z.literal("approved"), reason: reason.optional() }),
    // Who asked in vain, and who asks the same tomorrow, must know why.
    z.strictObject({ id, digest, verdict: z.literal("refused"), reason: reason.regex(/\S/) }),
  ]),
} as const;

/** RFC 6750 section 3; RFC 9470 section 3 for a login that is too old */
const CHALLENGE = 'Bearer error="invalid_token"';
const STEP_UP = 'Bearer error="insufficient_user_authentication"';

/** Those of `access_denied` that are not 403 */
const STATUS: Readonly<Record<string, number>> = {
  "decide.unknown": 404,
  "decide.decided": 409,
  "decide.over": 409,
  "decide.other-digest": 409,
  "decide.twice": 409,
};

/** `POST /approvals/<operation>`: people, by an ID token, list, read and decide what agents ask for. */
export function approvalsEndpoint(parts: ExchangeParts, operation: keyof typeof BODIES): Endpoint {
  const { people, desk } = parts.approvals;
  const answers = {
    list: async (person: AuthenticatedPerson, body: unknown) => desk.list(person, parsed(BODIES.list, body)),
    show: async (person: AuthenticatedPerson, body: unknown) => desk.show(person, parsed(BODIES.show, body).id),
    decide: async (person: AuthenticatedPerson, body: unknown) => {
      const { id: request, ...decision } = parsed(BODIES.decide, body);
      return desk.decide(person, request, decision);
    },
  } as const;
  return async ({ req }) => {
    try {
      const person = await people.of(bearerOf(req.raw));
      return json(await answers[operation](person, await readJson(req.raw)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      logRefusal(error, { path: req.path }, parts.log);
      return refusedPerson(error);
    }
  };
}

function refusedPerson(refusal: Refusal): Response {
  const status = refusal.error === "access_denied" ? (STATUS[refusal.message] ?? 403) : undefined;
  const answer = refused(refusal, status);
  if (answer.status === 401) {
    answer.headers.set("www-authenticate", refusal.message === "person.stale-login" ? STEP_UP : CHALLENGE);
  }
  return answer;
}

/** @throws Refusal `person.missing` */
export function bearerOf(request: Request): string {
  const [, token] = /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  if (token === undefined) throw Refusal.of("person.missing");
  return token;
}

/** @throws Refusal `request.malformed` */
function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const { path, message } = error.issues[0] as (typeof error.issues)[number];
  throw Refusal.of("request.malformed", `${["body", ...path.map(String)].join(".")}: ${message}`);
}

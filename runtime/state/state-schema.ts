import { z } from "zod";
import { type CallFacts, INPUT_LIMITS } from "../../domain";
import { isRecord } from "../../domain/is-record";
import { Bounded } from "../bounded";
import { hasExactNumbers } from "../jose/exact-numbers";
import { Refusal } from "../refusal/refusal";
import type { AccessTokenClaims } from "../token/access-token";
import { accessTokenClaims } from "../token/token-claims";
import { unknownMemberIn } from "../unknown-member";
import type { Arguments } from "./call-approval";
import { isForCalls } from "./presented";
import { reservationId, settlement } from "./token-reservation";

const text = z.string().min(1).max(INPUT_LIMITS.text);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const version = z.int().min(1);

/** Claims that were sound once: those of a token come again with each of its calls */
const MOST_CLAIMS = 4_096;
const soundClaims = new Bounded<AccessTokenClaims>(MOST_CLAIMS);

/** Of a token whose signature, binding and audience the authorizer has verified */
const claims = z.unknown().transform((value, context): AccessTokenClaims => {
  const sound = claimsIn(value);
  if (sound !== undefined && isForCalls(sound)) return sound;
  context.addIssue({ code: "custom", message: "must be those of a token for a tool, or one that hands work on" });
  return z.NEVER;
});

function claimsIn(value: unknown): AccessTokenClaims | undefined {
  const json = JSON.stringify(value);
  const known = soundClaims.of(json);
  if (known !== undefined) return known;
  const sound = accessTokenClaims(value);
  if (sound === undefined) return undefined;
  soundClaims.put(json, sound);
  return sound;
}

const call: z.ZodType<CallFacts> = z.strictObject({
  tool: text,
  action: text,
  destination: text,
  data: z.array(text).max(INPUT_LIMITS.data),
});

/**
 * As the authorizer parsed them; only of a task whose calls people approve. By its own check: a record of zod's is a copy, and people
 * approve what was sent.
 */
const args = z.custom<Arguments>((value) => isRecord(value) && hasExactNumbers(value), "must be an object").optional();

export const readSchema = z.strictObject({
  claims,
  /** The call to be decided: if it must wait for credentials to expire, none are issued meanwhile */
  call: call.optional(),
  arguments: args,
});

export const spendSchema = z.strictObject({
  claims,
  call,
  arguments: args,
  /** Of the request as it will go out (docs/exchange.md, "Approval") */
  requestDigest: digest,
  /** What this call adds to each budget of the task that counts it */
  costs: z
    .record(text, z.int().min(0).max(INPUT_LIMITS.units))
    .refine((costs) => Object.keys(costs).length <= INPUT_LIMITS.budgets, "too many entries"),
  /** By which the outcome settles what is spent of budgets of tokens; without it all of it stays spent */
  reservation: reservationId.optional(),
  /** Whether the tool's answer is untrusted: it can be read before its outcome is reported */
  untrusted: z.boolean(),
  /** Of the sessions, as `read` answered */
  versions: z
    .array(version)
    .min(1)
    .max(INPUT_LIMITS.chain + 1),
});

/** What a call uses up, and by what it was decided */
const spend = spendSchema.omit({ claims: true, call: true, arguments: true }).extend({
  /** Of the registry that it was decided by */
  revision: z.int().min(0),
});

/** The state that decided that only a person's decision is missing */
const ask = spend.pick({ versions: true, revision: true });

/** Where in a list of the request that stands which several calls or outcomes have in common */
const place = z.int().min(0);

/** Id of a call's trace (W3C Trace Context section 3.2.2.3), which its records have */
const trace = z.string().regex(/^[0-9a-f]{32}$/);

/** Without `spend` and `ask` it only asks for the known state. */
const callRequest = z
  .strictObject({
    token: place,
    call,
    arguments: args,
    spend: spend.optional(),
    ask: ask.optional(),
    /** Id of the approval that the call shows */
    approval: text.optional(),
    trace: trace.optional(),
  })
  .refine((request) => request.spend === undefined || request.ask === undefined, "spend or ask, not both");

/** In the bytes that one request may have */
export const MOST_CALLS = 16;

/** Of calls before these; each is looked at by itself, so that one that is unsound is in the way of no other. */
const MOST_OUTCOMES = 64;

const told = { claims: z.array(z.unknown()).max(MOST_OUTCOMES), outcomes: z.array(z.unknown()).max(MOST_OUTCOMES) };

export const callsSchema = z.strictObject({
  /** Whose binding the authorizer has verified */
  tokens: z.array(z.string().min(1)).max(MOST_CALLS),
  calls: z.array(callRequest).min(1).max(MOST_CALLS),
  told: z.strictObject(told).optional(),
});

export type CallRequest = z.infer<typeof callRequest>;

/** Calls of one question, whose runs are read together */
const MOST_OPEN = 64;

export const openSchema = z.strictObject({
  open: z
    .array(z.strictObject({ run: text, /** `jti` of its token */ token: text }))
    .min(1)
    .max(MOST_OPEN),
});

const ending = z.strictObject({
  call,
  /** What is not known to have succeeded has not */
  outcome: z.enum(["succeeded", "failed", "unknown"]),
  /** Whether untrusted output came back */
  untrusted: z.boolean(),
  /** Tokens that the call used, where its tool said so; without it all that was reserved stays spent */
  settled: settlement.optional(),
  /** Why its answer ended before its time, where the gateway ended it */
  code: z.enum(["call.cut"]).optional(),
  /** Of the request as it went out: the same as in the decision to let it go */
  requestDigest: digest.optional(),
  trace: trace.optional(),
});

export const outcomeSchema = z.strictObject({ claims, ...ending.shape });

export const outcomesSchema = z.strictObject({ ...told, outcomes: told.outcomes.min(1) });
const placed = z.strictObject({ claims: place, ...ending.shape });

/** Many outcomes, and of each the place of its claims */
export type ToldOutcomes = z.infer<typeof outcomesSchema>;

/**
 * What each outcome says. One that is unsound, or whose claims are, fails by itself.
 *
 * @returns for each a function that throws Refusal `request.malformed`
 */
export function eachOutcome({ claims: all, outcomes }: ToldOutcomes): readonly (() => OutcomeRequest)[] {
  const sound = all.map((each) => claims.safeParse(each).data);
  return outcomes.map((outcome) => () => {
    const { claims: at, ...rest } = parsed(placed, outcome);
    const found = sound[at];
    if (found === undefined)
      throw Refusal.of(
        "request.malformed",
        `claims at ${at} are not those of a token for a tool, or one that hands work on`,
      );
    return { ...rest, claims: found };
  });
}

export type SpendRequest = z.infer<typeof spendSchema>;
/** By which its records are found among the spans of its trace */
export type Traced = Pick<CallRequest, "trace">;
export type AskRequest = z.infer<typeof ask> &
  Pick<CallRequest, "approval" | "trace"> &
  Pick<SpendRequest, "arguments" | "call" | "claims">;
export type OutcomeRequest = z.infer<typeof outcomeSchema>;

/** @throws Refusal `request.malformed` that names the member */
export function parsed<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>, body: unknown) {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const unknown = unknownMemberIn(error, schema);
  if (unknown !== undefined) throw Refusal.of("request.malformed", `${unknown.at || "the body"} has ${unknown.what}`);
  const [issue] = error.issues;
  throw Refusal.of(
    "request.malformed",
    `${issue?.path.join(".") || "the body"} is not as it must be: ${issue?.message}`,
  );
}

import { z } from "zod";
import { INPUT_LIMITS } from "../../../domain";

/** Of one batch (runtime/refusal/refusal-teller.ts) */
const MOST_TOLD = 100;
const MOST_CODES = 64;

const text = z.string().min(1).max(INPUT_LIMITS.text);
const id = z.string().regex(/^[\w-]{1,128}$/);
/** Of those that are alike, or that could not be told (runtime/refusal/refusal-teller.ts) */
const MOST_COUNTED = 1_000_000;
const count = z.int().min(1).max(MOST_COUNTED);

const alike = {
  codes: z
    .array(z.string().regex(/^[a-z0-9.-]{1,64}$/))
    .min(1)
    .max(MOST_CODES),
  /** Whole seconds since the epoch, of the first of those that are alike */
  time: z.int().min(0),
  count,
  run: id.optional(),
};

/** What the gateway tells of a request: each fact is of a connection or a token that it has verified, or of what is declared */
const ofGateway = z.strictObject({
  ...alike,
  /** A call of a tool or of a delegate, a tool's answer, or a request for an agent */
  of: z.enum(["answer", "call", "way"]),
  /** Id of the line in the gateway's log */
  decision: id.optional(),
  /** SPIFFE ID of the connection */
  by: text.optional(),
  task: text.optional(),
  txn: id.optional(),
  tool: text.optional(),
  action: text.optional(),
  /** Name of the agent that the request is for */
  asked: text.optional(),
});

/** A companion tells of itself alone, so there is no agent in it. */
const ofCompanion = z.strictObject({
  ...alike,
  /** Who asked the companion: the agent, the agent for a tool or a delegate, or the gateway */
  via: z.enum(["agent", "gateway", "tools"]),
});

const batchOf = <T extends z.ZodType>(refusal: T) =>
  z.strictObject({
    refusals: z.array(refusal).max(MOST_TOLD),
    /** Refusals of before that could not be told */
    dropped: z.int().min(0).max(MOST_COUNTED),
  });

export const gatewayBatch = batchOf(ofGateway);
export const companionBatch = batchOf(ofCompanion);

export type GatewayRefusal = z.infer<typeof ofGateway>;
export type CompanionRefusal = z.infer<typeof ofCompanion>;

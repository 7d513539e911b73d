import { z } from "zod";
import { STARTS } from "../../domain";
import { unknownMemberIn } from "../unknown-member";
import type { Starting, Wanted } from "./exchange-client";
import { Problem } from "./problem";

const MOST_BODY_BYTES = 65_536;
/** As the exchange takes it */
const LONGEST_EVIDENCE = 16_384;
const JSON_TYPE = /^application\/json(\s*;\s*charset=utf-8)?$/i;
/** RFC 6749 section 3.3 */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/;

const text = (longest: number) => z.string().min(1).max(longest);
const name = text(256);

const wanted = {
  scope: z.array(z.string().regex(SCOPE)).min(1).max(256).optional(),
  delegate: name.optional(),
};

const beginning = z.strictObject({
  task: name,
  start: z.enum(STARTS),
  evidence: text(LONGEST_EVIDENCE).optional(),
  audience: name.optional(),
  ...wanted,
});

const goingOn = z.strictObject({ audience: name, ...wanted });

export interface Beginning {
  readonly cause: Starting;
  /** Undefined if the run begins without a token */
  readonly wanted: Wanted | undefined;
}

/** @throws Problem */
export function beginningOf(body: unknown): Beginning {
  const { task, start, evidence, audience, ...more } = checked(beginning, body);
  if ((start === "agent") !== (evidence === undefined)) {
    const must = start === "agent" ? "be left out: what the agent starts by itself has none" : "prove the start";
    throw malformed(`evidence must ${must}, for start ${start}`);
  }
  const cause = { task, start, evidence };
  if (audience !== undefined) return { cause, wanted: { audience, ...more } };
  for (const [member, value] of Object.entries(more)) {
    if (value !== undefined) throw malformed(`${member} is for a token: name its audience, or leave it out`);
  }
  return { cause, wanted: undefined };
}

/** @throws Problem */
export function wantedOf(body: unknown): Wanted {
  const wanted = checked(goingOn, body);
  if (wanted.audience === "aws") {
    throw malformed("audience must be tool:<name> or exchange, got aws: ask for aws-credentials of the run");
  }
  return wanted;
}

/** @throws Problem */
export async function jsonOf(request: Request): Promise<unknown> {
  if (!JSON_TYPE.test(request.headers.get("content-type") ?? "")) {
    throw malformed("the content type must be application/json");
  }
  const bytes = await bytesOf(request);
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    throw malformed("the body must be JSON in UTF-8");
  }
  return value;
}

/** @throws Problem */
export function malformed(what: string): Problem {
  return Problem.of("companion.malformed", what);
}

async function bytesOf(request: Request): Promise<Buffer> {
  if (Number(request.headers.get("content-length") ?? 0) > MOST_BODY_BYTES) throw Problem.of("companion.too-large");
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body ?? []) {
    size += part.length;
    if (size > MOST_BODY_BYTES) throw Problem.of("companion.too-large");
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function checked<S extends z.ZodObject>(shape: S, body: unknown): z.infer<S> {
  const found = shape.safeParse(body);
  if (found.success) return found.data;
  const unknown = unknownMemberIn(found.error, shape);
  if (unknown !== undefined) throw malformed(`the body has ${unknown.what}`);
  const [issue] = found.error.issues;
  const where = issue?.path.join(".");
  throw malformed(`${where === undefined || where === "" ? "the body" : where}: ${issue?.message}`);
}

import { z } from "zod";
import { checked } from "../../../runtime/checked-config";
import { object } from "../../../runtime/config-values";

const text = (most: number, what: string) =>
  z.string({ error: `must be ${what}` }).max(most, { error: `must have at most ${most} characters` });
const name = text(64, "a name");

/** Names of methods (RFC 9110 section 9), written as they are sent */
const method = z.string().regex(/^[A-Z]{1,16}$/, { error: "must be a method such as POST" });
const path = z.string().regex(/^\/[\x21-\x7e]{0,2047}$/, { error: "must be a path such as /chat" });
const reference = z.string().regex(/^[A-Za-z0-9._-]{1,256}$/, { error: "must be what an answer carried" });

const askSchema = object({
  agent: name,
  task: name,
  method,
  path,
  type: text(128, "a media type").optional(),
  body: text(65_536, "a text").optional(),
  /** By which the request joins a run */
  run: reference.optional(),
  /** Whether a clean session is asked for */
  newSession: z.boolean({ error: "must be true or false" }).optional(),
});

const signInSchema = object({ agent: name });

/** What the page asks an agent */
export type Ask = z.infer<typeof askSchema>;

/** @throws ConfigError that says what is wrong */
export function askIn(body: string): Ask {
  return checked(askSchema, JSON.parse(body), "request");
}

/** @throws ConfigError that says what is wrong */
export function signInIn(body: string): { readonly agent: string } {
  return checked(signInSchema, JSON.parse(body), "request");
}

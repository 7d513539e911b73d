import { z } from "zod";

export const text = (what: string) => z.string({ error: `must be ${what}` }).min(1, { error: `must be ${what}` });
export const file = (what: string) => text(`the path of ${what}`);

export const fits = (pattern: RegExp | ((value: string) => boolean), what: string) =>
  text(what).refine((value) => (typeof pattern === "function" ? pattern(value) : pattern.test(value)), {
    error: `must be ${what}`,
  });

/** An object with these members and no other */
export function object<Shape extends z.ZodRawShape>(shape: Shape) {
  const members = Object.keys(shape).join(", ") || "nothing";
  return z.strictObject(shape, {
    error: ({ code, ...issue }) =>
      code === "unrecognized_keys"
        ? `must not have ${JSON.stringify((issue as unknown as { keys: readonly string[] }).keys[0])}: write ${members}`
        : `must be an object of ${members}`,
  });
}

/** An object with exactly one of its members: which one says what kind it is */
export function oneOf<Shape extends Readonly<Record<string, z.ZodType>>>(shape: Shape) {
  const members = Object.keys(shape);
  const partial = Object.fromEntries(Object.entries(shape).map(([name, type]) => [name, type.optional()]));
  return object(partial as { [Name in keyof Shape]: z.ZodOptional<Shape[Name]> }).refine(
    (value) => members.filter((name) => (value as Record<string, unknown>)[name] !== undefined).length === 1,
    { error: `must have exactly one of ${members.join(", ")}` },
  );
}

/** A whole number from 1 on */
export function wholeFrom1(most: number) {
  const error = `must be a whole number from 1 to ${most}`;
  return z.int({ error }).min(1, { error }).max(most, { error });
}

export const parsed = (value: string): URL | undefined => (URL.canParse(value) ? new URL(value) : undefined);

export const https = fits((value) => {
  const url = parsed(value);
  return url?.protocol === "https:" && url.username === "" && url.password === "" && url.hash === "";
}, "an https address");

/** For emulators of AWS, which speak plain http on loopback */
export const endpoint = fits((value) => /^https?:$/.test(parsed(value)?.protocol ?? ""), "a web address");

export const region = fits(/^[a-z]{2}(-[a-z]+)+-\d$/, "a region of AWS, such as eu-central-1");

/** An origin has no path: RFC 8414 would insert the well-known path before it, and `htu` of proofs is built from it. */
export const origin = fits((value) => {
  const url = parsed(value);
  return url?.protocol === "https:" && url.origin === value;
}, "an https origin without path and slash, such as https://exchange.example");

/** SPIFFE ID section 2: lower case letters, digits, dots, dashes and underscores */
export const trustDomain = fits(/^[a-z0-9._-]{1,255}$/, "a SPIFFE trust domain, such as prod.example");

export const spiffeId = fits(
  /^spiffe:\/\/[a-z0-9._-]+(\/[A-Za-z0-9._-]+)+$/,
  "a SPIFFE ID, such as spiffe://prod.example/ns/a/sa/b",
);

/** A table of DynamoDB */
export const table = object({ table: text("the name of a table"), region, endpoint: endpoint.optional() });

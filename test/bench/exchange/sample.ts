import { readFileSync } from "node:fs";
import type { DecisionInput, PolicyDocument } from "../../../domain";
import { CedarEngine } from "../../../runtime/decision/cedar/cedar-engine";
import { startExchange } from "../../../runtime/exchange/server";
import { tlsFetch } from "../../support/exchange/tls-fetch";
import { ISSUER, type ExchangeWorld } from "./world";

/** One recorded exchange, for benches of its parts */
export interface Sample {
  readonly answer: { readonly access_token: string };
  /** What Cedar was asked, and by which policy */
  readonly input: DecisionInput;
  readonly policy: PolicyDocument;
  readonly revision: number;
  /** What was verified */
  readonly subjectToken: string;
  readonly subjectKey: object;
  readonly subjectIssuer: string;
  readonly audience: string;
  /** Seconds since the epoch */
  readonly issuedAt: number;
  /** What was signed */
  readonly header: object;
  readonly claims: object;
}

/** @throws Error where it is not exactly one decision, or no token */
export async function sampleOf(world: ExchangeWorld): Promise<Sample> {
  const inputs: DecisionInput[] = [];
  let decidedBy: { readonly policy: PolicyDocument; readonly revision: number } | undefined;
  const { decide, replace } = CedarEngine.prototype;
  CedarEngine.prototype.decide = function (this: CedarEngine, input) {
    inputs.push(input);
    return decide.call(this, input);
  };
  CedarEngine.prototype.replace = function (this: CedarEngine, policy, revision) {
    decidedBy = { policy, revision };
    replace.call(this, policy, revision);
  };
  const form = world.form("user-0");
  let answer: Sample["answer"];
  try {
    answer = await answerTo(form, world);
  } finally {
    Object.assign(CedarEngine.prototype, { decide, replace });
  }
  const [input] = inputs;
  if (input === undefined || inputs.length > 1 || decidedBy === undefined) {
    throw new Error(`an exchange must ask Cedar once, it asked ${inputs.length} times`);
  }
  const subjectToken = form.get("subject_token") as string;
  const [header, claims] = partsOf(answer.access_token);
  return {
    answer,
    input,
    ...decidedBy,
    subjectToken,
    subjectKey: await subjectKeyOf(world),
    subjectIssuer: world.issuers.userIssuer,
    audience: ISSUER,
    issuedAt: Number(partsOf(subjectToken)[1].iat),
    header,
    claims,
  };
}

/** Header and claims of a token whose signature is not looked at */
export function partsOf(token: string): readonly [header: JsonObject, claims: JsonObject] {
  const [header = "", claims = ""] = token.split(".");
  const read = (part: string): JsonObject => JSON.parse(Buffer.from(part, "base64url").toString());
  return [read(header), read(claims)];
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Those of a token that all sides have in common: otherwise they are not compared. */
export function checkToken(token: string, side: string): void {
  const [{ alg }, { iat, exp }] = partsOf(token);
  if (alg === "ES256" && Number(exp) - Number(iat) === 300) return;
  throw new Error(`${side} must sign with ES256 for 300 s, got ${alg} for ${Number(exp) - Number(iat)} s`);
}

async function answerTo(form: URLSearchParams, world: ExchangeWorld): Promise<Sample["answer"]> {
  const logged: string[] = [];
  const log = (event: string, facts?: object) => void logged.push(JSON.stringify({ event, ...facts }));
  const exchange = await startExchange(world.config({ store: { memory: {} } }), { log });
  try {
    const { url, headers, tls } = world.requests(exchange.port, process.pid);
    const [ca, cert, key] = [tls?.authorities, tls?.certificate, tls?.key].map((path) =>
      readFileSync(path as string, "utf8"),
    );
    const ask = tlsFetch({ ca: ca as string, cert: cert as string, key: key as string });
    const answer = await ask(url, { method: "POST", headers, body: `${form}` });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the exchange refused: ${text}\n${logged.join("\n")}`);
    const body = JSON.parse(text) as Sample["answer"];
    checkToken(body.access_token, "the exchange");
    return body;
  } finally {
    await exchange.close();
  }
}

async function subjectKeyOf({ files, issuers }: ExchangeWorld): Promise<object> {
  const ask = tlsFetch({ ca: readFileSync(files.bundle, "utf8") });
  const { keys } = (await (await ask(`${issuers.userIssuer}/keys`)).json()) as { readonly keys: readonly object[] };
  return keys[0] as object;
}

import { randomUUID } from "node:crypto";
import { request, type RequestOptions } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { platform } from "../../../fleet/platform";
import { type Ended, endOf, inTime } from "../cut/ended";
import { KINDS, openCall, type OpenCall } from "../cut/open-call";
import { type Answered, tokenOf } from "../exchange/real-agent";
import { called, toolToken, USER_TOKEN } from "../gateway/call";
import { APPROVERS } from "../gateway/gateway-fleet";
import { answersOf } from "../terraform/account/boto";
import { connectionTo } from "../terraform/account/connection";
import { USERS_DOMAIN } from "../ways-in/ways-in-world";
import { REGION } from "./aws-of-function";
import { STARTER } from "./busy-fleet";
import type { BusyWorld } from "./busy-world";

const QUEUE = platform.starterName(STARTER);
const HOST = `clerk.${USERS_DOMAIN}`;
const HANDED_ON = { task: "ask", delegate: "payer.look" };
const PAUSE_MILLISECONDS = 20;

/** What a busy agent holds when it is stopped */
export interface Held {
  /** Good until then */
  readonly tokens: { readonly tool: string; readonly aws: string; readonly handsOn: string };
  /** Answer with the AWS credentials */
  readonly aws: Answered;
  /** A request that waits for a person */
  readonly approval: { readonly id: string; readonly digest: string };
  /** What is open, with the path of the horizon that bounds it */
  readonly open: readonly (readonly [
    what: string,
    path: "payer requests" | "requests" | "tools",
    ended: Promise<Ended>,
  ])[];
  /** A call that its tool has taken, and does not answer before it is told to */
  readonly inFlight: OpenCall;
  /** Address of the queue in which an event waits */
  readonly queue: string;
}

/** The agent gets something of each kind, last what is open. */
export async function heldBy(at: BusyWorld): Promise<Held> {
  const { gateway } = at;
  const tokens = {
    tool: await toolToken(gateway, "clerk", "use", "crm"),
    aws: await tokenFor(at, "aws", { task: "fetch" }),
    handsOn: await tokenFor(at, "exchange", HANDED_ON),
  };
  const aws = await gateway.as("clerk").credentials(gateway.exchange, tokens.aws);
  const approval = await approvalAsked(at);
  const queue = await eventQueued(at);
  const opened = async (kind: keyof typeof KINDS, tool: string, begins = true): Promise<OpenCall> =>
    openCall(gateway, "clerk", await toolToken(gateway, "clerk", "use", tool), KINDS[kind], begins);
  const stream = await opened("a stream of MCP", "desk");
  const model = await opened("a stream of a model", "llm");
  const inFlight = await opened("a stream of MCP", "desk", false);
  const delegated = await openRequest(handedOn(at, await tokenFor(at, "exchange", HANDED_ON)));
  const served = await openRequest(ofUser(at, "/streams/1"));
  return {
    tokens,
    aws,
    approval,
    queue,
    inFlight,
    open: [
      ["stream of MCP", "tools", stream.ended],
      ["stream of a model", "tools", model.ended],
      ["answer of a delegated run", "payer requests", delegated.ended],
      ["answer to a user", "requests", served.ended],
    ],
  };
}

async function tokenFor(
  { gateway }: BusyWorld,
  audience: string,
  detail: { readonly task: string; readonly delegate?: string },
): Promise<string> {
  const evidence = gateway.evidence("clerk", detail.task);
  const form = { audience, subject_token: evidence, subject_token_type: USER_TOKEN };
  return tokenOf(await gateway.as("clerk").exchanged(gateway.exchange, form, { ...detail, start: "user" }));
}

async function approvalAsked(at: BusyWorld): Promise<Held["approval"]> {
  const { gateway } = at;
  const token = await toolToken(gateway, "clerk", "pay", "till");
  const { text } = await called(gateway, gateway.as("clerk"), { method: "POST", path: "/tools/till/refunds/7", token });
  const { access_request: made } = JSON.parse(text) as { readonly access_request?: { readonly id: string } };
  if (made === undefined) throw new Error(`no approval is asked for: ${text}`);
  const { digest } = (await atDesk(at, "show", { id: made.id })) as { readonly digest: string };
  return { id: made.id, digest };
}

/** An approver asks the exchange. @returns its answer */
export async function atDesk(at: BusyWorld, operation: string, body: object): Promise<unknown> {
  const { gateway } = at;
  const post = gateway.as("clerk").fetch(gateway.exchange, "jwt-svid");
  const answer = await post(`${gateway.issuer}/approvals/${operation}`, {
    method: "POST",
    headers: { authorization: `Bearer ${at.idToken(APPROVERS)}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return answer.json();
}

/** As the bus puts it into the queue of the starter, where it waits for the function */
async function eventQueued({ kill }: BusyWorld): Promise<string> {
  const connection = connectionTo(kill.moto.url, REGION);
  const [made] = await answersOf(connection, [["sqs", "create_queue", { QueueName: QUEUE }]]);
  const { QueueUrl } = made as { readonly QueueUrl: string };
  const event = { id: randomUUID(), "detail-type": "Arrived", source: "office", detail: {} };
  await answersOf(connection, [["sqs", "send_message", { QueueUrl, MessageBody: JSON.stringify(event) }]]);
  return QueueUrl;
}

/** What Lambda takes from the queue; it stays there until the function says that it is done. */
export async function waitingIn({ kill }: BusyWorld, QueueUrl: string): Promise<readonly object[]> {
  const asked = { QueueUrl, VisibilityTimeout: 0 };
  const [taken] = await answersOf(connectionTo(kill.moto.url, REGION), [["sqs", "receive_message", asked]]);
  const { Messages = [] } = taken as { readonly Messages?: readonly { readonly Body: string }[] };
  return Messages.map(({ Body }) => JSON.parse(Body) as object);
}

/** Work that the agent hands on */
export function handedOn({ gateway }: BusyWorld, token: string): RequestOptions {
  const { bundle: ca, certificate: cert, key } = gateway.as("clerk");
  const headers = { authorization: `Bearer ${token}`, "ambit-start": "delegation", "ambit-task": "look" };
  const at = { host: gateway.host, port: gateway.port, path: "/agents/payer/looks/1" };
  return { ...at, headers, ca, cert, key, checkServerIdentity: () => undefined };
}

/** What a user asks the agent */
export function ofUser({ gateway, authority: ca }: BusyWorld, path: string): RequestOptions {
  const headers = { host: HOST, authorization: `Bearer ${gateway.evidence("clerk", "tell")}` };
  return { host: gateway.host, port: gateway.usersPort, servername: HOST, path, headers, ca };
}

/** @returns how it ends, once it is open: at once where it is refused */
export function sentTo(options: RequestOptions, came?: () => void): Promise<Ended> {
  const sent = request({ ...options, agent: false });
  const ended = endOf(sent, came);
  sent.end();
  return ended;
}

async function openRequest(options: RequestOptions): Promise<{ readonly ended: Promise<Ended> }> {
  let parts = 0;
  const ended = sentTo(options, () => (parts += 1));
  const early = ended.then(({ how }) => Promise.reject(new Error(`it ended before it was open: ${how}`)));
  early.catch(() => undefined);
  while (parts === 0) await Promise.race([sleep(PAUSE_MILLISECONDS), early]);
  return { ended: inTime(ended) };
}

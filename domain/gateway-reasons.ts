/** What the body of a refusal has as `error` */
export type GatewayError =
  | "access_denied"
  /** Ambit's own, as OAuth has no word for it: the same request may be allowed once a person has approved it */
  | "approval_required"
  | "invalid_request"
  | "invalid_token"
  | "temporarily_unavailable";

/** For what the gateway refuses by itself, beside the policy's reasons and the exchange's. Texts as in `REASONS`. */
export const GATEWAY_REASONS = {
  "gateway.peer": {
    error: "access_denied",
    what: "the connection shows no SVID of the trust domain that is valid now",
    fix: "connect with the X.509-SVID of a declared agent",
  },
  "gateway.route": {
    error: "access_denied",
    what: "no such tool is declared",
    fix: "call /tools/<tool>/ and the path of one of its actions, for a tool that the fleet declares",
  },
  "gateway.token-missing": {
    error: "invalid_token",
    what: "the request carries no access token",
    fix: "send exactly one Authorization header with a bearer token whose audience is the tool",
  },
  "gateway.destination": {
    error: "access_denied",
    what: "the tool's host resolves to an address that is not on the public internet",
    fix: "look at the DNS of the host; where the tool is meant to be on a private network, declare privateAddress with a reason",
  },
  "gateway.name": {
    error: "temporarily_unavailable",
    what: "the tool's host has no address that is known",
    fix: "look at the name service; the call did not go out",
  },
  "gateway.limit": {
    error: "invalid_request",
    what: "the request is not well-formed HTTP, or is larger or slower than the gateway allows",
    fix: "send well-formed HTTP with a smaller body and fewer headers",
  },
  "gateway.tool-unreachable": {
    error: "temporarily_unavailable",
    what: "there is no connection to the tool, so the call was not sent",
    fix: "look at the tool, its certificate and the network between, then call again",
  },
  "gateway.tool-unavailable": {
    error: "temporarily_unavailable",
    what: "the tool gave no answer, so it is unknown whether the call took effect",
    fix: "look at the tool before calling it again",
  },
  "gateway.answer": {
    error: "temporarily_unavailable",
    what: "the tool's answer could not be read, so it is held back",
    fix: "look at the tool before calling it again: the call may have taken effect",
  },
  "gateway.authorizer": {
    error: "temporarily_unavailable",
    what: "the authorizer gave no answer in time",
    fix: "look at the authorizer's log; nothing goes out without its decision",
  },
  "gateway.exchange": {
    error: "temporarily_unavailable",
    what: "the exchange gave no answer",
    fix: "look at the exchange and at the network between; nothing goes out without it",
  },
  "gateway.registry": {
    error: "temporarily_unavailable",
    what: "the authorizer has no registry whose signature holds",
    fix: "publish the registry with ambit registry sign",
  },
  "gateway.error": {
    error: "temporarily_unavailable",
    what: "the authorizer failed",
    fix: "look at its log; the call did not go out",
  },
  "way.route": {
    error: "access_denied",
    what: "no agent serves at this address",
    fix: "call an agent that is declared with serves, by its host or by /agents/<agent>, at one of its paths",
  },
  "way.evidence": {
    error: "invalid_token",
    what: "the request carries no evidence of what it starts",
    fix: "send exactly one Authorization header with a bearer token that names the agent and the task",
  },
  "way.start": {
    error: "access_denied",
    what: "the task cannot be started so from here",
    fix: "send in Ambit-Start what the evidence proves, one of the task's startedBy; work is handed on from within the cluster alone",
  },
  "way.task": {
    error: "access_denied",
    what: "the request names no task that is served here",
    fix: "send in Ambit-Task a task of the way in, or a token whose scope names one of them",
  },
  "way.header": {
    error: "invalid_request",
    what: "a header of the request cannot be read",
    fix: "send Ambit-Start, Ambit-Task, Ambit-Session and Ambit-Run at most once, as docs/ways-in.md has them",
  },
  "way.agent": {
    error: "temporarily_unavailable",
    what: "no pod of the agent is known",
    fix: "look at the agent's pods and its service, then call again; nothing reached the agent",
  },
  "way.whole": {
    error: "invalid_request",
    what: "what is handed on must be read before it is, and its body was not seen as a whole",
    fix: "send the body with its Content-Length, of at most 1 MiB: a person, or the intent evaluator, decides on it",
  },
  "way.too-many": {
    error: "temporarily_unavailable",
    what: "too many requests came from one address in a second",
    fix: "ask again later, and less often; the platform's requestsPerSecond bounds it",
  },
  "way.unreachable": {
    error: "temporarily_unavailable",
    what: "there is no connection to a pod of the agent, so the request did not reach it",
    fix: "look at the agent's pods and their SVIDs, then call again",
  },
  "way.unavailable": {
    error: "temporarily_unavailable",
    what: "the agent's pod gave no answer, so it is unknown whether the request took effect",
    fix: "look at the agent before asking again",
  },
  "call.target": {
    error: "invalid_request",
    what: "the path or query could be read in more than one way",
    fix: "send a path without empty, dot or encoded reserved segments, and each query parameter once",
  },
  "call.header": {
    error: "invalid_request",
    what: "a header could make the tool read another request than the one that is decided on",
    fix: "leave the header out, or send it once",
  },
  "call.content-type": {
    error: "invalid_request",
    what: "the body is of a type that is not looked into",
    fix: "send application/json in UTF-8, without a content encoding",
  },
  "call.body": {
    error: "invalid_request",
    what: "the body could be read in more than one way",
    fix: "send one JSON text with each member once, numbers that a double holds exactly and at most 64 levels",
  },
  "call.feature": {
    error: "access_denied",
    what: "the request has the model's provider do what the action does not allow",
    fix: "leave it out, or declare it in allows of the action",
  },
  "call.output-limit": {
    error: "invalid_request",
    what: "the request does not bound the model's answer as the action does",
    fix: "send an output limit that is at most maxOutputTokens of the action",
  },
  "call.too-large": {
    error: "invalid_request",
    what: "the body is larger than the gateway looks into",
    fix: "send less in one call",
  },
  "call.unrecognised": {
    error: "access_denied",
    what: "the request matches no declared action of the tool",
    fix: "use the method and path of a declared action, or declare the action",
  },
  "call.ambiguous": {
    error: "access_denied",
    what: "the request satisfies the body schemas of several actions",
    fix: "tell the actions apart by their schemas, so that each request satisfies one",
  },
  "call.arguments": {
    error: "invalid_request",
    what: "the arguments do not satisfy the action's schema",
    fix: "send arguments that the declared schema allows",
  },
  "call.bound": {
    error: "access_denied",
    what: "an argument that is bound to a claim of the token says otherwise",
    fix: "send the value of the claim, or leave this call to the one it belongs to",
  },
  "call.amount": {
    error: "invalid_request",
    what: "an argument that a budget adds up is no amount",
    fix: "send a number that is not negative, with at most four decimal places",
  },
  "mcp.message": {
    error: "invalid_request",
    what: "the body is no message of MCP",
    fix: "post one JSON-RPC message, with jsonrpc, id, method and params alone",
  },
  "mcp.revision": {
    error: "invalid_request",
    what: "the revision of MCP is not served",
    fix: "speak MCP 2026-07-28 or 2025-11-25, and name it in the header MCP-Protocol-Version",
  },
  "mcp.header": {
    error: "invalid_request",
    what: "a header says otherwise than the body",
    fix: "send Mcp-Method, Mcp-Name, Mcp-Param-* and MCP-Protocol-Version once each, as the body has it",
  },
  "mcp.method": {
    error: "access_denied",
    what: "the method is not served",
    fix: "declare the capability that it needs at the tool, or leave the method out",
  },
  "mcp.no-stream": {
    error: "access_denied",
    what: "MCP is posted here",
    fix: "post the message; GET and DELETE are for sessions of MCP 2025-11-25",
  },
  "mcp.session": {
    error: "access_denied",
    what: "the session is not known as the agent's, for this user and tool",
    fix: "initialize a session of your own",
  },
  "mcp.unknown": {
    error: "access_denied",
    what: "there is no such tool or task, or none that may be used",
    fix: "list what there is; declare and grant the action that is missing",
  },
  "mcp.pin": {
    error: "access_denied",
    what: "the server says something else of the tool than what was reviewed",
    fix: "look at what changed with ambit tools diff, and write the new pin if it is right",
  },
  "mcp.unseen": {
    error: "temporarily_unavailable",
    what: "the server did not list its tools in time, so the gateway could not compare this one with what was reviewed",
    fix: "call again; where that does not help, look at the server. The call did not go out",
  },
  "mcp.state": {
    error: "invalid_request",
    what: "the requestState is not one that the server gave for this very call, or it was used",
    fix: "make the call anew, without requestState and inputResponses",
  },
  "call.cut": {
    error: "access_denied",
    what: "the call was cut while it was open, as what it belongs to was stopped",
    fix: "what it did is not known: look at the tool; the run goes on with nothing",
  },
} as const satisfies Readonly<
  Record<string, { readonly error: GatewayError; readonly what: string; readonly fix: string }>
>;

export type GatewayReasonCode = keyof typeof GATEWAY_REASONS;

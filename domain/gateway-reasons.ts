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
  "gateway.peer": [
    "access_denied",
    "the connection shows no SVID of the trust domain that is valid now",
    "connect with the X.509-SVID of a declared agent",
  ],
  "gateway.route": [
    "access_denied",
    "no such tool is declared",
    "call /tools/<tool>/ and the path of one of its actions, for a tool that the fleet declares",
  ],
  "gateway.token-missing": [
    "invalid_token",
    "the request carries no access token",
    "send exactly one Authorization header with a bearer token whose audience is the tool",
  ],
  "gateway.destination": [
    "access_denied",
    "the tool's host resolves to an address that is not on the public internet",
    "look at the DNS of the host; where the tool is meant to be on a private network, declare privateAddress with a reason",
  ],
  "gateway.name": [
    "temporarily_unavailable",
    "the tool's host has no address that is known",
    "look at the name service; the call did not go out",
  ],
  "gateway.limit": [
    "invalid_request",
    "the request is not well-formed HTTP, or is larger or slower than the gateway allows",
    "send well-formed HTTP with a smaller body and fewer headers",
  ],
  "gateway.tool-unreachable": [
    "temporarily_unavailable",
    "there is no connection to the tool, so nothing of the call went out",
    "look at the tool, its certificate and the network between, then call again",
  ],
  "gateway.tool-unavailable": [
    "temporarily_unavailable",
    "the tool gave no answer, so it is unknown whether the call took effect",
    "look at the tool before calling it again",
  ],
  "gateway.answer": [
    "temporarily_unavailable",
    "the tool's answer could not be read, so it is held back",
    "look at the tool before calling it again: the call may have taken effect",
  ],
  "gateway.authorizer": [
    "temporarily_unavailable",
    "the authorizer gave no answer in time",
    "look at the authorizer's log; nothing goes out without its decision",
  ],
  "gateway.exchange": [
    "temporarily_unavailable",
    "the exchange gave no answer",
    "look at the exchange and at the network between; nothing goes out without it",
  ],
  "gateway.registry": [
    "temporarily_unavailable",
    "the authorizer has no registry whose signature holds",
    "publish the registry with ambit registry sign",
  ],
  "gateway.error": ["temporarily_unavailable", "the authorizer failed", "look at its log; the call did not go out"],
  "way.route": [
    "access_denied",
    "no agent serves at this address",
    "call an agent that is declared with serves, by its host or by /agents/<agent>, at one of its paths",
  ],
  "way.evidence": [
    "invalid_token",
    "the request carries no evidence of what it starts",
    "send exactly one Authorization header with a bearer token that names the agent and the task",
  ],
  "way.start": [
    "access_denied",
    "the task cannot be started so from here",
    "send in Ambit-Start what the evidence proves, one of the task's startedBy; work is handed on from within the cluster alone",
  ],
  "way.task": [
    "access_denied",
    "the request names no task that is served here",
    "send in Ambit-Task a task of the way in, or a token whose scope names one of them",
  ],
  "way.header": [
    "invalid_request",
    "a header of the request cannot be read",
    "send Ambit-Start, Ambit-Task, Ambit-Session and Ambit-Run at most once, as docs/ways-in.md has them",
  ],
  "way.agent": [
    "temporarily_unavailable",
    "no pod of the agent is known",
    "look at the agent's pods and its service, then call again; nothing reached the agent",
  ],
  "way.whole": [
    "invalid_request",
    "what is handed on must be read before it is, and its body was not seen as a whole",
    "send the body with its Content-Length, of at most 1 MiB: a person, or the intent evaluator, decides on it",
  ],
  "way.too-many": [
    "temporarily_unavailable",
    "too many requests came from one address in a second",
    "ask again later, and less often; the platform's requestsPerSecond bounds it",
  ],
  "way.unreachable": [
    "temporarily_unavailable",
    "there is no connection to a pod of the agent, so nothing of the request reached it",
    "look at the agent's pods and their SVIDs, then call again",
  ],
  "way.unavailable": [
    "temporarily_unavailable",
    "the agent's pod gave no answer, so it is unknown whether the request took effect",
    "look at the agent before asking again",
  ],
  "call.target": [
    "invalid_request",
    "the path or query could be read in more than one way",
    "send a path without empty, dot or encoded reserved segments, and each query parameter once",
  ],
  "call.header": [
    "invalid_request",
    "a header could make the tool read another request than the one that is decided on",
    "leave the header out, or send it once",
  ],
  "call.content-type": [
    "invalid_request",
    "the body is of a type that is not looked into",
    "send application/json in UTF-8, without a content encoding",
  ],
  "call.body": [
    "invalid_request",
    "the body could be read in more than one way",
    "send one JSON text with each member once, numbers that a double holds exactly and at most 64 levels",
  ],
  "call.feature": [
    "access_denied",
    "the request has the model's provider do what the action does not allow",
    "leave it out, or declare it in allows of the action",
  ],
  "call.output-limit": [
    "invalid_request",
    "the request does not bound the model's answer as the action does",
    "send an output limit that is at most maxOutputTokens of the action",
  ],
  "call.too-large": ["invalid_request", "the body is larger than the gateway looks into", "send less in one call"],
  "call.unrecognised": [
    "access_denied",
    "the request is none of the tool's declared actions",
    "use the method and path of a declared action, or declare the action",
  ],
  "call.ambiguous": [
    "access_denied",
    "the request satisfies the body schemas of several actions",
    "tell the actions apart by their schemas, so that each request satisfies one",
  ],
  "call.arguments": [
    "invalid_request",
    "the arguments do not satisfy the action's schema",
    "send arguments that the declared schema allows",
  ],
  "call.bound": [
    "access_denied",
    "an argument that is bound to a claim of the token says otherwise",
    "send the value of the claim, or leave this call to the one it belongs to",
  ],
  "call.amount": [
    "invalid_request",
    "an argument that a budget adds up is no amount",
    "send a number that is not negative, with at most four decimal places",
  ],
  "mcp.message": [
    "invalid_request",
    "the body is no message of MCP",
    "post one JSON-RPC message, with jsonrpc, id, method and params alone",
  ],
  "mcp.revision": [
    "invalid_request",
    "the revision of MCP is not served",
    "speak MCP 2026-07-28 or 2025-11-25, and name it in the header MCP-Protocol-Version",
  ],
  "mcp.header": [
    "invalid_request",
    "a header says otherwise than the body",
    "send Mcp-Method, Mcp-Name, Mcp-Param-* and MCP-Protocol-Version once each, as the body has it",
  ],
  "mcp.method": [
    "access_denied",
    "the method is not served",
    "declare the capability that it needs at the tool, or leave the method out",
  ],
  "mcp.no-stream": [
    "access_denied",
    "MCP is posted here",
    "post the message; GET and DELETE are for sessions of MCP 2025-11-25",
  ],
  "mcp.session": [
    "access_denied",
    "the session is not known as the agent's, for this user and tool",
    "initialize a session of your own",
  ],
  "mcp.unknown": [
    "access_denied",
    "there is no such tool or task, or none that may be used",
    "list what there is; declare and grant the action that is missing",
  ],
  "mcp.pin": [
    "access_denied",
    "the server says something else of the tool than what was reviewed",
    "look at what changed with ambit tools diff, and write the new pin if it is right",
  ],
  "mcp.unseen": [
    "temporarily_unavailable",
    "the server did not list its tools in time, so the gateway could not compare this one with what was reviewed",
    "call again; where that does not help, look at the server. The call did not go out",
  ],
  "mcp.state": [
    "invalid_request",
    "the requestState is not one that the server gave for this very call, or it was used",
    "make the call anew, without requestState and inputResponses",
  ],
  "call.cut": [
    "access_denied",
    "the call was cut while it was open, as what it belongs to was stopped",
    "what it did is not known: look at the tool; the run goes on with nothing",
  ],
} as const satisfies Readonly<Record<string, readonly [error: GatewayError, what: string, fix: string]>>;

export type GatewayReasonCode = keyof typeof GATEWAY_REASONS;

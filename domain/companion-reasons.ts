/** What the companion itself refuses, or cannot do: status, OAuth error, what is wrong, and what would mend it. A code never changes its meaning. */
export const COMPANION_REASONS = {
  "companion.host": [403, "invalid_request", "the request names another host", "ask by the loopback address and port"],
  "companion.browser": [403, "invalid_request", "the request comes from a browser", "ask from the agent itself"],
  "companion.unauthenticated": [
    401,
    "invalid_client",
    "the request does not show the pod's token",
    "send the text of the token file in Authorization",
  ],
  "companion.not-gateway": [
    403,
    "invalid_client",
    "the client does not show the gateway's SVID",
    "ask the gateway; where its SPIFFE ID is another, set AMBIT_GATEWAY_ID",
  ],
  "companion.serving": [
    403,
    "invalid_request",
    "an agent that serves begins runs by start agent alone, as evidence never passes through its hands",
    "send the evidence to the gateway, which begins the run with the request",
  ],
  "companion.malformed": [
    400,
    "invalid_request",
    "the request is none that is served",
    "send what docs/companion.md names for this address",
  ],
  "companion.too-large": [413, "invalid_request", "the body is larger than 64 KiB", "send less"],
  "companion.no-address": [
    404,
    "invalid_request",
    "nothing is served at this address",
    "ask for one of docs/companion.md",
  ],
  "companion.no-method": [
    405,
    "invalid_request",
    "the address is not served for this method",
    "use the method that docs/companion.md names",
  ],
  "companion.no-run": [404, "invalid_grant", "no such run lives here", "begin a run with evidence of its start"],
  "companion.no-handle": [
    409,
    "invalid_request",
    "runs of the task are served, and the call does not say for which of them it is",
    "hand on the Ambit-Run header of the request, or its baggage, or ask by /v1/runs/<handle>",
  ],
  "companion.several-runs": [
    409,
    "invalid_request",
    "runs of several sessions live, and the task names none of them",
    "ask by run: of a request that is served, hand on its Ambit-Run or baggage; or end those that are done",
  ],
  "companion.other-run": [
    409,
    "invalid_request",
    "the call names different runs",
    "hand on Ambit-Run or baggage of one request, and call for the task of its run",
  ],
  "companion.other-task": [
    404,
    "invalid_request",
    "the request goes on with a task or a context of A2A that is none of its run",
    "send the Ambit-Run of the answer that told of it, which an agent's own companion does by itself; where the pod that had it is gone, begin anew without it",
  ],
  "companion.push": [
    403,
    "invalid_request",
    "push notifications are not offered here, as the card says",
    "leave their configuration out: subscribe to the task, or ask for it again",
  ],
  "companion.too-many-runs": [
    409,
    "invalid_request",
    "as many runs live as are kept",
    "end those that are done, or wait until some are over",
  ],
  "companion.no-identity": [
    503,
    "temporarily_unavailable",
    "there is no SVID",
    "wait for SPIRE, or look at the registration of this pod",
  ],
  "companion.no-exchange": [
    503,
    "temporarily_unavailable",
    "the exchange gives no answer",
    "try again; look at the exchange and the network policy",
  ],
  "companion.no-tools": [
    404,
    "invalid_request",
    "no tool is reached from here, as AMBIT_GATEWAY_URL is not set",
    "set AMBIT_GATEWAY_URL to https://<host>:<port> of the tool gateway",
  ],
  "companion.no-gateway": [
    503,
    "temporarily_unavailable",
    "the gateway cannot be reached",
    "try again, nothing was sent; look at the gateway and the network policy",
  ],
  "companion.unknown-outcome": [
    502,
    "server_error",
    "the connection ended before an answer came, and nobody knows whether the request arrived",
    "look at the tool before asking again",
  ],
  "companion.no-agent": [
    502,
    "server_error",
    "the agent's own code gives no answer",
    "look at the agent, and at what it may have done before you ask again",
  ],
  "companion.busy": [
    503,
    "temporarily_unavailable",
    "as many requests are under way as are served at once",
    "try again; let more pods serve where this happens often",
  ],
  "companion.error": [503, "temporarily_unavailable", "the companion failed", "look at its log"],
} as const satisfies Readonly<Record<string, readonly [status: number, error: string, what: string, fix: string]>>;

export type CompanionReasonCode = keyof typeof COMPANION_REASONS;

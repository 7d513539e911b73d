/** What the companion itself refuses, or cannot do: status, OAuth error, what is wrong, and the fix. A code never changes its meaning. */
export const COMPANION_REASONS = {
  "companion.host": {
    status: 403,
    error: "invalid_request",
    what: "the request names another host",
    fix: "ask by the loopback address and port",
  },
  "companion.browser": {
    status: 403,
    error: "invalid_request",
    what: "the request comes from a browser",
    fix: "ask from the agent itself",
  },
  "companion.unauthenticated": {
    status: 401,
    error: "invalid_client",
    what: "the request does not show the pod's token",
    fix: "send the text of the token file in Authorization",
  },
  "companion.not-gateway": {
    status: 403,
    error: "invalid_client",
    what: "the client does not show the gateway's SVID",
    fix: "ask the gateway; where its SPIFFE ID is another, set AMBIT_GATEWAY_ID",
  },
  "companion.serving": {
    status: 403,
    error: "invalid_request",
    what: "an agent that serves begins runs by start agent alone, as evidence never passes through its hands",
    fix: "send the evidence to the gateway, which begins the run with the request",
  },
  "companion.malformed": {
    status: 400,
    error: "invalid_request",
    what: "the agent does not serve the request",
    fix: "send what docs/companion.md names for this address",
  },
  "companion.too-large": {
    status: 413,
    error: "invalid_request",
    what: "the body is larger than 64 KiB",
    fix: "send less",
  },
  "companion.no-address": {
    status: 404,
    error: "invalid_request",
    what: "nothing is served at this address",
    fix: "ask for one of docs/companion.md",
  },
  "companion.no-method": {
    status: 405,
    error: "invalid_request",
    what: "the address is not served for this method",
    fix: "use the method that docs/companion.md names",
  },
  "companion.no-run": {
    status: 404,
    error: "invalid_grant",
    what: "the run does not exist here",
    fix: "begin a run with evidence of its start",
  },
  "companion.no-handle": {
    status: 409,
    error: "invalid_request",
    what: "runs of the task are served, and the call does not say for which of them it is",
    fix: "hand on the Ambit-Run header of the request, or its baggage, or ask by /v1/runs/<handle>",
  },
  "companion.several-runs": {
    status: 409,
    error: "invalid_request",
    what: "runs of several sessions are open, and the task names none of them",
    fix: "ask by run: of a request that is served, hand on its Ambit-Run or baggage; or end those that are done",
  },
  "companion.other-run": {
    status: 409,
    error: "invalid_request",
    what: "the call names different runs",
    fix: "hand on Ambit-Run or baggage of one request, and call for the task of its run",
  },
  "companion.other-task": {
    status: 404,
    error: "invalid_request",
    what: "the request continues a task or a context of A2A that does not belong to its run",
    fix: "send the Ambit-Run of the answer that told of it, which an agent's own companion does by itself; where the pod that had it is gone, begin anew without it",
  },
  "companion.push": {
    status: 403,
    error: "invalid_request",
    what: "push notifications are not offered here, as the card says",
    fix: "leave their configuration out: subscribe to the task, or ask for it again",
  },
  "companion.push-address": {
    status: 403,
    error: "invalid_request",
    what: "push notifications go to the declared address alone",
    fix: "name it as url of the configuration, or leave the configuration out",
  },
  "companion.push-secret": {
    status: 403,
    error: "invalid_request",
    what: "a configuration of push notifications has no token and no authentication here",
    fix: "leave both out: the gateway shows the receiver the credential of its tool",
  },
  "companion.too-many-runs": {
    status: 409,
    error: "invalid_request",
    what: "as many runs live as are kept",
    fix: "end those that are done, or wait until some are over",
  },
  "companion.no-identity": {
    status: 503,
    error: "temporarily_unavailable",
    what: "there is no SVID",
    fix: "wait for SPIRE, or look at the registration of this pod",
  },
  "companion.no-exchange": {
    status: 503,
    error: "temporarily_unavailable",
    what: "the exchange gives no answer",
    fix: "try again; look at the exchange and the network policy",
  },
  "companion.no-tools": {
    status: 404,
    error: "invalid_request",
    what: "no tool is reached from here, as AMBIT_GATEWAY_URL is not set",
    fix: "set AMBIT_GATEWAY_URL to https://<host>:<port> of the tool gateway",
  },
  "companion.no-gateway": {
    status: 503,
    error: "temporarily_unavailable",
    what: "the gateway cannot be reached",
    fix: "try again, nothing was sent; look at the gateway and the network policy",
  },
  "companion.unknown-outcome": {
    status: 502,
    error: "server_error",
    what: "the connection ended before an answer came, and whether the request arrived is not known",
    fix: "look at the tool before asking again",
  },
  "companion.cut": {
    status: 403,
    error: "access_denied",
    what: "the request was cut while it was open, as its run was stopped",
    fix: "look at what it may have done; the run goes on with nothing",
  },
  "companion.no-agent": {
    status: 502,
    error: "server_error",
    what: "the agent's own code gives no answer",
    fix: "look at the agent, and at what it may have done before you ask again",
  },
  "companion.busy": {
    status: 503,
    error: "temporarily_unavailable",
    what: "as many requests are under way as are served at once",
    fix: "try again; let more pods serve where this happens often",
  },
  "companion.error": {
    status: 503,
    error: "temporarily_unavailable",
    what: "the companion failed",
    fix: "look at its log",
  },
} as const satisfies Readonly<
  Record<string, { readonly status: number; readonly error: string; readonly what: string; readonly fix: string }>
>;

export type CompanionReasonCode = keyof typeof COMPANION_REASONS;

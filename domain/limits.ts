import { Ttl } from "./ttl";

/** The longest and deepest anything may be. Ambit's own choices unless a source is named. */
export const LIMITS = {
  /** How long one run of a task may take */
  taskTtl: { default: Ttl.minutes(15), ceiling: Ttl.hours(1) },
  /** How long an approval request waits for a person */
  approvalRequest: { default: Ttl.minutes(60), ceiling: Ttl.hours(24) },
  /** How long one decision may be used, once */
  approvalDecision: { default: Ttl.minutes(5), ceiling: Ttl.minutes(15) },
  /** How long ago a person may have logged in who decides or stops an agent */
  recentLogin: { default: Ttl.minutes(15), ceiling: Ttl.hours(1) },
  sessionIdle: { default: Ttl.minutes(30), ceiling: Ttl.hours(12) },
  sessionTotal: { default: Ttl.hours(8), ceiling: Ttl.hours(12) },
  delegationDepth: { default: 1, ceiling: 3 },
  /** Budgets of one task: one call is counted in one transaction (DynamoDB: 100 items), beside the sessions that are told */
  budgets: { ceiling: 32 },
  /** Rules of order of one task */
  orders: { ceiling: 16 },
  /** Actions that one budget names, or one side of an order: a review compares each with each of another list */
  namedActions: { ceiling: 64 },
  /** Days from synth for which a task may only observe */
  observeDays: { ceiling: 90 },
  /** Days from synth to an agent's expiry */
  expiryDays: { ceiling: 365 },
  /** STS AssumeRole: the shortest session it grants is 900 s */
  brokeredSession: Ttl.seconds(900),
  /** IAM: a role's MaxSessionDuration cannot be below 3,600 s */
  federatedSession: Ttl.seconds(3600),
  /** One token for one audience */
  accessToken: Ttl.minutes(5),
  x509Svid: Ttl.hours(1),
  jwtSvid: Ttl.minutes(5),
  /** The certificate of SPIRE's CA */
  spireCa: Ttl.hours(24),
  /** An open stream or connection through the gateway ends then */
  stream: Ttl.minutes(5),
  /** A call or request that stays open is asked about as often: was its run stopped? */
  openAsked: Ttl.seconds(2),
  /** It is cut at the latest so long after its run was stopped, also where the exchange could not be asked meanwhile */
  openCut: Ttl.seconds(15),
  /** Evidence that a schedule or event started a task is no older */
  startEvidence: Ttl.minutes(5),
  /** A user's token starts tasks for at most this long after issue, even if it expires later */
  userEvidence: Ttl.hours(1),
  /** How far the clock of an issuer may be ahead */
  clockSkew: Ttl.seconds(60),
} as const;

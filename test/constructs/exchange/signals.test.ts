import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { Platform, type SignalsProps, type UserIssuerProps } from "../../../constructs";
import { type SilenceAlarm, TokenExchange } from "../../../constructs/exchange";
import { facts } from "../../../fleet/platform";
import { checkConfig } from "../../../runtime/exchange/config";
import { jsonLog, type Log } from "../../../runtime/log";
import { POLL_TIMES } from "../../../runtime/exchange/signals/polling";
import { refusal, untyped } from "../../support/domain";
import { exchangeRights } from "../../support/exchange/exchange-role";
import { matches } from "../../support/log-filter";
import { newStack, platformWith, Template } from "../../support/synth";

const SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:signals-AbCdEf";
const LOGIN: UserIssuerProps = { issuer: "https://login.acme.example", jwksUri: "https://login.acme.example/keys" };
const VERIFICATION = { endpoint: "https://login.acme.example/ssf/verify", streamId: "s-1" };
const PUSH = { authorization: SECRET.replace("signals", "push") };
const SIGNALS: SignalsProps = {
  poll: "https://login.acme.example/ssf/poll",
  audience: "ambit-prod",
  tokenEndpoint: "https://login.acme.example/token",
  scope: "ssf.read",
  client: { id: "ambit", secret: SECRET },
};
const OTHER: UserIssuerProps = {
  issuer: "https://a.acme.example",
  jwksUri: "https://a.acme.example/keys",
  signals: { ...SIGNALS, client: { id: "ambit", key: "exchange" } },
};
const ISSUERS = [{ ...LOGIN, signals: SIGNALS }, OTHER];

function lineOf(...told: Parameters<Log>): string {
  let line = "";
  jsonLog((text) => void (line += text))(...told);
  return line;
}

function configOf(issuers: readonly UserIssuerProps[]) {
  const stack = newStack(platformWith({ issuers }));
  new TokenExchange(stack, "Exchange", { keyCidrs: ["203.0.113.0/24"] });
  const { data } = Template.of(stack).only(ConfigMapV1) as { data: Readonly<Record<string, string>> };
  return checkConfig(JSON.parse(data["config.json"] ?? ""));
}

test.each([
  [undefined, 90],
  ["60s", 60],
  ["10s", 10],
  ["15m", 900],
] as const)(
  "the exchange is told to ask for a verification, where that is declared, every %s",
  (every, everySeconds) => {
    const stream = { endpoint: "https://login.acme.example/ssf/verify", streamId: "s-1" };
    const verification = { ...stream, ...(every !== undefined && { every }) };
    const [told] = configOf([{ ...LOGIN, signals: { ...SIGNALS, verification } }]).signals ?? [];
    expect(told).toEqual({ issuer: LOGIN.issuer, ...SIGNALS, verification: { ...stream, everySeconds } });
  },
);

const secretsOf = (issuers: readonly UserIssuerProps[]) =>
  exchangeRights(platformWith({ issuers, outbound: {} }), /secretsmanager/);

test("the exchange is told where issuers of users say that logins have ended, in the order of their names", () => {
  expect(configOf(ISSUERS).signals).toEqual([
    { issuer: "https://a.acme.example", ...OTHER.signals },
    { issuer: "https://login.acme.example", ...SIGNALS },
  ]);
});

test("it is told nothing where no issuer says so, and the registry tells of none", () => {
  expect(configOf([LOGIN]).signals).toBeUndefined();
  expect(platformWith({ issuers: ISSUERS }).trust.issuers.map((issuer) => Object.keys(issuer))).toEqual([
    ["issuer", "jwksUri", "algorithms"],
    ["issuer", "jwksUri", "algorithms"],
  ]);
});

test("its role may read the secrets of the clients that it asks as, and no other", () => {
  expect(secretsOf(ISSUERS)).toEqual([{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: SECRET }]);
  expect(secretsOf([OTHER])).toEqual([]);
});

describe("security events that are pushed", () => {
  const { poll: _, ...unfetched } = SIGNALS;
  const issuers = [{ ...LOGIN, signals: { ...unfetched, push: PUSH, verification: VERIFICATION } }];
  const people = {
    issuer: LOGIN.issuer,
    clientId: "ambit-approvals",
    jwksUri: LOGIN.jwksUri,
    operators: ["on-call"],
    host: "approvals.acme.example",
  };

  test("are taken at the approvers' page, by a secret that the role may read", () => {
    const stack = newStack(platformWith({ issuers, people }));
    new TokenExchange(stack, "Exchange", {
      keyCidrs: ["203.0.113.0/24"],
      approverPage: { certificate: "approvals-tls" },
    });
    const { data } = Template.of(stack).only(ConfigMapV1) as { data: Readonly<Record<string, string>> };
    const [told] = checkConfig(JSON.parse(data["config.json"] ?? "")).signals ?? [];
    expect(told).toEqual({
      issuer: LOGIN.issuer,
      ...unfetched,
      push: PUSH,
      verification: { ...VERIFICATION, everySeconds: 90 },
    });
    expect(secretsOf(issuers)).toEqual([
      { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: [PUSH.authorization, SECRET] },
    ]);
  });

  test("fails when the page is not served: nothing else is reached from outside", () => {
    const error = refusal(() => configOf(issuers));
    expect([error.code, error.message]).toEqual([
      "exchange.malformed",
      expect.stringContaining(
        "approverPage must be served where security events are pushed (by https://login.acme.example), got undefined: write approverPage, or fetch them by signals.poll",
      ),
    ]);
  });
});

describe("an alarm for an issuer that is not heard", () => {
  const TOPIC = "arn:aws:sns:eu-central-1:111122223333:on-call";
  const LOG = "/aws/containerinsights/prod/application";
  const alarmed = (silenceAlarm: SilenceAlarm | undefined, issuers: readonly UserIssuerProps[] = ISSUERS) => {
    const stack = newStack(platformWith({ issuers }));
    new TokenExchange(stack, "Exchange", {
      keyCidrs: ["203.0.113.0/24"],
      ...(silenceAlarm !== undefined && { silenceAlarm }),
    });
    return Template.of(stack);
  };

  const SILENT = lineOf("signals.silent", { issuer: LOGIN.issuer, seconds: 300, because: "status 503" });
  const HEARD = lineOf("signals.heard", { issuer: LOGIN.issuer });
  const FORGED = ["signals.silent", '","event":"signals.silent","x":"', '\\","event":"signals.silent"'].map(
    (scope) => [scope, lineOf("runs.refused", { scope, nested: { scope: [scope] } })] as const,
  );
  const of = (namespace: string) => ({ kubernetes: { namespace_name: namespace } });
  test.each<readonly [what: string, line: object, counts: boolean]>([
    ["the exchange's own line", JSON.parse(SILENT), true],
    ["the line as a text", { log: SILENT, ...of("ambit-system") }, true],
    [
      "the line as a text, with the prefix of a container runtime",
      { log: `2026-01-01T00:00:00Z stdout F ${SILENT}` },
      true,
    ],
    ["the line that the collector has read", { log_processed: JSON.parse(SILENT), ...of("ambit-system") }, true],
    ["a line of another namespace", { log: SILENT, ...of("agents") }, false],
    ["a read line of another namespace", { log_processed: JSON.parse(SILENT), ...of("agents") }, false],
    ["a line of another event", { log: HEARD, ...of("ambit-system") }, false],
    ...FORGED.flatMap(([scope, forged]) => [
      [`what a caller sends, as a text: ${scope}`, { log: forged, ...of("ambit-system") }, false] as const,
      [`what a caller sends, read: ${scope}`, { log_processed: JSON.parse(forged) }, false] as const,
      [`what a caller sends: ${scope}`, JSON.parse(forged), false] as const,
    ]),
  ])("counts the exchange's word of a silence alone: %s", (_, line, counts) => {
    const { pattern } = alarmed({ logGroup: LOG }).only(CloudwatchLogMetricFilter);
    expect(matches(String(pattern), line)).toBe(counts);
  });

  test("counts each word once, in the log group that is declared", () => {
    expect(alarmed({ logGroup: LOG }).only(CloudwatchLogMetricFilter)).toEqual({
      name: "ambit-prod-signals-silent",
      log_group_name: LOG,
      pattern: expect.any(String),
      metric_transformation: { namespace: "Ambit", name: "SignalsSilent-prod", value: "1", default_value: "0" },
    });
  });

  test("rises at the first word, stays while the exchange repeats it, and ends without one", () => {
    const alarm = alarmed({ logGroup: LOG, alarmTopic: TOPIC }).only(CloudwatchMetricAlarm);
    expect(alarm).toMatchObject({
      alarm_name: "ambit-prod-signals-silent",
      namespace: "Ambit",
      metric_name: "SignalsSilent-prod",
      statistic: "Sum",
      comparison_operator: "GreaterThanThreshold",
      threshold: 0,
      evaluation_periods: 1,
      treat_missing_data: "notBreaching",
      alarm_actions: [TOPIC],
      ok_actions: [TOPIC],
    });
    expect(Number(alarm.period) * 1_000).toBeGreaterThan(POLL_TIMES.again + POLL_TIMES.pause + 20 * POLL_TIMES.request);
  });

  test("is not there where it is not asked for", () => {
    const template = alarmed(undefined);
    expect([template.all(CloudwatchLogMetricFilter), template.all(CloudwatchMetricAlarm)]).toEqual([[], []]);
  });

  test.each<readonly [what: string, alarm: object, issuers: readonly UserIssuerProps[], code: string, message: string]>(
    [
      [
        "no issuer has signals",
        { logGroup: LOG },
        [LOGIN],
        "exchange.malformed",
        "silenceAlarm needs an issuer with signals, got none: write signals into the platform's issuers",
      ],
      [
        "the log group is none",
        { logGroup: "the log" },
        ISSUERS,
        "exchange.malformed",
        'silenceAlarm.logGroup must be the name of a log group, got "the log"',
      ],
      ["the log group is left out", {}, ISSUERS, "exchange.malformed", "silenceAlarm.logGroup must be the name"],
      [
        "the topic is none",
        { logGroup: LOG, alarmTopic: "on-call" },
        ISSUERS,
        "exchange.malformed",
        "alarmTopic must be a topic of SNS, or its ARN",
      ],
      ["a property is unknown", { logGroup: LOG, period: 60 }, ISSUERS, "property.unknown", "period"],
    ],
  )("fails when %s", (_, alarm, issuers, code, message) => {
    const error = refusal(() => alarmed(untyped(alarm), issuers));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
  });
});

const declared = (changes: object) => () =>
  new Platform({ ...facts, issuers: [{ ...LOGIN, signals: untyped({ ...SIGNALS, ...changes }) }] });

test.each<readonly [what: string, changes: object, code: string, message: string]>([
  [
    "are fetched without TLS",
    { poll: "http://login.acme.example/poll" },
    "platform.malformed",
    'issuers[0].signals.poll must be an https address without user and fragment, got "http://login.acme.example/poll"',
  ],
  ["are for an empty audience", { audience: "" }, "platform.malformed", "issuers[0].signals.audience"],
  [
    "are asked for with a token that is got without TLS",
    { tokenEndpoint: "http://login.acme.example/token" },
    "platform.malformed",
    "issuers[0].signals.tokenEndpoint must be an https address without user and fragment",
  ],
  [
    "are asked for with scopes that are none",
    { scope: "a  b" },
    "platform.malformed",
    'issuers[0].signals.scope must be scopes, parted by single spaces, got "a  b"',
  ],
  [
    "are asked for with a secret itself",
    { client: { id: "ambit", secret: "hunter2" } },
    "platform.malformed",
    "issuers[0].signals.client.secret must be the ARN of a secret with its last six characters",
  ],
  [
    "are asked for with a secret of another account",
    { client: { id: "ambit", secret: SECRET.replace("111122223333", "999999999999") } },
    "platform.malformed",
    "issuers[0].signals.client.secret must be in eu-central-1 and in one of the accounts",
  ],
  [
    "are verified without TLS",
    { verification: { ...VERIFICATION, endpoint: "http://login.acme.example/verify" } },
    "platform.malformed",
    "issuers[0].signals.verification.endpoint must be an https address without user and fragment",
  ],
  [
    "are verified for no stream",
    { verification: { ...VERIFICATION, streamId: "" } },
    "platform.malformed",
    "issuers[0].signals.verification.streamId",
  ],
  [
    "are verified too often",
    { verification: { ...VERIFICATION, every: "9s" } },
    "platform.malformed",
    "issuers[0].signals.verification.every must be from 10s to 15m, got 9s",
  ],
  [
    "are verified too seldom",
    { verification: { ...VERIFICATION, every: "16m" } },
    "platform.malformed",
    "issuers[0].signals.verification.every must be from 10s to 15m, got 16m",
  ],
  [
    "are verified after what is no time",
    { verification: { ...VERIFICATION, every: "soon" } },
    "limit.malformed",
    "issuers[0].signals.verification.every must be a duration",
  ],
  [
    "are verified with a state that is declared",
    { verification: { ...VERIFICATION, state: "x" } },
    "property.unknown",
    "state",
  ],
  [
    "are neither fetched nor pushed",
    { poll: undefined },
    "platform.malformed",
    "issuers[0].signals must have one of poll and push, got none: write poll, unless the issuer can only push",
  ],
  [
    "are fetched and pushed",
    { push: PUSH, verification: VERIFICATION },
    "platform.malformed",
    "issuers[0].signals must have one of poll and push, got both",
  ],
  [
    "are pushed, and no verification is asked for",
    { poll: undefined, push: PUSH },
    "platform.malformed",
    "issuers[0].signals.verification must be there with push, got undefined: without it, a stream that has stopped goes unnoticed",
  ],
  [
    "are pushed with a secret itself",
    { poll: undefined, push: { authorization: "Bearer hunter2" }, verification: VERIFICATION },
    "platform.malformed",
    "issuers[0].signals.push.authorization must be the ARN of a secret with its last six characters",
  ],
  [
    "are pushed to an address that is declared",
    { poll: undefined, push: { ...PUSH, url: "https://a.example" }, verification: VERIFICATION },
    "property.unknown",
    "url",
  ],
])("fails when signals %s", (_, changes, code, message) => {
  const error = refusal(declared(changes));
  expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
});

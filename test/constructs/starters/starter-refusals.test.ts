import { Dataset, Fleet, Platform } from "../../../constructs";
import { checkFleetAgainstPlatform } from "../../../constructs/agent/platform-rules";
import { Clerk, event, inbox, schedule } from "../../support/starters";
import { platformWith } from "../../support/synth";
import { NO_CODE, reacting, scheduled } from "../../support/synthesized-starters";

const { userListener: _, ...closed } = platformWith().props;

test.each([
  [
    "the starter is of events",
    () => scheduled(event()),
    "starter must be of a schedule, got one of events: use EventStarter",
  ],
  [
    "the starter is of a schedule",
    () => reacting(schedule()),
    "starter must be of events, got one of a schedule: use ScheduleStarter",
  ],
  [
    "one start at a time is too few for SQS",
    () => scheduled(schedule(), { concurrency: 1 }),
    "concurrency must be a whole number from 2 to 100, got 1",
  ],
  [
    "concurrency takes much of the account's",
    () => scheduled(schedule(), { concurrency: 101 }),
    "concurrency must be a whole number from 2 to 100, got 101",
  ],
  [
    "the alarm tells no topic",
    () => scheduled(schedule(), { alarmTopic: "on-call" }),
    "alarmTopic must be a topic of SNS, or its ARN",
  ],
  ["there is no code", () => scheduled(schedule(), { code: NO_CODE }), "the function's code must be at"],
])("fails when %s", (_name, make, message) => {
  expect(make).toThrow(message);
});

test("fails when agents are reached from nowhere outside", () => {
  expect(() => scheduled(schedule(), {}, new Platform(closed))).toThrow(
    'starter "nightly": the platform has no userListener, at which starters reach agents: write userListener into the platform',
  );
});

test("fails when the platform names the issuer of its tokens for another", () => {
  const issuer = "https://nightly.starters.prod.acme.example";
  const platform = platformWith({ starters: [{ issuer, jwksUri: `${issuer}/keys`, starts: ["schedule"] }] });
  const check = () => checkFleetAgainstPlatform(Fleet.of(Clerk).startedBy(schedule()), platform);
  expect(check).toThrow(
    `starter "nightly": its tokens would be of ${issuer}, which issuers or starters of the platform name too: rename one`,
  );
  expect(() => checkFleetAgainstPlatform(Fleet.of(Clerk).startedBy(schedule()), platformWith())).not.toThrow();
});

test("fails when a starter of the platform has a copy of what agents are granted as its source", () => {
  const issuer = "https://hooks.acme.example";
  const copy = Dataset.bucket("inbox", { bucket: "acme-inbox", prefix: "in/", sensitivity: "internal" });
  const platform = (source: Dataset) =>
    platformWith({ starters: [{ issuer, jwksUri: `${issuer}/keys`, starts: ["event"], sources: [source] }] });
  const check = (source: Dataset) => () => checkFleetAgainstPlatform(Fleet.of(Clerk), platform(source));
  expect(check(copy)).toThrow('dataset "inbox": sources of a starter hold a second declaration of this name');
  expect(check(inbox)).not.toThrow();
});

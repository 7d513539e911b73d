import type { App } from "cdktf";
import { Fleet, type Platform } from "../../../constructs";
import { AmbitStack } from "../../../constructs/platform/ambit-stack";
import { testApp } from "../../support/app";
import { fails } from "../../support/domain";
import { platformWith } from "../../support/synth";

class AnyStack extends AmbitStack {}
const stackIn = (app: App, id: string, platform: Platform) => new AnyStack(app, id, { platform, fleet: Fleet.of() });
const both = (one: Platform, other: Platform) => () => {
  const app = testApp();
  stackIn(app, "one", one);
  stackIn(app, "other", other);
  return app;
};

test("AmbitStack: one platform may have several stacks in an app", () => {
  const platform = platformWith();
  expect(both(platform, platform)).not.toThrow();
  expect(both(platform, platformWith())).not.toThrow();
});

test("two platforms may stand in one app, each with its own trust domain", () => {
  expect(both(platformWith(), platformWith({ name: "test", trustDomain: "test.acme.example" }))).not.toThrow();
});

fails(
  "two environments share a trust domain",
  both(platformWith(), platformWith({ name: "test" })),
  "trust-domain.shared",
  'platform "test": trustDomain "prod.acme.example" is also that of platform "prod": give each environment its own',
);
fails(
  "an environment deeper in the app has the trust domain of another",
  () => {
    const app = both(platformWith(), platformWith())();
    return stackIn(app, "third", platformWith({ name: "staging" }));
  },
  "trust-domain.shared",
  'platform "staging": trustDomain "prod.acme.example" is also that of platform "prod": give each environment its own',
);

import { Fleet } from "../../../constructs";
import { images } from "../../../fleet/images";
import { spire } from "../../../fleet/spire";
import { SpireStack, TrustStack } from "../../../stacks";
import { synthesized, testApp } from "../../support/app";
import { refusal } from "../../support/domain";
import { platformWith } from "../../support/synth";

const fleet = Fleet.of();

function of(named: Readonly<Record<string, string>>): () => void {
  return () => {
    const platform = platformWith({ images: named });
    const app = testApp();
    // Synthesized first, and without images of its own
    new TrustStack(app, "trust", { platform, fleet });
    new SpireStack(app, "spire", { platform, fleet, spire });
    synthesized(app, () => undefined);
  };
}

/** Every image that the text names as missing */
const missingIn = (text: string) => [...text.matchAll(/"([^"]+)" for \[spire\//g)].map((match) => match[1]).sort();

const OF_SPIRE = ["spire-server", "spire-agent", "spire-oidc-discovery-provider", "spire-controller-manager"];
const ALL = [...OF_SPIRE, "spiffe-csi-driver", "csi-node-driver-registrar", "aws-cli", "postgres"].sort();

test("fails when the platform names no image at all, with every one of them in one refusal", () => {
  const { code, message } = refusal(of({}));
  expect(code).toBe("image.unpinned");
  expect(missingIn(message)).toEqual(ALL);
});

test("fails when some are missing, with those alone, and compares versions of none that is missing", () => {
  const { "spire-server": server, postgres, ...rest } = images;
  expect([server, postgres]).not.toContain(undefined);
  expect(missingIn(refusal(of(rest)).message)).toEqual(["postgres", "spire-server"]);
});

test("fails when versions do not fit, although another image is missing", () => {
  const { postgres: _, ...rest } = images;
  const old = { ...rest, "spire-agent": rest["spire-agent"].replace("1.15.3", "1.13.0") };
  expect(refusal(of(old)).code).toBe("spire.version-skew");
});

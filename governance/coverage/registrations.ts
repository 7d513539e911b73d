import {
  REGISTRATION_CLASSES,
  registrationManifest,
  type RegistrationSettings,
} from "../../constructs/spire/registration-classes";
import { REGISTRATION_WEBHOOKS } from "../../constructs/spire/registration-webhooks";
import { isRecord } from "../../domain/is-record";
import { LIMITS } from "../../domain/limits";
import { sameJson } from "../../review/read/json";
import { addressesOf, at, manifestOf, type Output } from "./output";
import { isWithin } from "./platform-parts";

/** The ClusterSPIFFEIDs by which SPIRE registers pods, all of them as the construct writes them */
export function registrations(output: Output): readonly string[] {
  const written = output.manifests("ClusterSPIFFEID");
  const found = REGISTRATION_CLASSES.map((each) =>
    written.filter(({ block: { body } }) => {
      const manifest = manifestOf(body);
      const settings = settingsOf(at(manifest, "spec"));
      return settings !== undefined && sameJson(manifest, registrationManifest(each, settings));
    }),
  );
  return found.some((each) => each.length === 0) ? [] : addressesOf(found.flat());
}

/** What a platform chooses; undefined for SVIDs that live longer than it may */
function settingsOf(spec: unknown): RegistrationSettings | undefined {
  if (!isRecord(spec)) return undefined;
  const { ttl, jwtTtl, federatesWith = [] } = spec;
  if (!isWithin(ttl, LIMITS.x509Svid.seconds) || !isWithin(jwtTtl, LIMITS.jwtSvid.seconds)) return undefined;
  return { ttl: String(ttl), jwtTtl: String(jwtTtl), federatesWith: federatesWith as readonly string[] };
}

/** What refuses registrations that cannot be read, before SPIRE sees them */
export function registrationWebhooks(output: Output): readonly string[] {
  const expected = snakeCased(REGISTRATION_WEBHOOKS);
  return addressesOf(
    output
      .of("kubernetes_validating_webhook_configuration_v1")
      .filter(({ block: { body } }) => sameJson(body["webhook"], expected)),
  );
}

/** As CDKTF writes what a construct is given */
function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, held]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeCased(held),
    ]),
  );
}

import { TerraformOutput } from "cdktf";
import type { AmbitStack } from "../../constructs/platform/ambit-stack";
import { SpireDatabase, type SpireDatabaseProps } from "../../constructs/spire/spire-database";
import { newStack, platformWith, Template } from "./synth";

/** An authority as RDS publishes them, and a certificate that is none */
export const CA = `-----BEGIN CERTIFICATE-----
MIIBxzCCAW2gAwIBAgIUeDp4Te7QFzpR/kgqBTWbnhGo7bcwCgYIKoZIzj0EAwIw
MDEcMBoGA1UEAwwTRXhhbXBsZSBSRFMgUm9vdCBDQTEQMA4GA1UECgwHRXhhbXBs
ZTAgFw0yNjExMjQyMDEzMDVaGA8yMTI2MTAzMTIwMTMwNVowMDEcMBoGA1UEAwwT
RXhhbXBsZSBSRFMgUm9vdCBDQTEQMA4GA1UECgwHRXhhbXBsZTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABE5lGbGZyo+M799G/WgsiDoCQxTjxizDyzUsaYKDW5J5
Vwn/RvP7bD3NTTDeosaXI6hI2UDlS9Yy/k5SGsOkxt2jYzBhMB0GA1UdDgQWBBRG
JQI59aDW08d2shqX2sqBWotSfzAfBgNVHSMEGDAWgBRGJQI59aDW08d2shqX2sqB
WotSfzAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwICBDAKBggqhkjOPQQD
AgNIADBFAiB7yqQQvwDN+UvHtR7eTfBq9jgBlvZ1ayyFQNHCzXzPFgIhAMUqqOrt
94EeObhfDH9xbSzF/sor7XdPEBNR7ARNieFC
-----END CERTIFICATE-----`;

export const NO_CA = `-----BEGIN CERTIFICATE-----
MIIBgTCCASigAwIBAgIUQfByZPaGzrlzIssZtNNf/mZ2naQwCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMbGVhZi5leGFtcGxlMCAXDTI2MTEyNDIwMTMwNVoYDzIxMjYx
MDMxMjAxMzA1WjAXMRUwEwYDVQQDDAxsZWFmLmV4YW1wbGUwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAASaXceBNLW83Lidp0Sma6PjsnSzmOClQcwFb4PhGlcLnav8
7OXcLiub6k9YmcoGgQSL3N48+fY8WLHS8UCsJ2Fto1AwTjAdBgNVHQ4EFgQU0wvP
9l4yEIoXqmDRZB8IGFHdaPUwHwYDVR0jBBgwFoAU0wvP9l4yEIoXqmDRZB8IGFHd
aPUwDAYDVR0TAQH/BAIwADAKBggqhkjOPQQDAgNHADBEAiAkdWX+HuNkcXguvqSG
feAQhaCNLP2Qivrn0N6ZcvpHLwIgO46NvZsutdLqeyr3xKJx0WZYcpdSykjufx0P
4S+Vnvw=
-----END CERTIFICATE-----`;

export const DATABASE_KEY = "arn:aws:kms:eu-central-1:111122223333:key/0e0e0e0e-0000-4000-8000-000000000001";

export function database(changes: Partial<SpireDatabaseProps> = {}, platform = platformWith()) {
  const stack = newStack(platform);
  const made = new SpireDatabase(stack, "Database", {
    vpc: "vpc-0a1b2c3d4e5f60718",
    subnets: ["subnet-0a1b2c3d4e5f60721", "subnet-0a1b2c3d4e5f60722"],
    cidrs: ["10.0.20.0/24", "10.0.21.0/24"],
    clientCidrs: ["10.0.64.0/18"],
    certificateAuthorities: CA,
    ...changes,
  });
  return { made, stack };
}

export const synthesized = (changes: Partial<SpireDatabaseProps> = {}, platform = platformWith()): Template =>
  Template.of(database(changes, platform).stack);

/** A value as Terraform reads it */
export function rendered(stack: AmbitStack, value: string): string {
  new TerraformOutput(stack, "Value", { value });
  const { output } = Template.of(stack).json as { readonly output?: Readonly<Record<string, { value: string }>> };
  return reference(output?.["Value"]?.value);
}

/** `${type.name.attribute}` of the only resource of a type, without the hash in its name */
export const reference = (text: unknown): string => String(text).replace(/_[0-9A-F]{8}/g, "");

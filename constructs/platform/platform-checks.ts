import { plainString, refuse, Sensitivity, shown, type TrustDomain } from "../../domain";
import { TRUST_ANCHOR } from "../aws/trust-anchor";
import type { AuditProps, IntentProps, PlatformProps, UserListenerProps } from "./platform-props";

export function issuer(value: string, where: string, property: string): string {
  const text = plainString(value, where, property);
  // IAM CreateOpenIDConnectProvider: https, no port, no query; the same text as the claim iss, so no slash is cut off.
  if (!/^https:\/\/[a-z0-9.-]+(\/[A-Za-z0-9._~-]+)*$/.test(text) || text.length > 255) {
    const what = "must be an https address without port, query and trailing slash, at most 255 characters";
    refuse("platform.malformed", where, `${property} ${what}, got ${shown(text)}`);
  }
  return text;
}

export function ownDomain(value: string, where: string): string {
  const text = plainString(value, where, "domains");
  if (!/^([a-z0-9-]+\.)+[a-z0-9-]+$/.test(text)) {
    refuse("platform.malformed", where, `domains must be names such as "acme.example", got ${shown(text)}`);
  }
  return text;
}

export function region(value: string, where: string): string {
  const text = plainString(value, where, "aws.region");
  if (!/^[a-z]{2,3}(-[a-z]+)+-\d$/.test(text)) {
    refuse("platform.malformed", where, `aws.region must be a name such as "eu-central-1", got ${shown(text)}`);
  }
  return text;
}

export function partitionOf(name: string): string {
  if (name.startsWith("cn-")) return "aws-cn";
  return name.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

export function trustAnchor(value: string, where: string): string {
  TRUST_ANCHOR.known(value, { property: "aws.rolesAnywhere.trustAnchorArn", where, code: "platform.malformed" });
  return value;
}

export function pinned(images: Readonly<Record<string, string>>, where: string): Readonly<Record<string, string>> {
  for (const [name, image] of Object.entries(images)) checkPinned(image, where, `images.${name}`);
  return images;
}

/** @throws DeclarationError `image.unpinned`: a tag can be moved after the review. */
export function checkPinned(image: string, where: string, property: string): void {
  if (!/^[^\s@]+@sha256:[0-9a-f]{64}$/.test(plainString(image, where, property))) {
    const what = `${property} must be pinned by digest (name@sha256: and 64 hex digits)`;
    refuse("image.unpinned", where, `${what}, got ${shown(image)}`);
  }
}

export function retention(audit: AuditProps | undefined, where: string): Required<AuditProps> {
  const { retentionDays = 365, mode = "COMPLIANCE" } = audit ?? {};
  if (mode !== "COMPLIANCE" && mode !== "GOVERNANCE") {
    refuse("platform.malformed", where, `audit.mode must be "COMPLIANCE" or "GOVERNANCE", got ${shown(mode)}`);
  }
  return { retentionDays: count(retentionDays, where, "audit.retentionDays"), mode };
}

/** How long a call may wait for the intent evaluator, in milliseconds */
const INTENT_MS = { default: 500, most: 10_000 };

export function intent({ url, timeoutMs = INTENT_MS.default }: IntentProps, where: string): Required<IntentProps> {
  const text = plainString(url, where, "intent.url");
  if (!/^https:\/\/[a-z0-9.-]+(:\d{1,5})?(\/[A-Za-z0-9._~/-]*)?$/.test(text)) {
    const what = "intent.url must be an https address without user, query and fragment";
    refuse("platform.malformed", where, `${what}, got ${shown(text)}`);
  }
  const { most } = INTENT_MS;
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > most) {
    const what = `intent.timeoutMs must be a whole number from 1 to ${most}`;
    refuse("platform.malformed", where, `${what}, got ${shown(timeoutMs)}: no call waits longer`);
  }
  return { url: text, timeoutMs };
}

/** Where users reach agents, with its defaults settled */
export interface UserListener {
  readonly domain: string;
  readonly clearance: Sensitivity;
}

export function userListener({ domain, clearance }: UserListenerProps, where: string): UserListener {
  const text = plainString(domain, where, "userListener.domain");
  // An agent's name and a dot go before it (RFC 1035 section 2.3.4).
  if (!/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(text) || text.length > 253 - 58) {
    const what = `userListener.domain must be a name such as "agents.acme.example", at most 195 characters`;
    refuse("platform.malformed", where, `${what}, got ${shown(text)}`);
  }
  return { domain: text, clearance: Sensitivity.of(clearance, where, "userListener.clearance") };
}

/** A whole number above zero */
export function count(value: number, where: string, property: string): number {
  if (!Number.isInteger(value) || value < 1) {
    refuse("platform.malformed", where, `${property} must be a whole number above zero, got ${shown(value)}`);
  }
  return value;
}

export function flag(value: unknown, where: string, property: string): boolean {
  if (typeof value !== "boolean") {
    refuse("platform.malformed", where, `${property} must be true or false, got ${shown(value)}`);
  }
  return value;
}

export function account(value: string, where: string, property: string): string {
  const text = plainString(value, where, property);
  if (!/^\d{12}$/.test(text)) {
    refuse("platform.malformed", where, `${property} must be an AWS account id of 12 digits, got ${shown(text)}`);
  }
  return text;
}

/**
 * Names reserved for documentation (RFC 2606 section 3): every user who copies an example would share its trust domain.
 */
const EXAMPLE_DOMAIN = /(^|\.)example\.(com|net|org)$/;

/** @throws DeclarationError `trust-domain.example` */
export function realTrustDomain(trustDomain: TrustDomain, where: string): TrustDomain {
  if (EXAMPLE_DOMAIN.test(trustDomain.name)) {
    const sentence = `trustDomain must be a name of your own, got the example ${shown(trustDomain.name)}`;
    refuse("trust-domain.example", where, `${sentence}: write one that says cluster and environment`);
  }
  return trustDomain;
}

/** Terraform reads the backend before anything has a value. */
export function state(props: NonNullable<PlatformProps["state"]>, where: string): void {
  plainString(props.bucket, where, "state.bucket");
  plainString(props.key, where, "state.key");
  if (props.kmsKey !== undefined) plainString(props.kmsKey, where, "state.kmsKey");
}

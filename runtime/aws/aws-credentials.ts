/** In the shape of the SDKs' container credentials, so that a companion passes it on as it is */
export interface AwsCredentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
  /** RFC 3339, in whole seconds and UTC: when STS ends them, or the end-time Deny does */
  readonly Expiration: string;
}

/** Whole seconds since the epoch as policies and SDKs read them. */
export function timestamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

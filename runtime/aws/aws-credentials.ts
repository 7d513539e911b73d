/** In the shape of the SDKs' container credentials, so that a companion passes it on as it is */
export interface AwsCredentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
  /** RFC 3339, in whole seconds and UTC: when STS ends them, or the end-time Deny does */
  readonly Expiration: string;
}

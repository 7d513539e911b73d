import type { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import type { AcmCertificateValidation } from "@cdktf/provider-aws/lib/acm-certificate-validation";
import type { DataAwsAcmCertificate } from "@cdktf/provider-aws/lib/data-aws-acm-certificate";
import { Kind } from "./kind";

export const CERTIFICATE = new Kind({
  what: "a certificate of ACM",
  service: "acm",
  place: "region and account",
  resource: /^certificate\/[A-Za-z0-9-]+$/,
  example: "arn:aws:acm:eu-central-1:111122223333:certificate/0e0e0e0e-0000-4000-8000-000000000001",
  attribute: "certificateArn",
  resources: { aws_acm_certificate: "arn", aws_acm_certificate_validation: "certificateArn" },
});

/** A certificate of ACM, such as `Certificate.fromCertificateArn` */
export interface ICertificate {
  readonly certificateArn: string;
}

/** A certificate of ACM, as a construct of the provider, or its ARN. A validation makes what uses it wait until the certificate is issued. */
export type CertificateInput =
  ICertificate | AcmCertificate | AcmCertificateValidation | DataAwsAcmCertificate | string;

/** A certificate of ACM that is made elsewhere */
export class Certificate implements ICertificate {
  private constructor(public readonly certificateArn: string) {}

  /**
   * A certificate by its ARN.
   *
   * @param certificateArn may be a reference, known after apply
   * @throws DeclarationError `arn.malformed`
   */
  public static fromCertificateArn(certificateArn: string): Certificate {
    return new Certificate(
      CERTIFICATE.checked(certificateArn, { property: "certificateArn", where: "certificate", code: "arn.malformed" }),
    );
  }
}

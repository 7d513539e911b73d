import type { AcmpcaCertificateAuthority } from "@cdktf/provider-aws/lib/acmpca-certificate-authority";
import type { DataAwsAcmpcaCertificateAuthority } from "@cdktf/provider-aws/lib/data-aws-acmpca-certificate-authority";
import { Kind } from "./kind";

export const CERTIFICATE_AUTHORITY = new Kind({
  what: "an AWS Private CA",
  service: "acm-pca",
  place: "region and account",
  resource: /^certificate-authority\/[a-f0-9-]+$/,
  example: "arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/0e0e0e0e-0000-4000-8000-000000000001",
  attribute: "certificateAuthorityArn",
  resources: { aws_acmpca_certificate_authority: "arn" },
});

/** An AWS Private CA, such as `CertificateAuthority.fromCertificateAuthorityArn` */
export interface ICertificateAuthority {
  readonly certificateAuthorityArn: string;
}

/** An AWS Private CA, as a construct of the provider, or its ARN */
export type CertificateAuthorityInput =
  ICertificateAuthority | AcmpcaCertificateAuthority | DataAwsAcmpcaCertificateAuthority | string;

/** An AWS Private CA that is made elsewhere */
export class CertificateAuthority implements ICertificateAuthority {
  private constructor(public readonly certificateAuthorityArn: string) {}

  /**
   * A private CA by its ARN.
   *
   * @param certificateAuthorityArn may be a reference, known after apply
   * @throws DeclarationError `arn.malformed`
   */
  public static fromCertificateAuthorityArn(certificateAuthorityArn: string): CertificateAuthority {
    return new CertificateAuthority(
      CERTIFICATE_AUTHORITY.checked(certificateAuthorityArn, {
        property: "certificateAuthorityArn",
        where: "certificate authority",
        code: "arn.malformed",
      }),
    );
  }
}

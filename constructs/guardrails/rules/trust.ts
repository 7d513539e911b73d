import type { Rule } from "../rule";
import { wholeAccountTrusted } from "./trust/account";
import { anyone } from "./trust/anyone";
import { certificateSubject } from "./trust/certificate-subject";
import { confusedDeputy } from "./trust/confused-deputy";
import { externalId } from "./trust/external-id";
import { federatedSubject } from "./trust/federated-subject";
import { subjectWildcard } from "./trust/subject-wildcard";
import { publicGrant } from "./trust/public-grant";
import { foreignGrant } from "./trust/foreign-grant";
import { foreignSource } from "./trust/foreign-source";
import { issuer } from "./trust/issuer";
import { audience } from "./trust/audience";
import { anchor } from "./trust/anchor";
import { profile } from "./trust/profile";
import { podIdentity } from "./trust/pod-identity";
import { guest } from "./trust/guest";

export const TRUST_RULES: readonly Rule[] = [
  wholeAccountTrusted,
  anyone,
  certificateSubject,
  confusedDeputy,
  externalId,
  federatedSubject,
  subjectWildcard,
  publicGrant,
  foreignGrant,
  foreignSource,
  issuer,
  audience,
  anchor,
  profile,
  podIdentity,
  guest,
];
